/** What Azure does for a stack whose region is lost: its pair holds what geo-redundant storage copied. */
import { blobAccount, blobHost, copyOf } from "../../components/backup/blob-names";
import { archivedStores } from "../../components/data/archive-objects";
import { groupName } from "../../components/network/group-name";
import { type CopiedBucket, type MeantReference, type RecoverySite } from "../recovery-site";
import { type AzureSettings } from "../schema";
import { scopeOf } from "../scope";
import { type Raw } from "../settings";

export function azureRecovery(settings: AzureSettings): RecoverySite {
  const { cloud, backup } = settings;
  return {
    copied: copiedBy(settings),
    databases: {},
    meant: meantBy(settings),
    there: (region, { zones, restored }): Raw => ({
      cloud: { ...cloud, region, zones },
      backup: { ...backup, copies: "zones" },
      recovers: { region: cloud.region, restored },
    }),
    copiedTo: (): Raw => ({ backup: { ...backup, copies: "pairedRegion" } }), // Azure has chosen the pair
  };
}

/** Named by account and container; the pair reads an account under a name of its own. */
function copiedBy(settings: AzureSettings): readonly CopiedBucket[] {
  const purposes =
    archivedStores(settings.stores).length === 0 ? (["backups"] as const) : (["backups", "archive"] as const);
  return purposes.map((holds) => {
    const account = blobAccount(scopeOf(settings), holds);
    return {
      holds,
      bucket: `${account}-${holds}`,
      copy: `${copyOf(account)}-${holds}`,
      url: blobHost(copyOf(account)),
    };
  });
}

const READERS =
  /\b(BackupStorageLocation|Restore|Backup|PodVolumeRestore|ObjectStore|RoleAssignment|PrivateEndpoint)\b/;

/** The account itself, and the way to it, which is named after the region that the copies come from. */
const meantBy = (settings: AzureSettings): readonly MeantReference[] =>
  copiedBy(settings).flatMap(({ holds }) => [
    {
      where: READERS,
      value: new RegExp(`${groupName(scopeOf(settings))}|${blobAccount(scopeOf(settings), holds)}`),
      because: "the account that holds the copies belongs to the region they come from",
    },
    {
      where: /\b(PrivateEndpoint|PrivateDnsZoneGroup)\b/,
      value: new RegExp(`-${holds}-${settings.cloud.region}-endpoint`),
      because: "the private address of the copies is named after the region they come from",
    },
  ]);
