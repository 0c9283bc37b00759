/** The stand-in Azure's tables and refusals, each of which the cloud itself would give. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as names from "../../embedded/standin/azure/names";
import { AzureProvider } from "../../embedded/standin/azure/provider";
import { azureTypes } from "../../embedded/standin/azure/types";
import { withCloud } from "../../embedded/standin/cloud";
import { modelledDuration } from "../../embedded/standin/durations";
import { facts } from "../../embedded/standin/sdk";
import { UNKNOWN, type Properties } from "../../embedded/standin/values";

describe("the stand-in Azure's tables", () => {
  it("speak only of types and properties that the installed SDK has", () => {
    const wrong = Object.entries(azureTypes).flatMap(([type, row]) => {
      const sdk = facts(type);
      if (sdk === undefined) return [`${type}: not in the SDK`];
      const known = new Set([...sdk.inputs, ...sdk.outputs]);
      const named = [
        ...[...row.forceNew, ...Object.keys(row.refs ?? {}), ...Object.keys(row.valid ?? {}), ...(row.nested ?? [])],
        ...[...(row.unstable ?? []), ...Object.keys(row.defaults ?? {}), ...(row.unique ?? []).flatMap(({ by }) => by)],
        ...[row.name?.property, row.quota?.per].filter((one) => one !== undefined),
      ].map((path) => path.split(/[.[]/)[0] ?? path);
      return named.filter((name) => !known.has(name) && name !== "location").map((name) => `${type}: ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  it("refer only to types that have rows, or lie in one that has", () => {
    const targets = Object.values(azureTypes).flatMap(({ refs = {} }) =>
      Object.values(refs).flatMap(({ types }) => types),
    );
    assert.deepEqual(
      [...new Set(targets)].filter((type) => azureTypes[type] === undefined),
      [names.SUBNET],
    );
  });

  it("give every type a duration, with its source where one is known", () => {
    for (const type of Object.keys(azureTypes))
      for (const operation of ["create", "update", "delete"] as const) {
        const { p50, p95 } = modelledDuration(type, operation);
        assert.ok(p50 > 0 && p50 <= p95, `${operation} ${type}`);
      }
    assert.equal(modelledDuration(names.CLUSTER, "create").verified, true);
  });
});

describe("the stand-in Azure", () => {
  const folder = mkdtempSync(join(tmpdir(), "keelson-azure-"));
  let file: string;
  let azure: AzureProvider;
  let nth = 0;
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    file = join(folder, `cloud-${(nth += 1)}.json`);
    azure = new AzureProvider("3.0.0", azureTypes, file);
    azure.configure({ urn: "", args: { location: "westeurope" } });
  });

  const subject = (type: string, name: string) => ({ urn: `urn:pulumi:dev::x::${type}::${name}`, type, name });
  const create = (type: string, inputs: Properties, name = "main", preview = false) =>
    azure.create({ ...subject(type, name), inputs, preview, timeoutSeconds: 0 });
  const remove = (type: string, id: string, olds: Properties) =>
    azure.delete({ ...subject(type, "main"), id, olds, oldInputs: {}, timeoutSeconds: 0 });

  const place = { resourceGroupName: "group", location: "westeurope" };
  const group = () => create(names.RESOURCE_GROUP, place, "group");
  const tenant = "11111111-1111-1111-1111-111111111111";
  const vault = (vaultName: string, name: string, more: Properties = {}) =>
    create(
      names.KEY_VAULT,
      { ...place, vaultName, properties: { tenantId: tenant, sku: { name: "premium" }, ...more } },
      name,
    );
  const network = (...prefixes: string[]) =>
    create(names.VIRTUAL_NETWORK, {
      ...place,
      virtualNetworkName: "network",
      addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
      subnets: prefixes.map((addressPrefix, at) => ({ name: `s${at}`, addressPrefix })),
    });

  it("mints ids that are paths, and answers nothing before there is a group", async () => {
    await assert.rejects(network("10.60.0.0/24"), /no ResourceGroup of that name exists in westeurope/);
    await group();
    const { id, properties } = await network("10.60.0.0/24");
    assert.match(
      id,
      /^\/subscriptions\/[^/]+\/resourceGroups\/group\/providers\/Microsoft\.Network\/virtualNetworks\/network$/,
    );
    assert.equal(properties["name"], "network");
  });

  it("leaves at preview all unknown that Azure answers with", async () => {
    const { properties } = await create(names.IDENTITY, { ...place, resourceName: "velero" }, "velero", true);
    assert.equal(properties["principalId"], UNKNOWN);
    assert.equal(properties["clientId"], UNKNOWN);
    const planned = await create(
      names.CLUSTER,
      { ...place, resourceName: "aks", oidcIssuerProfile: { enabled: true } },
      "aks",
      true,
    );
    assert.deepEqual(planned.properties["oidcIssuerProfile"], { enabled: true, issuerURL: UNKNOWN });
    assert.equal(planned.properties["nodeResourceGroup"], UNKNOWN);
  });

  it("refuses subnets outside their network, or upon each other", async () => {
    await group();
    await assert.rejects(
      network("10.61.0.0/24"),
      /NetcfgInvalidSubnet: 10\.61\.0\.0\/24 is not inside 10\.60\.0\.0\/16/,
    );
    await assert.rejects(network("10.60.0.0/24", "10.60.0.0/25"), /NetcfgSubnetRangesOverlap/);
  });

  it("knows a subnet as long as its network has it", async () => {
    await group();
    const { id, properties } = await network("10.60.0.0/24");
    const { id: target } = await vault("keys", "keys");
    const endpoint = (subnet: string, name: string) =>
      create(
        names.PRIVATE_ENDPOINT,
        {
          ...place,
          privateEndpointName: name,
          subnet: { id: `${id}/subnets/${subnet}` },
          privateLinkServiceConnections: [{ name, privateLinkServiceId: target, groupIds: ["vault"] }],
        },
        name,
      );
    await assert.rejects(
      endpoint("s9", "nine"),
      /subnet\.id is .*s9, but no Subnet or VirtualNetwork of that name exists/,
    );
    await endpoint("s0", "zero");
    await assert.rejects(
      remove(names.VIRTUAL_NETWORK, id, properties),
      /DependencyViolation: VirtualNetwork .*PrivateEndpoint/,
    );
  });

  it("keeps the name of a deleted vault, in the world", async () => {
    await group();
    const { id, properties } = await vault("acmekeys", "one");
    await remove(names.KEY_VAULT, id, properties);
    await assert.rejects(
      vault("acmekeys", "two"),
      /a deleted one of .*::one keeps the name until it is purged.*ConflictError/,
    );
    await vault("acmekeys2", "two");
  });

  it("lets nobody turn protection from purging off, and keeps hardware keys to premium vaults", async () => {
    await group();
    const { id, properties } = await vault("keys", "keys", { enablePurgeProtection: true });
    const news = { ...place, vaultName: "keys", properties: { tenantId: tenant, sku: { name: "standard" } } };
    const change = {
      ...subject(names.KEY_VAULT, "keys"),
      id,
      olds: properties,
      oldInputs: {},
      news,
      ignoreChanges: [],
    };
    await assert.rejects(
      azure.update({ ...change, preview: false, timeoutSeconds: 0 }),
      /"enablePurgeProtection" of keys cannot be set to false/,
    );
    await vault("plain", "plain", { sku: { name: "standard" } });
    const key = { resourceGroupName: "group", vaultName: "plain", keyName: "k", properties: { kty: "RSA-HSM" } };
    await assert.rejects(create(names.KEY, key, "k"), /RSA-HSM needs a premium vault/);
  });

  it("takes a storage account's name from the whole world", async () => {
    await group();
    const account = { ...place, accountName: "acmebackups", kind: "StorageV2", sku: { name: "Standard_ZRS" } };
    await create(names.STORAGE_ACCOUNT, account, "one");
    await create(names.RESOURCE_GROUP, { ...place, resourceGroupName: "other" }, "other");
    await assert.rejects(
      create(names.STORAGE_ACCOUNT, { ...account, resourceGroupName: "other" }, "two"),
      /accountName acmebackups already exists in the world: it belongs to .*::one/,
    );
  });

  it("assigns roles on what exists, to identities that exist, once", async () => {
    await group();
    const { id: on } = await vault("keys", "keys");
    const { properties } = await create(names.IDENTITY, { ...place, resourceName: "velero" }, "velero");
    const definition = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    const assign = (principalId: string, scope: string, name: string) =>
      create(
        names.ROLE_ASSIGNMENT,
        {
          ...{ principalId, scope, principalType: "ServicePrincipal" },
          roleAssignmentName: `0000000${name}-0000-4000-8000-000000000000`,
          roleDefinitionId: `/subscriptions/${tenant}/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
        },
        name,
      );
    await assert.rejects(assign(tenant, on, "1"), /PrincipalNotFound/);
    await assert.rejects(assign(String(properties["principalId"]), `${on}s`, "2"), /scope is .*keyss, but no/);
    await assign(String(properties["principalId"]), on, "3");
    await assert.rejects(assign(String(properties["principalId"]), on, "4"), /already exists in this account/);
  });

  it("refuses a cluster that Azure would refuse", async () => {
    await group();
    const { id } = await network("10.60.0.0/24", "10.60.1.0/24");
    const { id: identity } = await create(names.IDENTITY, { ...place, resourceName: "control" }, "control");
    const base = {
      ...{ ...place, resourceName: "aks", dnsPrefix: "aks", kubernetesVersion: "1.36" },
      identity: { type: "UserAssigned", userAssignedIdentities: [identity] },
      agentPoolProfiles: [{ name: "system", mode: "System", vnetSubnetID: `${id}/subnets/s0` }],
    };
    const refused = (more: Properties, reason: RegExp) =>
      assert.rejects(create(names.CLUSTER, { ...base, ...more }, "aks"), reason);
    await refused({}, /LinkedAuthorizationFailed: .*control has no role .* \(network\)/);
    await refused({ agentPoolProfiles: [] }, /without a system pool/);
    await refused(
      { serviceMeshProfile: { mode: "Istio" }, ingressProfile: { webAppRouting: { enabled: true } } },
      /ConflictingAddons: the application routing gateway and the Istio mesh add-on exclude each other/,
    );
    await refused({ disableLocalAccounts: true }, /local accounts can be disabled only where Entra/);
    await refused(
      { networkProfile: { networkPolicy: "cilium", networkDataplane: "azure" } },
      /need the cilium data plane/,
    );
    await refused({ networkProfile: { podCidr: "10.60.0.0/16", serviceCidr: "172.20.0.0/16" } }, /InvalidCIDR/);
    await refused({ networkProfile: { outboundType: "userAssignedNATGateway" } }, /s0 has no NAT gateway/);
    const api = { enableVnetIntegration: true, subnetId: `${id}/subnets/s1` };
    await refused({ apiServerAccessProfile: api }, /ApiServerSubnetNotDelegated: s1/);
  });

  it("lists the local control plane's address for a cluster that exists, where one runs", async () => {
    const token = "azure-native:containerservice:listManagedClusterUserCredentials";
    const ask = () =>
      azure.invoke({ token, args: { resourceGroupName: "group", resourceName: "aks" }, preview: false });
    await assert.rejects(ask(), /ResourceNotFound: no cluster aks in westeurope/);
    await group();
    const plane = join(folder, "plane.json");
    writeFileSync(plane, JSON.stringify({ endpoint: "https://127.0.0.1:6443", caData: "Q0E=" }));
    process.env["KEELSON_CONTROL_PLANE"] = plane;
    const listed = await bareCluster(file)
      .then(ask)
      .finally(() => delete process.env["KEELSON_CONTROL_PLANE"]);
    const [first] = listed.result["kubeconfigs"] as { value: string }[];
    const config = JSON.parse(Buffer.from(first?.value ?? "", "base64").toString()) as Properties;
    assert.match(
      JSON.stringify(config["clusters"]),
      /"server":"https:\/\/127\.0\.0\.1:6443","certificate-authority-data":"Q0E="/,
    );
    await assert.rejects(
      azure.invoke({ token: "azure-native:network:getSubnet", args: {}, preview: false }),
      /add it to INVOKES in embedded\/standin\/azure\/provider\.ts/,
    );
  });

  it("answers nothing from a lost region", async () => {
    await group();
    await withCloud(file, (cloud) => cloud.loseRegion("westeurope"));
    await assert.rejects(network("10.60.0.0/24"), /no answer from westeurope/);
    const elsewhere = { resourceGroupName: "north", location: "northeurope" };
    await create(names.RESOURCE_GROUP, elsewhere, "north");
  });

  it("replaces by the table of each type", async () => {
    const differs = async (type: string, olds: Properties, news: Properties) => {
      const asked = { ...subject(type, "x"), id: "x", olds, oldInputs: olds, news, ignoreChanges: [] };
      const { detailed } = await azure.diff(asked);
      return Object.entries(detailed).map(([path, { replace }]) => `${replace ? "+" : ""}${path}`);
    };
    const cluster = {
      ...place,
      resourceName: "aks",
      networkProfile: { podCidr: "10.244.0.0/16" },
      kubernetesVersion: "1.35",
    };
    assert.deepEqual(
      await differs(names.CLUSTER, cluster, {
        ...cluster,
        networkProfile: { podCidr: "10.245.0.0/16" },
        kubernetesVersion: "1.36",
      }),
      ["+networkProfile.podCidr", "kubernetesVersion"],
    );
    const pool = { ...place, resourceName: "aks", agentPoolName: "general1", vmSize: "Standard_D2ds_v5", maxCount: 3 };
    assert.deepEqual(await differs(names.AGENT_POOL, pool, { ...pool, vmSize: "Standard_D4ds_v5", maxCount: 6 }), [
      "+vmSize",
      "maxCount",
    ]);
  });

  it("refuses another subscription, and a place that is none", () => {
    const other = { location: "westeurope", subscriptionId: "00000000-0000-0000-0000-0000000000ff" };
    assert.throws(() => azure.configure({ urn: "", args: other }), /SubscriptionNotFound/);
    assert.throws(() => azure.configure({ urn: "", args: { location: "West Europe" } }), /want one such as westeurope/);
  });
});

/** A cluster with nothing around it, which only a colleague in the console could have made. */
const bareCluster = (file: string): Promise<void> =>
  withCloud(file, (cloud) => {
    const by = { region: "westeurope", owner: "test" };
    const inputs = {
      ...{
        resourceGroupName: "group",
        location: "westeurope",
        resourceName: "aks",
        dnsPrefix: "aks",
        kubernetesVersion: "1.36",
      },
      agentPoolProfiles: [{ name: "system", mode: "System" }],
    };
    cloud.create(names.CLUSTER, inputs, by);
  });
