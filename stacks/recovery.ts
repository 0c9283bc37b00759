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
import { type Settings, type StoreSettings } from "./schema";
import { type Copies } from "./site";
import { siteOf } from "./sites";

/**
 * RDS ships a database's logs every five minutes; their copy to the other region follows within minutes.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html (from knowledge: AWS promises no
 * number there)
 */
const COPIED_LOGS: Duration = "10 minutes";

/**
 * What a restore from geo-redundant backups on Azure may lose.
 * @see https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-business-continuity (from knowledge, not
 * read anew)
 */
const GEO_RESTORE: Duration = "1 hour";

/** Until the platform itself serves again: what a restore of the objects takes comes on top of the stores' own. */
const OBJECTS_RTO: Duration = "2 hours";

/** Every node of the stack that holds state, with the path by which it comes back. */
export const recoveryPlan = (settings: Settings, graph: Graph): readonly Recoverable[] =>
  recoverables(graph, meansOf(settings, graph));

/** Every node that could not be restored as promised. */
export const recoveryProblemsOf = (settings: Settings, graph: Graph): readonly Problem[] =>
  recoveryProblems(recoveryPlan(settings, graph));

function meansOf(settings: Settings, graph: Graph): Means {
  const [daily] = backupPlanOf(graph, factsOf(settings)).schedules;
  const every = daily?.every ?? "24 hours";
  return {
    stores: Object.fromEntries(
      Object.entries(settings.stores).map(([name, store]) => [name, within(settings, pathOf(store))]),
    ),
    platform: metricsOf(settings, every),
    objects: { rpo: every, rto: OBJECTS_RTO, path: within(settings, copied(every)) },
  };
}

/** Prometheus keeps what it measured on disks that no backup holds. */
const metricsOf = ({ monitoring }: Settings, rpo: Duration): readonly Recoverable[] =>
  monitoring === undefined
    ? []
    : [
        {
          node: "platform/prometheus",
          keeps: `metrics of ${monitoring.retention}`,
          ...{ rpo, rto: OBJECTS_RTO, path: { by: "given up", loses: LOST_METRICS } },
        },
      ];

const LOST_METRICS = "What was measured in the lost region; alerts are measured anew from the first minute.";

type Elsewhere = Extract<Copies, { readonly region: string }>;
type PathIn = (copies: Elsewhere) => RestorePath | NoPath;

const copied =
  (loses: Duration): PathIn =>
  ({ region }) => ({ by: "backups", region, loses });

/** What each flavour can do, given a region that holds a copy. */
function pathOf(store: StoreSettings): PathIn {
  if (store.flavour === "rds") return ({ region }) => ({ by: "point-in-time", region, loses: COPIED_LOGS });
  if (store.flavour === "flexible-server") return ({ region }) => ({ by: "point-in-time", region, loses: GEO_RESTORE });
  if ("archive" in store && store.archive !== undefined)
    return ({ region, archives }) => ({ by: "point-in-time", region, loses: archives });
  if (store.flavour === "cloudnative-pg") return () => UNARCHIVED;
  if (store.flavour === "valkey") return () => (store.failover === undefined ? IN_MEMORY : IN_VOLUMES);
  return () => SNAPSHOTS_STAY;
}

const WANTED = "a restore path in the recovery region";
const CACHE_OR_ELSEWHERE = `declare that it holds: "cache", or keep its state in another kind of store`;

const UNARCHIVED: NoPath = {
  got: "a database without an archive: files that are saved one after another while it writes make none",
  want: WANTED,
  mend: "write archive: { retention: 30 days } beside its flavour",
};

const IN_MEMORY: NoPath = { got: "a store that keeps nothing on a disk", want: WANTED, mend: CACHE_OR_ELSEWHERE };

/** Velero saves them as files for this region's cluster. Elsewhere the program makes pods and volumes anew, before any restore. */
const IN_VOLUMES: NoPath = {
  got: "data in volumes alone, which are made anew in another region, and empty",
  want: WANTED,
  mend: CACHE_OR_ELSEWHERE,
};

const SNAPSHOTS_STAY: NoPath = {
  got: "a managed cache, whose snapshots do not leave their region",
  want: WANTED,
  mend: CACHE_OR_ELSEWHERE,
};

function within(settings: Settings, path: PathIn): RestorePath | NoPath {
  const { protection } = settings;
  if (protection.mode === "disposable") return { by: "given up", loses: protection.loses };
  const { copies } = siteOf(settings);
  return "none" in copies ? copies.none : path(copies);
}
