/**
 * Security settings of what lives in Azure, in `payments-prod`. What stands beside an output in `securityProfile` or `encryption`
 * is not here: the provider's SDK makes all of such an input an output, so a preview leaves it undecided and `up` judges it.
 */
import { set, type Setting, unset } from "./settings";

const on =
  (type: string, name: string) =>
  (setting: string, without: Setting["without"], rule: string): Setting => ({
    name: setting,
    at: [type, name],
    stack: "azure",
    without,
    rule,
  });

const cluster = on(":ManagedCluster", "cluster-cluster");
const pool = on(":AgentPool", "cluster-nodes-general1");

const CLUSTER: readonly Setting[] = [
  cluster("private API endpoint", set("apiServerAccessProfile/enablePrivateCluster", false), "cloud-aks-endpoint"),
  cluster("no commands through Azure", unset("apiServerAccessProfile/disableRunCommand"), "cloud-aks-no-run-command"),
  cluster("no local accounts", set("disableLocalAccounts", false), "cloud-aks-local-accounts"),
  cluster("people by the directory", unset("aadProfile"), "cloud-aks-directory"),
  cluster("rights by the directory's roles", set("aadProfile/enableAzureRBAC", false), "cloud-aks-directory"),
  cluster("an issuer for pods' tokens", unset("oidcIssuerProfile"), "cloud-aks-workload-identity"),
  cluster("disks under a key of ours", unset("diskEncryptionSetID"), "cloud-aks-disk-key"),
  cluster("Azure Policy", set("addonProfiles/azurepolicy/enabled", false), "cloud-aks-azure-policy"),
  cluster("enforced network policies", unset("networkProfile/networkPolicy"), "network-aks-enforced"),
  cluster("patches by themselves", set("autoUpgradeProfile/upgradeChannel", "none"), "cloud-aks-upgrades"),
  cluster("an API server with a promise", set("sku/tier", "Free"), "cloud-aks-paid-tier"),
  pool("encryption on the node's host", unset("enableEncryptionAtHost"), "cloud-aks-host-encryption"),
  pool("no public address", set("enableNodePublicIP", true), "cloud-aks-no-node-address"),
];

/** Shut twice: either alone keeps the internet out. */
const shut = (setting: Setting, without: Setting["without"]): Setting => ({
  ...setting,
  twice: { at: setting.at, without },
});

const vault = on(":Vault", "keys-vault");
const registry = on(":Registry", "registry-registry");

const KEYS_AND_IMAGES: readonly Setting[] = [
  vault("cannot be purged", unset("properties/enablePurgeProtection"), "cloud-azure-vault-purge-protected"),
  vault("rights by roles", set("properties/enableRbacAuthorization", false), "cloud-azure-vault-roles"),
  shut(
    vault("closed to the internet", set("properties/publicNetworkAccess", "Enabled"), "cloud-azure-vault-network"),
    set("properties/networkAcls/defaultAction", "Allow"),
  ),
  registry("reached privately", set("publicNetworkAccess", "Enabled"), "cloud-azure-registry-private"),
  registry("no administrator's password", set("adminUserEnabled", true), "cloud-azure-registry-private"),
];

const backups = (account: "vault" | "archive"): readonly Setting[] => {
  const storage = on(":StorageAccount", `${account}-account`);
  const blobs = on(":BlobServiceProperties", `${account}-blobs`);
  return [
    storage("TLS 1.2", set("minimumTlsVersion", "TLS1_0"), "tls-azure-storage"),
    storage("nothing in the clear", set("enableHttpsTrafficOnly", false), "tls-azure-storage"),
    storage("no public blobs", set("allowBlobPublicAccess", true), "cloud-azure-storage-not-public"),
    shut(
      storage("closed to the internet", set("publicNetworkAccess", "Enabled"), "cloud-azure-storage-network"),
      set("networkRuleSet/defaultAction", "Allow"),
    ),
    storage("no shared keys", set("allowSharedKeyAccess", true), "cloud-azure-storage-no-shared-key"),
    storage("copied to the pair", set("sku/name", "Standard_ZRS"), "cloud-azure-storage-replicated"),
    storage("cannot go by a slip", "unprotect", "resilience-protect-stateful"),
    blobs("old versions", set("isVersioningEnabled", false), "cloud-azure-storage-recoverable"),
    blobs("deleted blobs come back", unset("deleteRetentionPolicy"), "cloud-azure-storage-recoverable"),
  ];
};

const NETWORK: readonly Setting[] = [
  on(":NetworkSecurityGroup", "network-group-private")(
    "nothing but the edge from the internet",
    set("securityRules/0/destinationPortRange", "22"),
    "cloud-azure-no-open-ingress",
  ),
];

export const AZURE_SETTINGS: readonly Setting[] = [
  ...CLUSTER,
  ...KEYS_AND_IMAGES,
  ...backups("vault"),
  ...backups("archive"),
  ...NETWORK,
];
