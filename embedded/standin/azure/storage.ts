/** Storage accounts, registries, log workspaces. Names of the first two are taken in the whole world. */
import { WITHOUT_ZONES } from "../../../stacks/azure/regions";
import { follows, type Minting, type TypeTable } from "../types";
import { block, input, resource, uuid } from "./identifiers";
import { wrapProblem } from "./keys";
import * as names from "./names";
import { identityRef } from "./roles";

const { BLOB_CONTAINER, BLOB_SERVICE, STORAGE_ACCOUNT } = names;
const STORAGE = "Microsoft.Storage";
const REDUNDANCY =
  "Standard_LRS Standard_ZRS Standard_GRS Standard_RAGRS Standard_GZRS Standard_RAGZRS Premium_LRS Premium_ZRS";

const inAccount = (kind: string, name: string) =>
  [
    ["storageAccounts", "accountName"],
    [kind, name],
  ] as const;

export const storageTypes: TypeTable = {
  [STORAGE_ACCOUNT]: resource({
    provider: STORAGE,
    path: [["storageAccounts", "accountName"]],
    name: { property: "accountName", max: 24, lower: true, glue: "" },
    outputs: (m) => ({
      primaryEndpoints: { blob: `https://${input("accountName")(m)}.blob.core.windows.net/` },
      primaryLocation: m.region,
      statusOfPrimary: "available",
      creationTime: m.created,
      privateEndpointConnections: [],
    }),
    forceNew: ["kind", "isHnsEnabled", "dnsEndpointType", "encryption.requireInfrastructureEncryption"],
    refs: {
      "identity.userAssignedIdentities[]": identityRef,
      "encryption.encryptionIdentity.encryptionUserAssignedIdentity": identityRef,
    },
    valid: {
      accountName: /^[a-z0-9]{3,24}$/,
      kind: ["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"],
      "sku.name": REDUNDANCY.split(" "),
      minimumTlsVersion: ["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"],
      publicNetworkAccess: ["Enabled", "Disabled", "SecuredByPerimeter"],
    },
    unique: [{ in: "world", by: ["accountName"] }],
    quota: { limit: 250, code: "StorageAccountQuotaExceeded" },
    refuse: (m) => zoneProblem(m) ?? encryptionProblem(m),
  }),
  [BLOB_SERVICE]: resource({
    provider: STORAGE,
    path: inAccount("blobServices", "blobServicesName"),
    refs: { accountName: follows(STORAGE_ACCOUNT) },
    valid: {
      blobServicesName: ["default"],
      "deleteRetentionPolicy.days": { min: 1, max: 365 },
      "containerDeleteRetentionPolicy.days": { min: 1, max: 365 },
    },
    unique: [{ in: "account", by: ["accountName"] }],
  }),
  [BLOB_CONTAINER]: resource({
    provider: STORAGE,
    path: [
      ["storageAccounts", "accountName"],
      ["blobServices/default/containers", "containerName"],
    ],
    outputs: ({ created }) => ({
      hasImmutabilityPolicy: false,
      hasLegalHold: false,
      deleted: false,
      leaseState: "Available",
      leaseStatus: "Unlocked",
      lastModifiedTime: created,
    }),
    refs: { accountName: follows(STORAGE_ACCOUNT) },
    valid: { containerName: /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/, publicAccess: ["Container", "Blob", "None"] },
    unique: [{ in: "account", by: ["accountName", "containerName"] }],
    refuse: (m) => publicProblem(m),
  }),
  [names.MANAGEMENT_POLICY]: resource({
    provider: STORAGE,
    path: inAccount("managementPolicies", "managementPolicyName"),
    outputs: ({ created }) => ({ lastModifiedTime: created }),
    refs: { accountName: follows(STORAGE_ACCOUNT) },
    valid: { managementPolicyName: ["default"] },
    unique: [{ in: "account", by: ["accountName"] }],
  }),
  [names.REGISTRY]: resource({
    provider: "Microsoft.ContainerRegistry",
    path: [["registries", "registryName"]],
    name: { property: "registryName", max: 50, lower: true, glue: "" },
    outputs: (m) => ({ loginServer: `${input("registryName")(m)}.azurecr.io`, creationDate: m.created, status: {} }),
    forceNew: ["zoneRedundancy"],
    valid: { registryName: /^[A-Za-z0-9]{5,50}$/, "sku.name": ["Basic", "Standard", "Premium"] },
    unique: [{ in: "world", by: ["registryName"] }],
    refuse: (m) => registryProblem(m),
  }),
  [names.WORKSPACE]: resource({
    provider: "Microsoft.OperationalInsights",
    path: [["workspaces", "workspaceName"]],
    outputs: (m) => ({ customerId: uuid(m, "customer"), createdDate: m.created, modifiedDate: m.created }),
    valid: { workspaceName: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/, retentionInDays: { min: 30, max: 730 } },
  }),
};

const zoneProblem = ({ inputs, region }: Minting): string | undefined =>
  /ZRS$/.test(String(block(inputs["sku"])["name"])) && WITHOUT_ZONES.includes(region)
    ? `RedundancyConfigurationNotAvailableInRegion: ${String(block(inputs["sku"])["name"])} in ${region}`
    : undefined;

/** A key of the customer's is found by its vault's address, and must be open to the account's identity. */
function encryptionProblem(m: Minting): string | undefined {
  const encryption = block(m.inputs["encryption"]);
  if (encryption["keySource"] !== "Microsoft.Keyvault") return undefined;
  const uri = block(encryption["keyVaultProperties"])["keyVaultUri"];
  const vault = m.all(names.KEY_VAULT).find(({ properties }) => block(properties["properties"])["vaultUri"] === uri);
  if (vault === undefined) return `KeyVaultNotFound: no vault answers at ${String(uri)}`;
  return wrapProblem(m, vault.id, m.inputs["identity"]);
}

const publicProblem = ({ inputs, find }: Minting): string | undefined =>
  inputs["publicAccess"] !== "None" &&
  find(STORAGE_ACCOUNT, inputs["accountName"])?.properties["allowBlobPublicAccess"] === false
    ? "PublicAccessNotPermitted: the account allows no public container"
    : undefined;

/** Private addresses, zones and rules by range are the premium tier's. */
const registryProblem = ({ inputs }: Minting): string | undefined =>
  block(inputs["sku"])["name"] !== "Premium" &&
  (inputs["publicNetworkAccess"] === "Disabled" || inputs["zoneRedundancy"] === "Enabled")
    ? "SkuNotSupported: private access and zones need the Premium tier"
    : undefined;
