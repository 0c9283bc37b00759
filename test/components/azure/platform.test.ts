/**
 * Security-relevant inputs of everything a stack on Azure registers, for a small and a large one. Not proved here: that
 * Azure accepts them, nor the order of creation, which the engine's own tests observe.
 */
import assert from "node:assert/strict";
import { ROLES } from "../../../components/identity/azure-roles";
import { MANDATORY_TAGS } from "../../../components/names";
import { createAzure } from "../../../stacks/azure/platform";
import { planStack } from "../../../stacks/plan";
import { capture, named, type Registered } from "../aws/support";
import { LARGE, MANAGED, onAzure, RECOVERY, SMALL, SUBSCRIPTION } from "./settings";
import { AZURE, ofAzure, onlyAzure } from "./support";

let large: readonly Registered[];
let small: readonly Registered[];
let recovery: readonly Registered[];
let managed: readonly Registered[];

const both = (): readonly (readonly Registered[])[] => [large, small];

before(async function () {
  this.timeout(60_000);
  large = (await capture((root) => createAzure(planStack(onAzure("prod", LARGE)), root), AZURE)).graph;
  small = (await capture((root) => createAzure(planStack(onAzure("dev", SMALL)), root), AZURE)).graph;
  managed = (await capture((root) => createAzure(planStack(onAzure("dev", MANAGED)), root), AZURE)).graph;
  recovery = (await capture((root) => createAzure(planStack(onAzure("prod", RECOVERY)), root), AZURE)).graph;
});

type Inputs = Readonly<Record<string, unknown>>;
const inputsOf = (graph: readonly Registered[], type: string): Inputs => onlyAzure(graph, type).inputs;
const pick = (inputs: Inputs, ...keys: string[]) => Object.fromEntries(keys.map((key) => [key, inputs[key]]));
const under = (inputs: Inputs, key: string): Inputs => inputs[key] as Inputs;

const subnets = (graph: readonly Registered[]) =>
  inputsOf(graph, "network:VirtualNetwork")["subnets"] as readonly (Inputs & { readonly name: string })[];

describe("a stack on Azure", () => {
  it("names the subscription and directory it may touch", () => {
    for (const graph of both()) {
      const [provider] = graph.filter(({ type }) => type === "pulumi:providers:azure-native");
      assert.equal(provider?.inputs["subscriptionId"], SUBSCRIPTION);
      assert.equal(provider?.inputs["location"], "westeurope");
    }
  });

  it("tags whatever can be tagged", () => {
    const untaggable =
      /Assignment|Federated|Container$|BlobService|ManagementPolicy|DnsZoneGroup|Maintenance|Diagnostic|RuleAssociation/;
    for (const { type, name, inputs } of [...large, ...small])
      if (type.startsWith("azure-native:") && !untaggable.test(type))
        for (const tag of MANDATORY_TAGS) assert.ok(tag in Object(inputs["tags"]), `${name} has no ${tag}`);
  });

  it("keeps what holds data in production, and says what goes in development", () => {
    const kept = large.filter(({ options }) => options.protect).map(({ name }) => name);
    assert.deepEqual(kept.toSorted(), [
      "archive-account",
      "archive-container",
      "group-group",
      "keys-key-archive",
      "keys-key-backups",
      "keys-key-secrets",
      "keys-key-volumes",
      "keys-vault",
      "registry-registry",
      "vault-account",
      "vault-container",
    ]);
    assert.deepEqual(
      small.filter(({ options }) => options.protect),
      [],
    );
  });
});

describe("the Azure network", () => {
  it("leads nodes out through NAT and nobody else", () => {
    for (const graph of both()) {
      const out = subnets(graph).filter(({ natGateway }) => natGateway !== undefined);
      assert.deepEqual(
        out.map(({ name }) => name),
        ["private"],
      );
      assert.ok(subnets(graph).every(({ defaultOutboundAccess }) => defaultOutboundAccess === false));
    }
  });

  it("gives the API server a subnet to itself, and every subnet a group", () => {
    const api = subnets(large).find(({ name }) => name === "intra");
    assert.match(JSON.stringify(api?.["delegations"]), /Microsoft.ContainerService\/managedClusters/);
    const groups = ofAzure(large, "network:NetworkSecurityGroup").map(({ name }) => `${name}-id`);
    const used = subnets(large).map(({ networkSecurityGroup }) => (networkSecurityGroup as Inputs)["id"]);
    assert.deepEqual(used.toSorted(), groups.toSorted());
  });

  it("lets nodes and the API server alone into the subnet of private endpoints, and nothing out of it", () => {
    const { securityRules } = named(large, "network-group-data-private-endpoints").inputs;
    const rules = (securityRules as readonly Inputs[]).map(
      ({ direction, access, sourceAddressPrefix, destinationAddressPrefix }) =>
        [direction, access, sourceAddressPrefix, destinationAddressPrefix].join(" "),
    );
    const api = subnets(large).find(({ name }) => name === "intra")?.["addressPrefix"];
    const nodes = subnets(large).find(({ name }) => name === "private")?.["addressPrefix"];
    assert.deepEqual(rules, [
      `Inbound Allow ${nodes} *`,
      `Inbound Allow ${api} *`,
      "Inbound Deny * *",
      "Outbound Deny * Internet",
    ]);
  });
});

describe("AKS", () => {
  const cluster = (graph: readonly Registered[]) => inputsOf(graph, "containerservice:ManagedCluster");

  it("has no local accounts, and leaves people's rights to Entra", () => {
    for (const graph of both()) {
      assert.equal(cluster(graph)["disableLocalAccounts"], true);
      assert.deepEqual(pick(under(cluster(graph), "aadProfile"), "managed", "enableAzureRBAC"), {
        managed: true,
        enableAzureRBAC: true,
      });
    }
    const role = (name: string) => String(named(large, name).inputs["roleDefinitionId"]).split("/").at(-1);
    assert.equal(role("cluster-access-deploy"), ROLES["Azure Kubernetes Service RBAC Cluster Admin"]);
    assert.equal(role("cluster-access-read-only"), ROLES["Azure Kubernetes Service RBAC Reader"]);
    assert.ok(!small.some(({ name }) => name === "cluster-access-read-only"));
  });

  it("hides its API server, or shows it to the listed ranges only", () => {
    const [hidden, shown] = [large, small].map((graph) => under(cluster(graph), "apiServerAccessProfile"));
    assert.deepEqual(pick(hidden ?? {}, "enablePrivateCluster", "authorizedIPRanges", "disableRunCommand"), {
      enablePrivateCluster: true,
      authorizedIPRanges: undefined,
      disableRunCommand: true,
    });
    assert.deepEqual(shown?.["authorizedIPRanges"], ["203.0.113.0/24"]);
    assert.equal(hidden?.["subnetId"], "network-network-id/subnets/intra");
  });

  it("enforces policies with Cilium, by name too", () => {
    const network = under(cluster(large), "networkProfile");
    assert.deepEqual(pick(network, "networkPlugin", "networkPluginMode", "networkDataplane", "networkPolicy"), {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
    });
    assert.match(JSON.stringify(network["advancedNetworking"]), /"advancedNetworkPolicies":"FQDN"/);
  });

  it("encrypts Secrets with a key of ours, through the network", () => {
    const kms = under(under(cluster(large), "securityProfile"), "azureKeyVaultKms");
    assert.deepEqual(kms, {
      enabled: true,
      keyId: "https://v/keys-key-secrets/1",
      keyVaultNetworkAccess: "Private",
      keyVaultResourceId: "keys-vault-id",
    });
  });

  it("spreads nodes over zones, encrypted at host, without a way in", () => {
    const pools = ofAzure(large, "containerservice:AgentPool").map(({ inputs }) => inputs);
    assert.deepEqual(
      pools.map(({ availabilityZones }) => availabilityZones),
      [["1"], ["2"], ["3"]],
    );
    const [inline] = cluster(large)["agentPoolProfiles"] as readonly Inputs[];
    assert.deepEqual(inline?.["availabilityZones"], ["1", "2", "3"]);
    for (const pool of [...pools, inline ?? {}]) {
      assert.deepEqual(pick(pool, "enableEncryptionAtHost", "enableNodePublicIP", "enableAutoScaling"), {
        enableEncryptionAtHost: true,
        enableNodePublicIP: false,
        enableAutoScaling: true,
      });
      assert.deepEqual(pool["securityProfile"], { sshAccess: "Disabled" });
    }
    assert.deepEqual(
      pools.map(({ minCount, maxCount }) => [minCount, maxCount]),
      [
        [1, 4],
        [1, 4],
        [1, 4],
      ],
    );
  });

  it("has threat detection, policy and log as the settings say, and upgrades itself", () => {
    const defender = (graph: readonly Registered[]) => under(under(cluster(graph), "securityProfile"), "defender");
    assert.equal(defender(large)["logAnalyticsWorkspaceResourceId"], "logs-workspace-id");
    assert.equal(defender(small), undefined);
    const policy = (graph: readonly Registered[]) =>
      under(under(cluster(graph), "addonProfiles"), "azurepolicy")["enabled"];
    assert.deepEqual([policy(large), policy(small)], [true, false]);
    assert.equal(ofAzure(small, "operationalinsights:Workspace").length, 0);
    assert.equal(inputsOf(large, "operationalinsights:Workspace")["retentionInDays"], 365);
    assert.deepEqual(cluster(large)["autoUpgradeProfile"], {
      upgradeChannel: "patch",
      nodeOSUpgradeChannel: "NodeImage",
    });
  });

  it("sends pods' logs to its workspace where that is asked for: what containers print, with no key", () => {
    const agent = (graph: readonly Registered[]) => under(under(cluster(graph), "addonProfiles"), "omsagent");
    assert.deepEqual(agent(large), {
      enabled: true,
      config: { logAnalyticsWorkspaceResourceID: "logs-workspace-id", useAADAuth: "true" },
    });
    assert.equal(agent(small), undefined);
    const rule = inputsOf(large, "monitor:DataCollectionRule");
    assert.deepEqual(rule["dataFlows"], [{ streams: ["Microsoft-ContainerLogV2"], destinations: ["workspace"] }]);
    const tie = inputsOf(large, "monitor:DataCollectionRuleAssociation");
    assert.deepEqual(
      [tie["associationName"], tie["resourceUri"], tie["dataCollectionRuleId"]],
      ["ContainerInsightsExtension", "cluster-cluster-id", "cluster-pod-logs-id"],
    );
    assert.equal(ofAzure(small, "monitor:DataCollectionRule").length, 0);
  });

  it("waits for the rights it needs, and for the vault's private address", () => {
    const { dependsOn } = onlyAzure(large, "containerservice:ManagedCluster").options;
    for (const first of [
      "cluster-control-network",
      "cluster-control-key",
      "cluster-control-disks",
      "cluster-kubelet-pull",
      "keys-endpoint-names",
    ])
      assert.ok(dependsOn.includes(first), `${first} of ${dependsOn.join(", ")}`);
  });

  it("gives identities to service accounts by their issuer's word alone", () => {
    const trusts = ofAzure(large, "managedidentity:FederatedIdentityCredential").map(({ inputs }) => inputs);
    assert.deepEqual(
      trusts.map((trust) => pick(trust, "issuer", "subject", "audiences")),
      [
        "platform-system:external-dns",
        "cert-manager:cert-manager",
        "velero:velero",
        "data:orders",
        "data:payments",
      ].map((account) => ({
        issuer: "https://issuer/",
        subject: `system:serviceaccount:${account}`,
        audiences: ["api://AzureADTokenExchange"],
      })),
    );
  });
});

describe("keys, images and backups on Azure", () => {
  it("keep keys by role, in hardware, safe from purging, and by private address", () => {
    const vault = under(inputsOf(large, "keyvault:Vault"), "properties");
    assert.deepEqual(
      pick(
        vault,
        "enableRbacAuthorization",
        "enablePurgeProtection",
        "publicNetworkAccess",
        "softDeleteRetentionInDays",
      ),
      {
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
        publicNetworkAccess: "Disabled",
        softDeleteRetentionInDays: 90,
      },
    );
    for (const { inputs } of ofAzure(large, "keyvault:Key"))
      assert.equal(under(inputs, "properties")["kty"], "RSA-HSM");
    assert.equal(under(inputsOf(small, "keyvault:Vault"), "properties")["softDeleteRetentionInDays"], 7);
  });

  it("keep backups from keys, from the public and from old TLS, and in the paired region where it is asked for", () => {
    for (const { inputs } of both().flatMap((graph) => ofAzure(graph, "storage:StorageAccount"))) {
      assert.equal(under(inputs, "tags")["content"], "backups");
      assert.deepEqual(
        pick(inputs, ...["allowBlobPublicAccess", "allowSharedKeyAccess", "minimumTlsVersion", "publicNetworkAccess"]),
        {
          allowBlobPublicAccess: false,
          allowSharedKeyAccess: false,
          minimumTlsVersion: "TLS1_2",
          publicNetworkAccess: "Disabled",
        },
      );
    }
    const skus = (graph: readonly Registered[]) =>
      ofAzure(graph, "storage:StorageAccount").map(({ name, inputs }) => [name, under(inputs, "sku")["name"]]);
    assert.deepEqual(skus(large), [
      ["vault-account", "Standard_RAGZRS"],
      ["archive-account", "Standard_RAGZRS"],
    ]);
    assert.deepEqual(skus(small), [["vault-account", "Standard_ZRS"]]);
    const services = ofAzure(large, "storage:BlobServiceProperties").map(({ inputs }) => inputs);
    assert.deepEqual(
      services.map((blobs) => pick(blobs, "isVersioningEnabled", "deleteRetentionPolicy")),
      [1, 2].map(() => ({ isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 } })),
    );
    for (const { inputs } of ofAzure(large, "storage:BlobContainer")) assert.equal(inputs["publicAccess"], "None");
  });

  it("encrypt archives with a key of their own, and let each store's servers write there and no further", () => {
    assert.match(JSON.stringify(named(large, "archive-account").inputs["encryption"]), /"keyName":"archive"/);
    for (const store of ["orders", "payments"]) {
      const held = large.filter(({ name }) => name.startsWith(`cluster-archive-${store}-identity-role`));
      assert.deepEqual(
        held.map(({ inputs }) => [inputs["scope"], String(inputs["roleDefinitionId"]).split("/").at(-1)]),
        [["archive-container-id", ROLES["Storage Blob Data Contributor"]]],
      );
    }
  });

  it("let Velero write its container and nothing else", () => {
    const held = large.filter(({ name }) => /^cluster-velero-identity-role/.test(name)).map(({ inputs }) => inputs);
    assert.deepEqual(
      Object.fromEntries(
        held.map(({ roleDefinitionId, scope }) => [scope, String(roleDefinitionId).split("/").at(-1)]),
      ),
      {
        "vault-container-id": ROLES["Storage Blob Data Contributor"],
        "vault-account-id": ROLES.Reader,
      },
    );
  });

  it("read the lost region's archive through an address of their own, and never write it", () => {
    const { privateLinkServiceConnections: connections } = named(recovery, "archive-westeurope-endpoint").inputs;
    const [connection] = connections as readonly Inputs[];
    assert.deepEqual(connection?.["groupIds"], ["blob_secondary"]);
    const lost = String(connection["privateLinkServiceId"]);
    assert.match(lost, /\/resourceGroups\/shop-prod-westeurope-group\/.*\/storageAccounts\/acme/);
    const held = recovery.filter(({ name }) => /^cluster-archive-orders-identity-role/.test(name));
    assert.deepEqual(
      Object.fromEntries(
        held.map(({ inputs }) => [inputs["scope"], String(inputs["roleDefinitionId"]).split("/").at(-1)]),
      ),
      {
        "archive-container-id": ROLES["Storage Blob Data Contributor"],
        [`${lost}/blobServices/default/containers/archive`]: ROLES["Storage Blob Data Reader"],
      },
    );
  });

  it("let nobody into the registry by password, and only the deployers' ranges to it from outside", () => {
    for (const graph of both()) {
      const registry = inputsOf(graph, "containerregistry:Registry");
      assert.deepEqual(pick(registry, "adminUserEnabled", "anonymousPullEnabled"), {
        adminUserEnabled: false,
        anonymousPullEnabled: false,
      });
    }
    assert.equal(inputsOf(large, "containerregistry:Registry")["publicNetworkAccess"], "Disabled");
    assert.match(JSON.stringify(inputsOf(small, "containerregistry:Registry")["networkRuleSet"]), /203\.0\.113\.0\/24/);
  });

  it("fit Azure's limits on names", () => {
    for (const graph of both()) {
      for (const { inputs } of ofAzure(graph, "storage:StorageAccount"))
        assert.match(String(inputs["accountName"]), /^[a-z0-9]{3,24}$/);
      assert.match(String(inputsOf(graph, "keyvault:Vault")["vaultName"]), /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
    }
  });
});

describe("managed stores on Azure", () => {
  const server = () => named(managed, "orders-server").inputs;
  const settings = () =>
    ofAzure(managed, "dbforpostgresql:Configuration")
      .filter(({ name }) => name.startsWith("orders-"))
      .map(({ inputs }) => [inputs["configurationName"], inputs["value"]]);

  it("run PostgreSQL in a subnet that nothing else may use, without a public address", () => {
    const subnet = subnets(managed).find(({ name }) => name === "data-orders");
    assert.match(JSON.stringify(subnet?.["delegations"]), /Microsoft.DBforPostgreSQL\/flexibleServers/);
    assert.deepEqual(server()["network"], {
      delegatedSubnetResourceId: "network-network-id/subnets/data-orders",
      privateDnsZoneArmResourceId: "names-servers-zone-id",
      publicNetworkAccess: "Disabled",
    });
    const { securityRules } = named(managed, "network-group-data-orders").inputs;
    const out = (securityRules as readonly Inputs[]).filter(({ direction }) => direction === "Outbound");
    assert.deepEqual(
      out.map(({ access, destinationAddressPrefix }) => [access, destinationAddressPrefix]),
      [
        ["Allow", "Storage"],
        ["Allow", "AzureActiveDirectory"],
        ["Deny", "Internet"],
      ],
    );
  });

  it("take TLS only, and identities of the directory beside passwords", () => {
    const all = Object.fromEntries(settings()) as Inputs;
    assert.deepEqual(pick(all, "require_secure_transport", "ssl_min_protocol_version", "password_encryption"), {
      require_secure_transport: "on",
      ssl_min_protocol_version: "TLSv1.2",
      password_encryption: "scram-sha-256",
    });
    assert.deepEqual(pick(under(server(), "authConfig"), "activeDirectoryAuth", "passwordAuth"), {
      activeDirectoryAuth: "Enabled",
      passwordAuth: "Enabled",
    });
  });

  it("stand by in a second zone, with copies of backups in the pair, each under a key of its region", () => {
    assert.deepEqual(server()["highAvailability"], { mode: "ZoneRedundant", standbyAvailabilityZone: "2" });
    assert.deepEqual(server()["backup"], { backupRetentionDays: 14, geoRedundantBackup: "Enabled" });
    assert.deepEqual(pick(under(server(), "dataEncryption"), "type", "primaryKeyURI", "geoBackupKeyURI"), {
      type: "AzureKeyVault",
      primaryKeyURI: "https://v/keys-key-store-orders",
      geoBackupKeyURI: "https://v/copy-keys-key-store-orders",
    });
    assert.equal(named(managed, "copy-keys-vault").inputs["location"], "northeurope");
    assert.equal(named(managed, "copies-group").inputs["location"], "northeurope");
  });

  it("change one setting of a server at a time", () => {
    const chain = ofAzure(managed, "dbforpostgresql:Configuration").filter(({ name }) => name.startsWith("orders-"));
    for (const [at, { options }] of chain.slice(1).entries())
      assert.ok(options.dependsOn.includes(chain[at]?.name ?? ""), options.dependsOn.join(", "));
  });

  it("keep Redis private, over TLS, over zones, under a key of ours, in the subnet of the store", () => {
    const cluster = named(managed, "sessions-cluster").inputs;
    assert.deepEqual(pick(cluster, "publicNetworkAccess", "minimumTlsVersion", "highAvailability"), {
      publicNetworkAccess: "Disabled",
      minimumTlsVersion: "1.2",
      highAvailability: "Enabled",
    });
    assert.match(JSON.stringify(cluster["encryption"]), /https:\/\/v\/keys-key-store-sessions\/1/);
    assert.equal(named(managed, "sessions-database").inputs["clientProtocol"], "Encrypted");
    const { subnet } = named(managed, "sessions-endpoint").inputs;
    assert.equal((subnet as Inputs)["id"], "network-network-id/subnets/data-sessions");
  });
});
