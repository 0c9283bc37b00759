/** Azure's storage accounts, key vaults and image registries. */
import { any } from "../logic";
import { companions, perStack } from "../joins";
import type { PolicyObject } from "../object";
import { undecided, violated, violatedIf, type Category, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { isOn, together, wantsFalse, wantsNotTrue, wantsOneOf, wantsTrue } from "./checks";
import { TAG } from "./cloud-backup";
import { cloudJoin, cloudRule, type CloudFacts } from "./cloud-rule";

const ACCOUNT = "azure-native:storage:StorageAccount";
const BLOBS = "azure-native:storage:BlobServiceProperties";
const VAULT = "azure-native:keyvault:Vault";
const REGISTRY = "azure-native:containerregistry:Registry";
const LEARN = "https://learn.microsoft.com/en-us/azure/";

type Facts = Omit<CloudFacts, "types" | "standards" | "link"> & { readonly page: string };

const azure =
  (types: readonly string[]) =>
  (facts: Facts, check: (props: Field) => readonly Finding[]): Rule => {
    const { page, ...rest } = facts;
    const category: Category = facts.id.startsWith("tls-") ? "tls" : "cloud";
    return cloudRule({ ...rest, types, standards: [], link: `${LEARN}${page}` }, ({ props }) => check(props), category);
  };

const account = azure([ACCOUNT]);
const vault = azure([VAULT]);
const registry = azure([REGISTRY]);

/** Closed to networks that are not named, or to all but private endpoints. */
function isClosed(access: Field, action: Field): readonly Finding[] {
  const answer = any([() => access.text?.toLowerCase() === "disabled", () => action.is("Deny")]);
  if (answer === undefined) return [undecided(action)];
  return answer ? [] : [violated(action, "every network may reach it")];
}

/** Storage accounts that Velero's storage locations name. */
const backupAccounts = perStack(
  (stack) =>
    new Set(
      stack
        .kind("velero.io", "BackupStorageLocation")
        .map(({ props }) => props.at("spec", "config", "storageAccount"))
        .flatMap((field) => (field.isKnown ? (field.text ?? []) : [])),
    ),
);

function replicated(object: PolicyObject, stack: Stack): readonly Finding[] {
  const { props } = object;
  const name = props.at("accountName");
  const holds = props.at("tags", TAG.key).is(TAG.value) || (name.isKnown && backupAccounts(stack).has(name.text ?? ""));
  const sku = props.at("sku", "name");
  return violatedIf(holds && !/_(RA)?GZ?RS$/.test(sku.text ?? ""), sku, "its copies are in one region");
}

function recoverable(object: PolicyObject, stack: Stack): readonly Finding[] {
  const names = [object.props.at("accountName")];
  const { found } = companions(object, stack, { types: [BLOBS], property: "accountName", names });
  const [settings] = found;
  const at = object.props.at("accountName");
  if (settings === undefined) return [violated(at, "nothing beside this account says so")];
  return together(
    () => violatedIf(!isOn(settings.props.at("isVersioningEnabled")), at, "old versions are not kept"),
    () =>
      violatedIf(!isOn(settings.props.at("deleteRetentionPolicy", "enabled")), at, "what is deleted is gone at once"),
  );
}

const joined = (facts: Facts, check: (object: PolicyObject, stack: Stack) => readonly Finding[]): Rule => {
  const { page, ...rest } = facts;
  return cloudJoin({ ...rest, types: [ACCOUNT], standards: [], link: `${LEARN}${page}` }, check);
};

const ACCOUNT_RULES: readonly Rule[] = [
  account(
    {
      id: "tls-azure-storage",
      severity: "critical",
      title: "A storage account must take TLS 1.2 or better only.",
      why: "What travels in the clear, or under TLS 1.0, can be read and changed on the way.",
      remedy: 'set minimumTlsVersion: "TLS1_2" and leave enableHttpsTrafficOnly out, or true',
      page: "storage/common/transport-layer-security-configure-minimum-version",
    },
    (props) =>
      together(
        () => wantsOneOf(props.at("minimumTlsVersion"), "TLS1_2", "TLS1_3"),
        () =>
          violatedIf(
            props.at("enableHttpsTrafficOnly").is(false),
            props.at("enableHttpsTrafficOnly"),
            "plain HTTP is taken",
          ),
      ),
  ),
  account(
    {
      id: "cloud-azure-storage-not-public",
      severity: "critical",
      title: "No container of a storage account may be made public.",
      why: "One setting of one container later would publish what is in it.",
      remedy: "set allowBlobPublicAccess: false",
      page: "storage/blobs/anonymous-read-access-prevent",
    },
    (props) => wantsFalse(props.at("allowBlobPublicAccess")),
  ),
  account(
    {
      id: "cloud-azure-storage-network",
      severity: "high",
      title: "A storage account must be closed to networks that it does not name.",
      why: "A leaked token then opens nothing from outside.",
      remedy: 'set networkRuleSet.defaultAction: "Deny", or publicNetworkAccess Disabled',
      page: "storage/common/storage-network-security",
    },
    (props) => isClosed(props.at("publicNetworkAccess"), props.at("networkRuleSet", "defaultAction")),
  ),
  account(
    {
      id: "cloud-azure-storage-no-shared-key",
      severity: "high",
      title: "A storage account must accept identities only, no shared key.",
      why: "The key opens everything, belongs to nobody and is in no list of who did what.",
      remedy: "set allowSharedKeyAccess: false",
      page: "storage/common/shared-key-authorization-prevent",
    },
    (props) => wantsFalse(props.at("allowSharedKeyAccess")),
  ),
  account(
    {
      id: "cloud-azure-storage-encrypted-twice",
      severity: "medium",
      title: "A storage account must encrypt in its infrastructure too.",
      why: "It can only be chosen when the account is made, and is the lock that is left when a key leaks.",
      remedy: "set encryption.requireInfrastructureEncryption: true when the account is made",
      page: "storage/common/infrastructure-encryption-enable",
    },
    (props) => wantsTrue(props.at("encryption", "requireInfrastructureEncryption")),
  ),
  joined(
    {
      id: "cloud-azure-storage-recoverable",
      severity: "high",
      title: "A storage account must keep old versions and what was deleted.",
      why: "An overwrite or deletion, by mistake or malice, can then be undone.",
      remedy: "add BlobServiceProperties with isVersioningEnabled and deleteRetentionPolicy.enabled: true",
      page: "storage/blobs/data-protection-overview",
    },
    recoverable,
  ),
  joined(
    {
      id: "cloud-azure-storage-replicated",
      severity: "critical",
      title: "A storage account of backups must have copies in another region.",
      why: "When the region is lost, so are backups that are only in it.",
      remedy: 'set sku.name to "Standard_RAGZRS", or another with GRS or GZRS',
      page: "storage/common/storage-redundancy",
    },
    replicated,
  ),
];

const VAULT_RULES: readonly Rule[] = [
  vault(
    {
      id: "cloud-azure-vault-purge-protected",
      severity: "high",
      title: "Nobody may purge a key vault or what is in it before its time.",
      why: "What its keys encrypted is gone with them.",
      remedy: "set properties.enablePurgeProtection: true and leave enableSoftDelete out, or true",
      page: "key-vault/general/soft-delete-overview",
    },
    (props) =>
      together(
        () => wantsTrue(props.at("properties", "enablePurgeProtection")),
        () => {
          const soft = props.at("properties", "enableSoftDelete");
          return violatedIf(soft.is(false), soft, "what is deleted is gone at once");
        },
      ),
  ),
  vault(
    {
      id: "cloud-azure-vault-roles",
      severity: "high",
      title: "A key vault must know roles, not access policies of its own.",
      why: "Whoever may manage the vault could otherwise grant itself its contents.",
      remedy: "set properties.enableRbacAuthorization: true",
      page: "key-vault/general/rbac-guide",
    },
    (props) => wantsTrue(props.at("properties", "enableRbacAuthorization")),
  ),
  vault(
    {
      id: "cloud-azure-vault-network",
      severity: "high",
      title: "A key vault must be closed to networks that it does not name.",
      why: "A leaked token then opens nothing from outside.",
      remedy:
        'set properties.networkAcls.defaultAction: "Deny", or publicNetworkAccess disabled with a private endpoint',
      page: "key-vault/general/network-security",
    },
    (props) =>
      isClosed(props.at("properties", "publicNetworkAccess"), props.at("properties", "networkAcls", "defaultAction")),
  ),
  azure(["azure-native:keyvault:Key", "azure-native:keyvault:Secret"])(
    {
      id: "cloud-azure-vault-expiry",
      severity: "medium",
      title: "Every key and secret of a vault must say when it ends.",
      why: "What never expires is never renewed, and nobody notices who still uses it.",
      remedy: "set properties.attributes.exp (a key) or properties.attributes.expires (a secret)",
      page: "key-vault/secrets/secrets-best-practices",
    },
    (props) => {
      const attributes = props.at("properties", "attributes");
      const ends = any(["exp", "expires"].map((key) => () => !attributes.at(key).isKnown || attributes.at(key).isSet));
      return violatedIf(ends === false, attributes, "it never ends");
    },
  ),
];

const REGISTRY_RULES: readonly Rule[] = [
  registry(
    {
      id: "cloud-azure-registry-private",
      severity: "medium",
      title: "An image registry must not answer the internet, nor anybody without a name.",
      why: "Our programs are in it, and whoever may write to it runs in our cluster.",
      remedy: 'set publicNetworkAccess: "Disabled", and leave adminUserEnabled and anonymousPullEnabled out',
      page: "container-registry/container-registry-private-link",
    },
    (props) => [
      ...wantsOneOf(props.at("publicNetworkAccess"), "Disabled"),
      ...wantsNotTrue(props.at("adminUserEnabled"), "it has a shared administrator"),
      ...wantsNotTrue(props.at("anonymousPullEnabled"), "everybody may pull"),
    ],
  ),
  registry(
    {
      id: "cloud-azure-registry-scanned",
      severity: "medium",
      title: "An image must be looked at before it can be pulled.",
      why: "Known holes are cheapest to find before anything runs.",
      remedy: 'set policies.quarantinePolicy.status: "enabled"',
      page: "container-registry/container-registry-image-quarantine",
    },
    (props) => wantsOneOf(props.at("policies", "quarantinePolicy", "status"), "enabled"),
  ),
  registry(
    {
      id: "cloud-azure-registry-trusted",
      severity: "medium",
      title: "An image registry must keep signatures.",
      why: "What is pulled can then be told from what somebody else pushed.",
      remedy: 'set policies.trustPolicy.status: "enabled"',
      page: "container-registry/container-registry-content-trust",
    },
    (props) => wantsOneOf(props.at("policies", "trustPolicy", "status"), "enabled"),
  ),
];

export const AZURE_STORAGE_RULES: readonly Rule[] = [...ACCOUNT_RULES, ...VAULT_RULES, ...REGISTRY_RULES];
