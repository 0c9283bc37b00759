/**
 * What Velero backs up, when, and how long it is kept, from the plan: a daily schedule of the system's own namespaces, a
 * weekly one of everything but what the platform makes itself, each in a location and under a prefix of its own. No object
 * carries a cloud output: the bucket's name follows from settings, its encryption is the bucket's own.
 */
import { backupScope } from "../../graph/derive/backup";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts, isPassive } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { bucketName, type Scope } from "../names";
import { type BackupPlan, planBackup, type PlannedSchedule } from "./plan";

const namespace = NAMESPACES.backup;

/** Name of the bucket that holds the backups; `S3Vault` makes it. */
export const backupBucket = (scope: Scope): string => bucketName(scope, "backups");

/** The plan of a stack: namespaces from the graph, times from settings. */
export const backupPlanOf = (graph: Graph, { backup }: Facts): BackupPlan =>
  planBackup({
    ...backup,
    namespaces: dailyNamespaces(graph),
    leaveOut: validationNamespaces(graph),
  });

export const veleroObjects = (graph: Graph, facts: Facts): readonly Manifest[] =>
  backupPlanOf(graph, facts).schedules.flatMap((planned) => [location(facts, planned), schedule(facts, planned)]);

/** Name of the bucket that holds the copy of a region's backups; `S3Vault` of that region makes it, in another one. */
export const backupCopyBucket = (scope: Scope): string => bucketName(scope, "backups-copy");

/** Where the backups of a lost region are read from: never written to, so that nothing here can delete one. */
export const recoveryLocation = (schedule: PlannedSchedule["name"]): string => `recovery-${schedule}`;

/** Locations of the lost region's backups. Empty where the stack stands in for none. */
export const recoveryObjects = (graph: Graph, facts: Facts): readonly Manifest[] => {
  const { recovers } = facts;
  if (recovers === undefined) return [];
  const { provider, bucket, config } = recovers.vault;
  return backupPlanOf(graph, facts).schedules.map(({ name }) => ({
    apiVersion: "velero.io/v1",
    kind: "BackupStorageLocation",
    metadata: { name: recoveryLocation(name), namespace },
    spec: {
      provider,
      accessMode: "ReadOnly",
      objectStorage: { bucket, prefix: name },
      config,
    },
  }));
};

/** The services' namespaces, the shared edge's, and those of stores that run in the cluster. */
export const dailyNamespaces = (graph: Graph): readonly string[] =>
  [...new Set([...backupScope(graph).namespaces, NAMESPACES.ingress])].toSorted();

/** Where a restore is tried, and what is tried: the source's namespaces under other names. */
export const validationNamespace = (source: string): string => `validate-${source}`;

export const validationNamespaces = (graph: Graph): readonly string[] =>
  dailyNamespaces(graph).map(validationNamespace);

const location = ({ vault }: Facts, { name }: PlannedSchedule): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "BackupStorageLocation",
  metadata: { name, namespace },
  spec: {
    provider: vault.provider,
    default: name === "daily",
    accessMode: "ReadWrite",
    objectStorage: { bucket: vault.bucket, prefix: name },
    config: vault.config,
  },
});

/** Volumes go through the object store, file by file: a snapshot would not leave the region. */
const schedule = (facts: Facts, { name, cron, ttl, scope }: PlannedSchedule): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "Schedule",
  metadata: { name, namespace },
  spec: {
    schedule: cron,
    ...(isPassive(facts) ? { paused: true } : {}),
    useOwnerReferencesInBackup: false,
    template: {
      ...("only" in scope
        ? { includedNamespaces: scope.only }
        : { includedNamespaces: ["*"], excludedNamespaces: scope.allBut }),
      includeClusterResources: name === "weekly",
      defaultVolumesToFsBackup: true,
      snapshotVolumes: false,
      storageLocation: name,
      ttl,
    },
  },
});
