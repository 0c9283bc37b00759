/** Flexible servers of PostgreSQL. Replacement and limits from knowledge of the provider and of Microsoft's pages; not read anew. */
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import { type Value } from "../values";
import { block, input, list, resource } from "./identifiers";
import { wrapProblem } from "./keys";
import * as names from "./names";
import { subnetIn } from "./network";
import { identityRef } from "./roles";

const { DATABASE, DATABASE_SERVER, DATABASE_SETTING, KEY, PRIVATE_ZONE, SUBNET, VIRTUAL_NETWORK } = names;
const POSTGRES = "Microsoft.DBforPostgreSQL";
const DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers";

/** Sizes of Premium disks, in GiB. */
const DISKS = [32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_767];

const inServer = (kind: string, name: string) =>
  [
    ["flexibleServers", "serverName"],
    [kind, name],
  ] as const;

export const databaseTypes: TypeTable = {
  [DATABASE_SERVER]: resource({
    provider: POSTGRES,
    path: [["flexibleServers", "serverName"]],
    name: { property: "serverName", max: 63, lower: true },
    outputs: (m) => ({
      fullyQualifiedDomainName: `${input("serverName")(m)}.postgres.database.azure.com`,
      minorVersion: "5",
      state: "Ready",
      replicaCapacity: 5,
      privateEndpointConnections: [],
    }),
    unstable: ["state", "minorVersion"],
    forceNew: [
      ..."administratorLogin availabilityZone createMode pointInTimeUTC sourceServerResourceId".split(" "),
      ..."network.delegatedSubnetResourceId backup.geoRedundantBackup dataEncryption.type".split(" "),
    ],
    refs: {
      "network.delegatedSubnetResourceId": blocks(SUBNET, VIRTUAL_NETWORK),
      "network.privateDnsZoneArmResourceId": blocks(PRIVATE_ZONE),
      "dataEncryption.primaryUserAssignedIdentityId": identityRef,
      "dataEncryption.geoBackupUserAssignedIdentityId": identityRef,
      sourceServerResourceId: weak(DATABASE_SERVER),
    },
    valid: {
      serverName: /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/,
      version: ["11", "12", "13", "14", "15", "16", "17", "18"],
      "sku.tier": ["Burstable", "GeneralPurpose", "MemoryOptimized"],
      "backup.backupRetentionDays": { min: 7, max: 35 },
      "backup.geoRedundantBackup": ["Enabled", "Disabled"],
      "highAvailability.mode": ["Disabled", "SameZone", "ZoneRedundant"],
      "network.publicNetworkAccess": ["Enabled", "Disabled"],
      "dataEncryption.type": ["AzureKeyVault", "SystemManaged"],
    },
    unique: [{ in: "world", by: ["serverName"] }],
    quota: { limit: 100, code: "ServerQuotaExceeded" },
    refuse: (m) => PROBLEMS.map((problem) => problem(m)).find((found) => found !== undefined),
  }),
  [DATABASE]: resource({
    provider: POSTGRES,
    path: inServer("databases", "databaseName"),
    forceNew: ["charset", "collation"],
    refs: { serverName: follows(DATABASE_SERVER) },
    valid: { databaseName: /^[A-Za-z_][\w-]{0,62}$/ },
    refuse: ({ inputs }) =>
      ["postgres", "azure_maintenance", "azure_sys"].includes(String(inputs["databaseName"]))
        ? `DatabaseAlreadyExists: ${String(inputs["databaseName"])} is Azure's own`
        : undefined,
  }),
  [DATABASE_SETTING]: resource({
    provider: POSTGRES,
    path: inServer("configurations", "configurationName"),
    outputs: () => ({ allowedValues: "", dataType: "String", defaultValue: "", isReadOnly: false }),
    refs: { serverName: follows(DATABASE_SERVER) },
    valid: { source: ["user-override", "system-default"] },
    // A parameter always exists: to make one is to set it.
    overwrites: () => true,
    refuse: ({ inputs }) =>
      inputs["configurationName"] === "require_secure_transport" && !/^(on|off)$/i.test(String(inputs["value"]))
        ? `InvalidParameterValue: ${String(inputs["value"])} is no value of require_secure_transport`
        : undefined,
  }),
};

type Problem = (m: Minting) => string | undefined;

const diskOf = (properties: Value | undefined): number => Number(block(block(properties)["storage"])["storageSizeGB"]);

const diskProblem: Problem = ({ inputs, id, find }) => {
  const wanted = diskOf(inputs);
  if (!DISKS.includes(wanted)) return `InvalidParameterValue: a disk of ${wanted} GiB, want one of ${DISKS.join(", ")}`;
  const before = diskOf(find(DATABASE_SERVER, id)?.properties);
  return wanted < before ? `StorageShrinkNotAllowed: from ${before} to ${wanted} GiB` : undefined;
};

const standbyProblem: Problem = ({ inputs }) => {
  const mode = block(inputs["highAvailability"])["mode"];
  if (mode !== "ZoneRedundant") return undefined;
  const [zone, other] = [inputs["availabilityZone"], block(inputs["highAvailability"])["standbyAvailabilityZone"]];
  if (block(inputs["sku"])["tier"] === "Burstable")
    return "HighAvailabilityNotSupported: the Burstable tier has no standby";
  return zone !== undefined && zone === other
    ? `InvalidParameterValue: the standby is in zone ${String(zone)}, where the server is`
    : undefined;
};

/** A server in a subnet needs one that is delegated to it, and a zone of the right ending that the network can resolve. */
const doorProblem: Problem = ({ inputs, find, all }) => {
  const network = block(inputs["network"]);
  const subnetId = network["delegatedSubnetResourceId"];
  if (subnetId === undefined) return undefined;
  const subnet = subnetIn(find, subnetId);
  if (!list(subnet["delegations"]).some((each) => block(each)["serviceName"] === DELEGATION))
    return `SubnetNotDelegated: ${String(subnetId)} is not delegated to ${DELEGATION}`;
  const zone = find(PRIVATE_ZONE, network["privateDnsZoneArmResourceId"]);
  const name = String(zone?.properties["privateZoneName"]);
  if (!name.endsWith(".postgres.database.azure.com"))
    return `InvalidPrivateDnsZone: ${name} does not end with .postgres.database.azure.com`;
  return all(names.NETWORK_LINK).some(({ properties }) => properties["privateZoneName"] === name)
    ? undefined
    : `PrivateDnsZoneNotLinked: ${name} is linked to no network yet (dependsOn its VirtualNetworkLink)`;
};

/** Both identities must be given to the server, and may wrap with the keys; the copy's key is in the other region. */
const keyProblem: Problem = (m) => {
  const encryption = block(m.inputs["dataEncryption"]);
  if (encryption["type"] !== "AzureKeyVault") return undefined;
  const given = Object.keys(block(block(m.inputs["identity"])["userAssignedIdentities"]));
  const geo = block(m.inputs["backup"])["geoRedundantBackup"] === "Enabled";
  if (geo && encryption["geoBackupKeyURI"] === undefined)
    return "GeoBackupKeyMissing: geo-redundant backups of a server under a key of ours need one in the paired region";
  return [
    ["primaryKeyURI", "primaryUserAssignedIdentityId"],
    ...(geo ? [["geoBackupKeyURI", "geoBackupUserAssignedIdentityId"]] : []),
  ]
    .map(([key = "", identity = ""]) => {
      const holder = encryption[identity];
      if (!given.includes(String(holder))) return `InvalidIdentity: ${String(holder)} is not the server's`;
      const uri = String(encryption[key]);
      const found = m.all(KEY).find(({ properties }) => uri.startsWith(String(properties["keyUri"])));
      if (found === undefined) return `KeyNotFound: no key answers at ${uri}`;
      return wrapProblem(m, found.properties["vaultName"], { userAssignedIdentities: [holder ?? ""] });
    })
    .find((problem) => problem !== undefined);
};

const PROBLEMS: readonly Problem[] = [diskProblem, standbyProblem, doorProblem, keyProblem];
