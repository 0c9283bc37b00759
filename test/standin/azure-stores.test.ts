/** The stand-in Azure's managed stores refuse what Azure would refuse. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as names from "../../embedded/standin/azure/names";
import { AzureProvider } from "../../embedded/standin/azure/provider";
import { azureTypes } from "../../embedded/standin/azure/types";
import type { Properties } from "../../embedded/standin/values";

describe("managed stores on the stand-in Azure", () => {
  const folder = mkdtempSync(join(tmpdir(), "keelson-azure-stores-"));
  let azure: AzureProvider;
  let nth = 0;
  after(() => rmSync(folder, { recursive: true }));

  const place = { resourceGroupName: "group", location: "westeurope" };
  const create = (type: string, inputs: Properties, name = "main") =>
    azure.create({
      ...{ urn: `urn:pulumi:dev::x::${type}::${name}`, type, name, inputs: { ...place, ...inputs } },
      ...{ preview: false, timeoutSeconds: 0 },
    });

  beforeEach(async () => {
    azure = new AzureProvider("3.0.0", azureTypes, join(folder, `cloud-${(nth += 1)}.json`));
    azure.configure({ urn: "", args: { location: "westeurope" } });
    await create(names.RESOURCE_GROUP, {}, "group");
  });

  const SERVER = {
    serverName: "acme-orders",
    version: "17",
    sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    storage: { storageSizeGB: 64 },
    availabilityZone: "1",
    highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "2" },
  };
  const server = (more: Properties = {}) => create(names.DATABASE_SERVER, { ...SERVER, ...more });

  it("take a disk of their sizes only", async () => {
    await assert.rejects(server({ storage: { storageSizeGB: 100 } }), /a disk of 100 GiB, want one of 32, 64, 128/);
    const { properties } = await server();
    assert.equal(properties["fullyQualifiedDomainName"], "acme-orders.postgres.database.azure.com");
  });

  it("give no standby to a burstable server, nor one in the server's own zone", async () => {
    const burstable = { sku: { name: "Standard_B2s", tier: "Burstable" } };
    await assert.rejects(server(burstable), /HighAvailabilityNotSupported/);
    const here = { highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "1" } };
    await assert.rejects(server(here), /the standby is in zone 1, where the server is/);
  });

  it("want a subnet that is delegated, and a zone of the right ending that is linked", async () => {
    const { id: network } = await create(names.VIRTUAL_NETWORK, {
      virtualNetworkName: "network",
      addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
      subnets: [
        { name: "plain", addressPrefix: "10.60.0.0/24" },
        {
          name: "own",
          addressPrefix: "10.60.1.0/24",
          delegations: [{ name: "d", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
        },
      ],
    });
    const zone = (privateZoneName: string) =>
      create(names.PRIVATE_ZONE, { location: "global", privateZoneName }, privateZoneName);
    const { id: other } = await zone("shop.internal");
    const { id: right } = await zone("shop.private.postgres.database.azure.com");
    const inside = (subnet: string, privateDnsZoneArmResourceId: string) =>
      server({ network: { delegatedSubnetResourceId: `${network}/subnets/${subnet}`, privateDnsZoneArmResourceId } });
    await assert.rejects(inside("plain", right), /SubnetNotDelegated/);
    await assert.rejects(inside("own", other), /InvalidPrivateDnsZone: shop\.internal/);
    await assert.rejects(inside("own", right), /PrivateDnsZoneNotLinked/);
  });

  it("want the key of the copy in the pair, and a right to their own", async () => {
    const backup = { backupRetentionDays: 14, geoRedundantBackup: "Enabled" };
    const identity = { type: "UserAssigned", userAssignedIdentities: {} };
    const dataEncryption = { type: "AzureKeyVault", primaryKeyURI: "https://v/keys/k" };
    await assert.rejects(server({ backup, identity, dataEncryption }), /GeoBackupKeyMissing/);
    await assert.rejects(server({ identity, dataEncryption }), /InvalidIdentity/);
  });

  it("take a server's and a cluster's name from the whole world", async () => {
    await server();
    await assert.rejects(create(names.DATABASE_SERVER, SERVER, "other"), /acme-orders/);
  });

  it("keep Redis to its one database, and to a version of a key that there is", async () => {
    const cluster = (more: Properties) =>
      create(names.REDIS_CLUSTER, { clusterName: "acme", sku: { name: "Balanced_B5" }, ...more }, "cluster");
    const key = { customerManagedKeyEncryption: { keyEncryptionKeyUrl: "https://v/keys/k/1" } };
    await assert.rejects(cluster({ encryption: key }), /KeyNotFound: no version of a key answers/);
    const { properties } = await cluster({});
    assert.equal(properties["hostName"], "acme.westeurope.redis.azure.net");
    const database = (name: string) =>
      create(names.REDIS_DATABASE, { clusterName: "acme", databaseName: "default", port: 10_000 }, name);
    await database("one");
    await assert.rejects(database("two"), /acme/);
  });
});
