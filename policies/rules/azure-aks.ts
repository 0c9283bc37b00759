/** What an AKS cluster must have switched on, and off. Types are matched at any version of Azure's API. */
import { isOpen } from "../cidr";
import { each, violated, violatedIf, type Finding, type Rule, type Severity } from "../rule";
import type { Field } from "../value";
import { isOn, together, wantsNotTrue, wantsOneOf, wantsSet, wantsTrue } from "./checks";
import { cloudRule } from "./cloud-rule";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const GUIDE = "https://learn.microsoft.com/en-us/azure/aks/";

interface Facts {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly page: string;
  readonly types?: readonly string[];
}

const aksRule = ({ page, types = [CLUSTER], ...facts }: Facts, check: (props: Field) => readonly Finding[]): Rule =>
  cloudRule(
    { ...facts, types, standards: ["cis-aks"], link: `${GUIDE}${page}` },
    ({ props }) => check(props),
    facts.id.startsWith("network-") ? "network" : "cloud",
  );

/** An absent profile means kubenet without policies: objects that nobody enforces. */
const networkPolicy = (props: Field): readonly Finding[] =>
  wantsOneOf(props.at("networkProfile", "networkPolicy"), "azure", "calico", "cilium");

function apiAccess(props: Field): readonly Finding[] {
  const profile = props.at("apiServerAccessProfile");
  if (isOn(profile.at("enablePrivateCluster"))) return [];
  const ranges = profile.at("authorizedIPRanges");
  return ranges.items.length === 0
    ? [violated(ranges, "the API server is open to everybody")]
    : each(ranges.items, (range) =>
        violatedIf(isOpen(range.text), range, "the API server is open to almost everybody"),
      );
}

/** The pools inside a cluster, or a pool by itself. */
const poolsOf = (props: Field): readonly Field[] => {
  const inside = props.at("agentPoolProfiles");
  return inside.isSet ? inside.items : [props];
};

const ACCESS_RULES: readonly Rule[] = [
  aksRule(
    {
      id: "network-aks-enforced",
      severity: "critical",
      title: "An AKS cluster must enforce network policies.",
      why: "Without an engine the objects are accepted and nobody holds anybody to them.",
      remedy: 'set networkProfile.networkPolicy to "cilium", "azure" or "calico" when the cluster is made',
      page: "use-network-policies",
    },
    networkPolicy,
  ),
  aksRule(
    {
      id: "cloud-aks-endpoint",
      severity: "critical",
      title: "The API server must be private, or open to named ranges only.",
      why: "By default the whole internet may try credentials against the API server.",
      remedy: "set apiServerAccessProfile.enablePrivateCluster: true, or authorizedIPRanges to the narrowest ranges",
      page: "private-clusters",
    },
    apiAccess,
  ),
  aksRule(
    {
      id: "cloud-aks-local-accounts",
      severity: "high",
      title: "The cluster must have no accounts of its own.",
      why: "The local administrator's certificate cannot be withdrawn and belongs to nobody.",
      remedy: "set disableLocalAccounts: true",
      page: "manage-local-accounts-managed-azure-ad",
    },
    (props) => wantsTrue(props.at("disableLocalAccounts")),
  ),
  aksRule(
    {
      id: "cloud-aks-directory",
      severity: "high",
      title: "People must sign in to the cluster through the directory, and their rights must stand there.",
      why: "Who leaves the company then leaves the cluster.",
      remedy: "set aadProfile.managed and aadProfile.enableAzureRBAC: true",
      page: "manage-azure-rbac",
    },
    (props) => ["managed", "enableAzureRBAC"].flatMap((flag) => wantsTrue(props.at("aadProfile", flag))),
  ),
  aksRule(
    {
      id: "cloud-aks-workload-identity",
      severity: "high",
      title: "Pods must get identities of their own.",
      why: "Otherwise they share the node's, or carry passwords.",
      remedy: "set oidcIssuerProfile.enabled and securityProfile.workloadIdentity.enabled: true",
      page: "workload-identity-overview",
    },
    (props) => [
      ...wantsTrue(props.at("oidcIssuerProfile", "enabled")),
      ...wantsTrue(props.at("securityProfile", "workloadIdentity", "enabled")),
    ],
  ),
  aksRule(
    {
      id: "cloud-aks-no-run-command",
      severity: "medium",
      title: "Nobody may run commands in the cluster past its API server.",
      why: "Whoever may manage the resource would be an administrator of the cluster, private or not.",
      remedy: "set apiServerAccessProfile.disableRunCommand: true",
      page: "access-private-cluster",
    },
    (props) => wantsTrue(props.at("apiServerAccessProfile", "disableRunCommand")),
  ),
];

const rotates = (addon: Field): readonly Finding[] =>
  together(
    () => wantsTrue(addon.at("enabled")),
    () => wantsTrue(addon.at("config", "enableSecretRotation")),
  );

const secretsKey = (kms: Field): readonly Finding[] =>
  together(
    () => wantsTrue(kms.at("enabled")),
    () => wantsSet(kms.at("keyId"), "no key of ours"),
  );

const HARDENING_RULES: readonly Rule[] = [
  aksRule(
    {
      id: "cloud-aks-azure-policy",
      severity: "medium",
      title: "Azure Policy must look into the cluster.",
      why: "The company's own rules then hold for what nobody sent through a pack.",
      remedy: "set addonProfiles.azurepolicy.enabled: true",
      page: "use-azure-policy",
    },
    (props) => wantsTrue(props.at("addonProfiles", "azurepolicy", "enabled")),
  ),
  aksRule(
    {
      id: "cloud-aks-defender",
      severity: "medium",
      title: "Somebody must watch what runs.",
      why: "An intruder behaves unlike any manifest.",
      remedy: "set securityProfile.defender.securityMonitoring.enabled: true",
      page: "../defender-for-cloud/defender-for-containers-introduction",
    },
    (props) => wantsTrue(props.at("securityProfile", "defender", "securityMonitoring", "enabled")),
  ),
  aksRule(
    {
      id: "cloud-aks-host-encryption",
      types: [CLUSTER, POOL],
      severity: "medium",
      title: "Every node must encrypt on its host.",
      why: "Caches and temporary disks are encrypted by nothing else.",
      remedy: "set enableEncryptionAtHost: true on every pool",
      page: "enable-host-encryption",
    },
    (props) => each(poolsOf(props), (pool) => wantsTrue(pool.at("enableEncryptionAtHost"))),
  ),
  aksRule(
    {
      id: "cloud-aks-disk-key",
      severity: "medium",
      title: "The disks of nodes must be encrypted with a key of ours.",
      why: "Reading a copied disk then takes the right to the key.",
      remedy: "set diskEncryptionSetID",
      page: "azure-disk-customer-managed-keys",
    },
    (props) => wantsSet(props.at("diskEncryptionSetID"), "no key of ours"),
  ),
  aksRule(
    {
      id: "cloud-aks-secrets-encrypted",
      severity: "high",
      title: "Kubernetes Secrets must be encrypted with a key of ours.",
      why: "Without, whoever reads etcd's disks or their backups reads every password.",
      remedy: "set securityProfile.azureKeyVaultKms.enabled: true and its keyId",
      page: "use-kms-etcd-encryption",
    },
    (props) => secretsKey(props.at("securityProfile", "azureKeyVaultKms")),
  ),
  aksRule(
    {
      id: "cloud-aks-no-node-address",
      types: [CLUSTER, POOL],
      severity: "high",
      title: "No node may have a public address.",
      why: "Every port that is open on it would be open to the internet.",
      remedy: "leave enableNodePublicIP out, or false",
      page: "use-node-public-ips",
    },
    (props) =>
      each(poolsOf(props), (pool) => wantsNotTrue(pool.at("enableNodePublicIP"), "nodes get public addresses")),
  ),
  aksRule(
    {
      id: "cloud-aks-upgrades",
      severity: "medium",
      title: "The cluster must take patches by itself.",
      why: "The time between a fix and its use is the time of the attacker.",
      remedy: "set autoUpgradeProfile.upgradeChannel to patch or stable",
      page: "auto-upgrade-cluster",
    },
    (props) => wantsOneOf(props.at("autoUpgradeProfile", "upgradeChannel"), "patch", "stable", "rapid", "node-image"),
  ),
  aksRule(
    {
      id: "cloud-aks-paid-tier",
      severity: "medium",
      title: "The control plane must come with a promise of availability.",
      why: "On the free tier nobody owes us an API server.",
      remedy: "set sku.tier to Standard or Premium",
      page: "free-standard-pricing-tiers",
    },
    (props) => wantsOneOf(props.at("sku", "tier"), "Standard", "Premium"),
  ),
  aksRule(
    {
      id: "cloud-aks-secret-rotation",
      severity: "medium",
      title: "Secrets mounted from a key vault must follow it.",
      why: "A password that was changed in the vault stays the old one in the pod otherwise.",
      remedy: 'set addonProfiles.azureKeyvaultSecretsProvider.enabled: true and config.enableSecretRotation: "true"',
      page: "csi-secrets-store-driver",
    },
    (props) => rotates(props.at("addonProfiles", "azureKeyvaultSecretsProvider")),
  ),
];

export const AZURE_AKS_RULES: readonly Rule[] = [...ACCESS_RULES, ...HARDENING_RULES];
