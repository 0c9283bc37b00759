/** Where backups and archives are on Azure, by names that follow from settings: objects carry them without waiting for Azure. */
import { CLIENT_ID_VARIABLE, USES_IDENTITY } from "../cluster/identity-marks";
import { type ArchivePlace } from "../kubernetes/facts";
import { type Scope, worldName } from "../names";
import { groupName } from "../network/group-name";

/** What a storage account is for. Its one container has the same name. */
export type BlobPurpose = "backups" | "archive";

export const blobAccount = (scope: Scope, purpose: BlobPurpose): string => worldName("storageAccount", scope, purpose);

/** Where an account answers: the region it writes in, or the pair, which only reads. */
export const blobHost = (account: string): string => `https://${account}.blob.core.windows.net`;

/** An account of a region that is lost, as its pair can still read it: by the name of its copy. */
export const copyOf = (account: string): string => `${account}-secondary`;

/** What Velero's plugin is told. It signs in with its pod's own identity: the account takes no key. */
export const blobConfig = (scope: Scope): Readonly<Record<string, string>> => ({
  resourceGroup: groupName(scope),
  storageAccount: blobAccount(scope, "backups"),
  storageAccountURI: blobHost(blobAccount(scope, "backups")),
  subscriptionId: scope.account,
  useAAD: "true",
});

/** The same of what is left of a lost region's backups: their copy, which can only be read. */
export const lostBlobConfig = (scope: Scope, region: string): Readonly<Record<string, string>> => {
  const lost = { ...scope, region };
  return { ...blobConfig(lost), storageAccountURI: blobHost(copyOf(blobAccount(lost, "backups"))) };
};

const folder = (account: string): string => `${blobHost(account)}/archive/postgres`;

/**
 * What the Barman plugin is told. It signs in as the pod it runs in.
 * @param origins regions whose archives are read, from their copies unless they are the stack's own.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/
 */
export const blobArchives = (scope: Scope, origins: readonly string[]): ArchivePlace => ({
  folder: folder(blobAccount(scope, "archive")),
  origins: Object.fromEntries(origins.map((region) => [region, folder(originAccount(scope, region))])),
  signIn: { azureCredentials: { inheritFromAzureAD: true } },
  marks: { podLabels: USES_IDENTITY, variable: CLIENT_ID_VARIABLE },
});

const originAccount = (scope: Scope, region: string): string => {
  const account = blobAccount({ ...scope, region }, "archive");
  return region === scope.region ? account : copyOf(account);
};
