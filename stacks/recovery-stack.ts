/**
 * The stack that stands in for a lost region: the same program with the same settings, in the region that holds the copies.
 * Derived, so that it cannot drift from the stack it recovers. Names carry the region, so both can exist at once.
 */
import { backupBucket, backupCopyBucket } from "../components/backup/velero-objects";
import { physicalName } from "../components/names";
import { InvalidInput } from "../graph/problems";
import { type Raw } from "./settings";
import { type AwsSettings, type Settings } from "./schema";
import { scopeOf } from "./scope";

/** What is only known once a region is lost. */
export interface Loss {
  /** Three zones of the region that stands in. */
  readonly zones: readonly string[];
  /** Automated backups of the managed databases there, by store. */
  readonly databases: Readonly<Record<string, string>>;
  /** Whether the data is back: then Argo CD and the schedules begin to act. */
  readonly restored: boolean;
}

/** The drill knows AWS. @throws InvalidInput for a stack of another cloud. */
export function onAws(settings: Settings): AwsSettings {
  if (settings.provider === "aws") return settings;
  const where = `Pulumi.${settings.stack}.yaml: keelson:cloud.provider`;
  throw new InvalidInput([
    { where, got: settings.provider, want: "aws: no other cloud has a drill yet", mend: "drill a stack on AWS" },
  ]);
}

export const recoveryStackName = (stack: string): string => `${stack}-recovery`;

/** The region that stands in. @throws InvalidInput when the settings name none. */
export function recoveryRegion({ stack, backup: { replicateTo } }: AwsSettings): string {
  if (replicateTo !== undefined) return replicateTo;
  throw new InvalidInput([
    {
      where: `Pulumi.${stack}.yaml: keelson:backup.replicateTo`,
      got: "nothing",
      want: "a region that holds a copy of the backups: without one there is nothing to recover from",
      mend: "write replicateTo: eu-central-1 under keelson:backup, and `keelson drill` can lose a region",
    },
  ]);
}

/** Its settings as they would stand in `Pulumi.<stack>-recovery.yaml`, without the namespace. */
export function recoverySettings(settings: AwsSettings, { zones, databases, restored }: Loss): Raw {
  const { stack, cloud, backup, delivery } = settings;
  const apart = ["stack", "provider"];
  const rest = Object.fromEntries(Object.entries(settings).filter(([key]) => !apart.includes(key)));
  const kept = Object.fromEntries(Object.entries(backup).filter(([key]) => key !== "replicateTo"));
  const region = recoveryRegion(settings);
  return {
    ...rest,
    role: "recovery",
    recovers: { region: cloud.region, databases, restored },
    cloud: { ...cloud, region, zones },
    backup: kept,
    delivery: delivery.by === "pulumi" ? delivery : { ...delivery, repository: renderedApart(stack, delivery) },
  };
}

/** What Argo CD reads for the recovery region lies in a folder of its own, or one push would change both regions. */
const renderedApart = (stack: string, { repository }: Extract<AwsSettings["delivery"], { readonly by: "argocd" }>) => ({
  ...repository,
  path: repository.path.endsWith(`/${stack}`) ? recoveryStackName(repository.path) : `${repository.path}/recovery`,
});

/** Where a stack keeps its backups, and their copy in its recovery region. Names follow from settings. */
export const vaultOf = (settings: AwsSettings) => ({
  bucket: backupBucket(scopeOf(settings)),
  copy: backupCopyBucket(scopeOf(settings)),
});

/** Physical name of a store's managed database, by which its copied backups are found. */
export const databaseName = (settings: AwsSettings, store: string): string =>
  physicalName("database", scopeOf(settings), store);

/** Stores that are managed databases. */
export const databasesOf = ({ stores }: AwsSettings): readonly string[] =>
  Object.entries(stores).flatMap(([name, { flavour }]) => (flavour === "rds" ? [name] : []));
