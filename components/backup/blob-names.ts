/** Where backups are on Azure, by names that follow from settings: Velero's objects carry them without waiting for Azure. */
import { type Scope, worldName } from "../names";
import { groupName } from "../network/group-name";

export const BACKUP_CONTAINER = "backups";

export const backupAccount = (scope: Scope): string => worldName("storageAccount", scope, "backups");

/** What Velero's plugin is told. It signs in with its pod's own identity: the account takes no key. */
export const blobConfig = (scope: Scope): Readonly<Record<string, string>> => ({
  resourceGroup: groupName(scope),
  storageAccount: backupAccount(scope),
  storageAccountURI: `https://${backupAccount(scope)}.blob.core.windows.net`,
  subscriptionId: scope.account,
  useAAD: "true",
});
