/** What AWS does for a stack whose region is lost: copied buckets, and copied backups of managed databases. */
import { archiveBucket, archiveCopyBucket } from "../../components/backup/s3-names";
import { backupBucket, backupCopyBucket } from "../../components/backup/velero-objects";
import { archivedStores } from "../../components/data/archive-objects";
import { physicalName } from "../../components/names";
import { type CopiedBucket, type MeantReference, type RecoverySite } from "../recovery-site";
import { type AwsSettings } from "../schema";
import { scopeOf } from "../scope";
import { type Raw } from "../settings";

export function awsRecovery(settings: AwsSettings): RecoverySite {
  const { cloud, backup } = settings;
  return {
    copied: copiedBy(settings),
    databases: databasesOf(settings),
    meant: meantBy(settings),
    there: (region, { zones, databases, restored }): Raw => ({
      cloud: { ...cloud, region, zones },
      backup: Object.fromEntries(Object.entries(backup).filter(([key]) => key !== "replicateTo")),
      recovers: { region: cloud.region, databases, restored },
    }),
    copiedTo: (region): Raw => ({ backup: { ...backup, replicateTo: region } }),
  };
}

function copiedBy(settings: AwsSettings): readonly CopiedBucket[] {
  const scope = scopeOf(settings);
  const at = (bucket: string, copy: string) => ({ bucket, copy, url: addressOf(settings, copy) });
  const archive = { holds: "archive", ...at(archiveBucket(scope), archiveCopyBucket(scope)) } as const;
  return [
    { holds: "backups", ...at(backupBucket(scope), backupCopyBucket(scope)) },
    ...(archivedStores(settings.stores).length === 0 ? [] : [archive]),
  ];
}

const addressOf = ({ cloud, backup }: AwsSettings, bucket: string): string =>
  `https://s3.${backup.replicateTo ?? cloud.region}.amazonaws.com/${bucket}`;

const databasesOf = (settings: AwsSettings): RecoverySite["databases"] =>
  Object.fromEntries(
    Object.entries(settings.stores).flatMap(([name, { flavour }]) =>
      flavour === "rds" ? [[name, physicalName("database", scopeOf(settings), name)]] : [],
    ),
  );

const READERS = /\b(BackupStorageLocation|Restore|Backup|PodVolumeRestore|ObjectStore|iam\/rolePolicy:RolePolicy)\b/;

const meantBy = (settings: AwsSettings): readonly MeantReference[] => [
  ...copiedBy(settings).map(({ copy }) => ({
    where: READERS,
    value: new RegExp(copy),
    because: "the bucket that holds the copies is named after the region they come from",
  })),
  {
    where: /./,
    value: new RegExp(`^(arn:[^ ]*)?alias/[a-z0-9-]*${settings.cloud.region}-(backups|archive)$`),
    because: "the key of the copies has the alias it had there",
  },
];
