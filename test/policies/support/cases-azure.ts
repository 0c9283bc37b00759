/** Azure: AKS, PostgreSQL, Managed Redis, storage, key vaults, registries; some under versioned tokens. */
import { along, cloud, type Case } from "./case";
import { resource, type Fields, type Sample } from "./samples";

const AKS = "azure-native:containerservice/v20250101:ManagedCluster";
const POOL = { name: "p", enableEncryptionAtHost: true };
const CLUSTER = {
  networkProfile: { networkPolicy: "cilium" },
  apiServerAccessProfile: { enablePrivateCluster: true, disableRunCommand: true },
  disableLocalAccounts: true,
  aadProfile: { managed: true, enableAzureRBAC: true },
  oidcIssuerProfile: { enabled: true },
  securityProfile: {
    workloadIdentity: { enabled: true },
    defender: { securityMonitoring: { enabled: true } },
    azureKeyVaultKms: { enabled: true, keyId: "https://vault.example.com/keys/secrets" },
  },
  addonProfiles: {
    azurepolicy: { enabled: true },
    azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } },
  },
  agentPoolProfiles: [POOL],
  diskEncryptionSetID: "set",
  autoUpgradeProfile: { upgradeChannel: "patch" },
  sku: { tier: "Standard" },
};

const cluster = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  cloud(rule, AKS, [CLUSTER, broken], expected);

const AKS_CASES: readonly Case[] = [
  cluster("network-aks-enforced", { networkProfile: undefined }, [
    "networkProfile.networkPolicy",
    'wants "azure" or "calico" or "cilium", got nothing',
  ]),
  cluster("cloud-aks-endpoint", { apiServerAccessProfile: { disableRunCommand: true } }, [
    "apiServerAccessProfile.authorizedIPRanges",
    "the API server is open to everybody",
  ]),
  cluster("cloud-aks-local-accounts", { disableLocalAccounts: undefined }, [
    "disableLocalAccounts",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-directory", { aadProfile: { managed: true } }, [
    "aadProfile.enableAzureRBAC",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-workload-identity", { oidcIssuerProfile: undefined }, [
    "oidcIssuerProfile.enabled",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-no-run-command", { apiServerAccessProfile: { enablePrivateCluster: true } }, [
    "apiServerAccessProfile.disableRunCommand",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-azure-policy", { addonProfiles: { ...CLUSTER.addonProfiles, azurepolicy: undefined } }, [
    "addonProfiles.azurepolicy.enabled",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-defender", { securityProfile: { ...CLUSTER.securityProfile, defender: undefined } }, [
    "securityProfile.defender.securityMonitoring.enabled",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-host-encryption", { agentPoolProfiles: [{ name: "p" }] }, [
    "agentPoolProfiles[0].enableEncryptionAtHost",
    "wants true, got nothing",
  ]),
  cluster("cloud-aks-disk-key", { diskEncryptionSetID: undefined }, ["diskEncryptionSetID", "no key of ours"]),
  cluster(
    "cloud-aks-secrets-encrypted",
    { securityProfile: { ...CLUSTER.securityProfile, azureKeyVaultKms: { keyId: "key" } } },
    ["securityProfile.azureKeyVaultKms.enabled", "wants true, got nothing"],
  ),
  cluster("cloud-aks-no-node-address", { agentPoolProfiles: [{ ...POOL, enableNodePublicIP: true }] }, [
    "agentPoolProfiles[0].enableNodePublicIP",
    "nodes get public addresses",
  ]),
  cluster("cloud-aks-upgrades", { autoUpgradeProfile: { upgradeChannel: "none" } }, [
    "autoUpgradeProfile.upgradeChannel",
    'wants "patch" or "stable" or "rapid" or "node-image", got a text of 4 characters',
  ]),
  cluster("cloud-aks-paid-tier", { sku: { tier: "Free" } }, [
    "sku.tier",
    'wants "Standard" or "Premium", got a text of 4 characters',
  ]),
  cluster(
    "cloud-aks-secret-rotation",
    { addonProfiles: { azurepolicy: { enabled: true }, azureKeyvaultSecretsProvider: { enabled: true } } },
    ["addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation", "wants true, got nothing"],
  ),
];

const POSTGRES = "azure-native:dbforpostgresql:Server";
const SERVER = {
  network: { delegatedSubnetResourceId: "subnet" },
  backup: { geoRedundantBackup: "Enabled", backupRetentionDays: 30 },
  highAvailability: { mode: "ZoneRedundant" },
  authConfig: { activeDirectoryAuth: "Enabled" },
  dataEncryption: { type: "AzureKeyVault" },
};

const server = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  cloud(rule, POSTGRES, [SERVER, broken], expected);

const configured = (value: string): readonly Sample[] => [
  resource(POSTGRES, "postgres", SERVER, { protect: true }),
  resource(
    "azure-native:dbforpostgresql/v20240801:Configuration",
    "tls",
    { configurationName: "require_secure_transport", value },
    { uses: { serverName: "postgres" } },
  ),
];

const POSTGRES_CASES: readonly Case[] = [
  {
    rule: "tls-azure-postgres",
    passes: configured("on"),
    fails: configured("off"),
    path: "network",
    message: "plain connections are taken: require_secure_transport is off",
  },
  server("cloud-azure-postgres-private", { network: undefined }, [
    "network.publicNetworkAccess",
    "it answers the internet",
  ]),
  server("cloud-azure-postgres-geo-backup", { backup: { backupRetentionDays: 30 } }, [
    "backup.geoRedundantBackup",
    'wants "Enabled", got nothing',
  ]),
  server("cloud-azure-postgres-backed-up", { backup: { geoRedundantBackup: "Enabled", backupRetentionDays: 1 } }, [
    "backup.backupRetentionDays",
    "wants at least 7 days, got a number",
  ]),
  server("cloud-azure-postgres-over-zones", { highAvailability: { mode: "SameZone" } }, [
    "highAvailability.mode",
    'wants "ZoneRedundant", got a text of 8 characters',
  ]),
  server("cloud-azure-postgres-directory", { authConfig: undefined }, ["authConfig", "only passwords are accepted"]),
  server("cloud-azure-postgres-own-key", { dataEncryption: undefined }, [
    "dataEncryption.type",
    'wants "AzureKeyVault", got nothing',
  ]),
];

const REDIS = "azure-native:redisenterprise:RedisEnterprise";
const CACHE = {
  minimumTlsVersion: "1.2",
  publicNetworkAccess: "Disabled",
  highAvailability: "Enabled",
  encryption: { customerManagedKeyEncryption: { keyEncryptionKeyUrl: "https://v/keys/k/1" } },
};

const cache = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  cloud(rule, REDIS, [CACHE, broken], expected);

const REDIS_CASES: readonly Case[] = [
  cloud(
    "tls-azure-redis",
    "azure-native:redisenterprise:Database",
    [{ clientProtocol: "Encrypted" }, { clientProtocol: "Plaintext" }],
    ["clientProtocol", 'wants "Encrypted", got a text of 9 characters'],
  ),
  cache("tls-azure-redis-version", { minimumTlsVersion: "1.0" }, [
    "minimumTlsVersion",
    'wants "1.2", got a text of 3 characters',
  ]),
  cache("cloud-azure-redis-private", { publicNetworkAccess: "Enabled" }, [
    "publicNetworkAccess",
    'wants "Disabled", got a text of 7 characters',
  ]),
  cache("cloud-azure-redis-over-zones", { highAvailability: undefined }, [
    "highAvailability",
    'wants "Enabled", got nothing',
  ]),
  cache("cloud-azure-redis-own-key", { encryption: undefined }, [
    "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
    "no key of ours",
  ]),
];

const STORAGE = "azure-native:storage:StorageAccount";
const ACCOUNT = {
  minimumTlsVersion: "TLS1_2",
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: false,
  networkRuleSet: { defaultAction: "Deny" },
  encryption: { requireInfrastructureEncryption: true },
  sku: { name: "Standard_RAGZRS" },
  tags: { content: "backups" },
};

const blobs = (
  account: string,
  props: Fields = { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true } },
) =>
  resource("azure-native:storage:BlobServiceProperties", `${account}-blobs`, props, { uses: { accountName: account } });

const account = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  along(cloud(rule, STORAGE, [ACCOUNT, broken], expected), blobs(rule));

const STORAGE_CASES: readonly Case[] = [
  account("tls-azure-storage", { minimumTlsVersion: "TLS1_0" }, [
    "minimumTlsVersion",
    'wants "TLS1_2" or "TLS1_3", got a text of 6 characters',
  ]),
  account("cloud-azure-storage-not-public", { allowBlobPublicAccess: undefined }, [
    "allowBlobPublicAccess",
    "wants false, got nothing",
  ]),
  account("cloud-azure-storage-network", { networkRuleSet: undefined }, [
    "networkRuleSet.defaultAction",
    "every network may reach it",
  ]),
  account("cloud-azure-storage-no-shared-key", { allowSharedKeyAccess: undefined }, [
    "allowSharedKeyAccess",
    "wants false, got nothing",
  ]),
  account("cloud-azure-storage-encrypted-twice", { encryption: undefined }, [
    "encryption.requireInfrastructureEncryption",
    "wants true, got nothing",
  ]),
  {
    rule: "cloud-azure-storage-recoverable",
    passes: [resource(STORAGE, "account", ACCOUNT, { protect: true }), blobs("account")],
    fails: [resource(STORAGE, "account", ACCOUNT, { protect: true }), blobs("account", { isVersioningEnabled: true })],
    path: "accountName",
    message: "what is deleted is gone at once",
  },
  account("cloud-azure-storage-replicated", { sku: { name: "Standard_LRS" } }, [
    "sku.name",
    "its copies are in one region",
  ]),
];

const VAULT = "azure-native:keyvault:Vault";
const SAFE = {
  properties: { enablePurgeProtection: true, enableRbacAuthorization: true, networkAcls: { defaultAction: "Deny" } },
};
const vault = (rule: string, key: string, expected: readonly [string, string]): Case =>
  cloud(rule, VAULT, [SAFE, { properties: { ...SAFE.properties, [key]: undefined } }], expected);

const REGISTRY = "azure-native:containerregistry:Registry";
const IMAGES = {
  publicNetworkAccess: "Disabled",
  policies: { quarantinePolicy: { status: "enabled" }, trustPolicy: { status: "enabled" } },
};

/** The edge's port from everywhere; everything else from the network itself. */
const WEB = {
  access: "Allow",
  direction: "Inbound",
  sourceAddressPrefix: "Internet",
  destinationPortRange: "443",
};

export const AZURE_CASES: readonly Case[] = [
  ...AKS_CASES,
  ...POSTGRES_CASES,
  ...REDIS_CASES,
  ...STORAGE_CASES,
  cloud(
    "cloud-azure-no-open-ingress",
    "azure-native:network:NetworkSecurityGroup",
    [{ securityRules: [WEB] }, { securityRules: [WEB, { ...WEB, destinationPortRange: "22" }] }],
    ["securityRules[1].sourceAddressPrefix", "everybody is let in, on more than port 443 or 80"],
  ),
  vault("cloud-azure-vault-purge-protected", "enablePurgeProtection", [
    "properties.enablePurgeProtection",
    "wants true, got nothing",
  ]),
  vault("cloud-azure-vault-roles", "enableRbacAuthorization", [
    "properties.enableRbacAuthorization",
    "wants true, got nothing",
  ]),
  vault("cloud-azure-vault-network", "networkAcls", [
    "properties.networkAcls.defaultAction",
    "every network may reach it",
  ]),
  cloud(
    "cloud-azure-vault-expiry",
    "azure-native:keyvault:Key",
    [{ properties: { attributes: { exp: 1 } } }, { properties: {} }],
    ["properties.attributes", "it never ends"],
  ),
  cloud(
    "cloud-azure-registry-private",
    REGISTRY,
    [IMAGES, { adminUserEnabled: true }],
    ["adminUserEnabled", "it has a shared administrator"],
  ),
  cloud(
    "cloud-azure-registry-scanned",
    REGISTRY,
    [IMAGES, { policies: { trustPolicy: { status: "enabled" } } }],
    ["policies.quarantinePolicy.status", 'wants "enabled", got nothing'],
  ),
  cloud(
    "cloud-azure-registry-trusted",
    REGISTRY,
    [IMAGES, { policies: { quarantinePolicy: { status: "enabled" } } }],
    ["policies.trustPolicy.status", 'wants "enabled", got nothing'],
  ),
];
