/**
 * What a stack can restore in its recovery region, from its settings: the copied vault for objects and volumes, copied
 * backups and logs for managed databases. A stack that gives its data up says what is lost; one that stands in for a lost
 * region has no further one until its settings name it.
 */
import { backupPlanOf } from "../components/backup/velero-objects";
import {
  type Means,
  type NoPath,
  type Recoverable,
  recoverables,
  recoveryProblems,
  type RestorePath,
} from "../graph/derive/recovery";
import { type Graph } from "../graph/model";
import { type Problem } from "../graph/problems";
import { type Duration } from "../graph/units";
import { factsOf } from "./facts";
import { type AwsSettings, type Settings, type StoreSettings } from "./schema";

/**
 * RDS ships a database's logs every five minutes; their copy to the other region follows within minutes.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html (from knowledge: AWS promises no
 * number there)
 */
const COPIED_LOGS: Duration = "10 minutes";

/**
 * CloudNativePG ends a segment of its log after five minutes at the latest and archives it; the bucket's copy to the other
 * region follows within minutes (from knowledge: without replication time control AWS promises no number).
 * @see https://cloudnative-pg.io/documentation/current/wal_archiving/
 */
const COPIED_SEGMENTS: Duration = "10 minutes";

/** Until the platform itself serves again: what a restore of the objects takes comes on top of the stores' own. */
const OBJECTS_RTO: Duration = "2 hours";

/** Every node of the stack that holds state, with the path by which it comes back. */
export const recoveryPlan = (settings: AwsSettings, graph: Graph): readonly Recoverable[] =>
  recoverables(graph, meansOf(settings, graph));

/** Every node that could not be restored as promised. Judged on AWS; a stack on Azure declares no second region yet. */
export const recoveryProblemsOf = (settings: Settings, graph: Graph): readonly Problem[] =>
  settings.provider === "aws" ? recoveryProblems(recoveryPlan(settings, graph)) : [];

function meansOf(settings: AwsSettings, graph: Graph): Means {
  const [daily] = backupPlanOf(graph, factsOf(settings)).schedules;
  const every = daily?.every ?? "24 hours";
  return {
    stores: Object.fromEntries(
      Object.entries(settings.stores).map(([name, store]) => [name, within(settings, pathOf(store, every))]),
    ),
    objects: { rpo: every, rto: OBJECTS_RTO, path: within(settings, copied(every)) },
  };
}

type PathIn = (region: string) => RestorePath | NoPath;

const copied =
  (loses: Duration): PathIn =>
  (region) => ({ by: "backups", region, loses });

const pointInTime =
  (loses: Duration): PathIn =>
  (region) => ({ by: "point-in-time", region, loses });

/** What each flavour can do, given a region that holds a copy. Volumes of stores in the cluster are saved with the objects. */
function pathOf(store: StoreSettings, every: Duration): PathIn {
  if (store.flavour === "rds") return pointInTime(COPIED_LOGS);
  if ("archive" in store && store.archive !== undefined) return pointInTime(COPIED_SEGMENTS);
  return store.flavour === "elasticache" ? () => SNAPSHOTS_STAY : copied(every);
}

const SNAPSHOTS_STAY: NoPath = {
  got: "a managed cache, whose snapshots do not leave their region",
  want: "a restore path in the recovery region",
  mend: `declare that it holds: "cache", or keep its state in another kind of store`,
};

function within({ stack, cloud, role, backup, protection }: AwsSettings, path: PathIn): RestorePath | NoPath {
  const { replicateTo } = backup;
  if (protection.mode === "disposable") return { by: "given up", loses: protection.loses };
  if (replicateTo === undefined && role === "recovery") return SECOND_LOSS;
  const here = replicateTo === cloud.region;
  if (replicateTo !== undefined && !here) return path(replicateTo);
  return {
    got: here ? `no copy outside ${cloud.region}: backup.replicateTo is that region itself` : "no copy in any region",
    want: "a restore path in another region, or settings that give the data up",
    mend: `write replicateTo: ${otherRegion(cloud.region)} under keelson:backup in Pulumi.${stack}.yaml`,
  };
}

/** A region that stands in for a lost one: whatever is written there from now on. */
const SECOND_LOSS: RestorePath = {
  by: "given up",
  loses: "What is written here, if this region is lost too before keelson:backup.replicateTo names another.",
};

/** An example for the message; people choose by law and distance. */
const otherRegion = (region: string): string => (region === "eu-central-1" ? "eu-west-1" : "eu-central-1");
