/**
 * How each node that holds state comes back when its region is lost: by which path, in which region, losing how much at
 * most. Pure: the stack says what its stores and backups can do, the graph says what must come back. A node without a path,
 * or with one that loses more than it may, is a problem that names it.
 */
import { type Graph, storesOf } from "../model";
import { KUBERNETES_API } from "../landscape";
import { type Problem } from "../problems";
import { type Topic } from "../topic";
import { type Duration, seconds } from "../units";
import { everyTopic } from "./topics";

export type RestorePath =
  /** To any moment, from backups and logs that are copied to the other region as they are made. */
  | { readonly by: "point-in-time"; readonly region: string; readonly loses: Duration }
  /** To the last backup whose copy has arrived in the other region. */
  | { readonly by: "backups"; readonly region: string; readonly loses: Duration }
  /** It holds nothing of its own: it is filled again from other stores. */
  | { readonly by: "rebuild" }
  /** Not at all, because the settings say so; `loses` is their sentence. */
  | { readonly by: "given up"; readonly loses: string };

/** Why there is no path, and the edit that makes one. */
export interface NoPath {
  readonly got: string;
  readonly want: string;
  readonly mend: string;
}

/** What a stack can do for the nodes of a graph. */
export interface Means {
  /** By store. One that is missing has no path. */
  readonly stores: Readonly<Record<string, RestorePath | NoPath>>;
  /** For the objects of the cluster, with what may be lost of them and in what time they must be back. */
  readonly objects: Promised & { readonly path: RestorePath | NoPath };
  /** What parts of the platform keep on disks of their own. */
  readonly platform: readonly Recoverable[];
}

/** Data that may be lost at most, and the time within which it must be served again. */
interface Promised {
  readonly rpo: Duration;
  readonly rto: Duration;
}

/** A node that holds state, with what was promised for it. */
export interface Recoverable extends Promised {
  /** Id of the node, `store/orders`, or of the topic, `topic/paid`: all topics live in one node, and each is lost for itself. */
  readonly node: string;
  readonly keeps: string;
  readonly path: RestorePath | NoPath;
}

/** Node that stands for the objects of the cluster. */
export const PLATFORM = `platform/${KUBERNETES_API}`;

/** Everything that holds state: stores, topics, the cluster's own memory of its objects. In the order of ids. */
export const recoverables = (graph: Graph, means: Means): readonly Recoverable[] =>
  [
    ...storesOf(graph).map(({ id, name, store: { args } }) => ({
      node: id,
      keeps: args.keeps,
      rpo: args.rpo,
      rto: args.rto,
      path: args.holds === "cache" ? REBUILD : (means.stores[name] ?? UNKNOWN),
    })),
    ...everyTopic(graph).map((topic) => topicRecovery(topic, means.objects)),
    { node: PLATFORM, keeps: "objects of the cluster", ...means.objects },
    ...means.platform,
  ].toSorted((a, b) => (a.node < b.node ? -1 : 1));

/** The queues come back with the cluster's objects, empty. */
function topicRecovery({ name, args: { carries, recovery } }: Topic, objects: Promised): Recoverable {
  const topic = { node: `topic/${name}`, keeps: `messages that nobody took yet: ${carries}` };
  if ("givenUp" in recovery) {
    const { rpo, rto } = objects;
    return { ...topic, rpo, rto, path: { by: "given up", loses: recovery.givenUp } };
  }
  const { rpo, rto } = recovery.republishedFrom.args;
  return { ...topic, rpo, rto, path: REBUILD };
}

const REBUILD: RestorePath = { by: "rebuild" };

const UNKNOWN: NoPath = {
  got: "a store that nobody says how to restore",
  want: "a restore path in the recovery region",
  mend: "add its flavour to stacks/recovery.ts",
};

export const hasPath = (path: RestorePath | NoPath): path is RestorePath => "by" in path;

/** Nodes without a path, nodes whose path loses more than was promised, and promises that the platform's own breaks. */
export const recoveryProblems = (all: readonly Recoverable[]): readonly Problem[] => [
  ...all.flatMap((one) => (hasPath(one.path) ? lateProblem(one, one.path) : [{ where: one.node, ...one.path }])),
  ...soonProblems(all),
];

/** Nothing serves before the cluster does. */
function soonProblems(all: readonly Recoverable[]): readonly Problem[] {
  const platform = all.find(({ node, path }) => node === PLATFORM && hasPath(path) && path.by !== "given up");
  if (platform === undefined) return [];
  return all
    .filter(({ rto }) => seconds(rto) < seconds(platform.rto))
    .map(({ node, rto }) => ({
      where: node,
      got: `an RTO of ${rto}`,
      want: `at least ${platform.rto}: nothing serves before the cluster's objects are back`,
      mend: "raise the RTO where the store is declared",
    }));
}

function lateProblem({ node, rpo }: Recoverable, path: RestorePath): readonly Problem[] {
  if (!("region" in path) || seconds(path.loses) <= seconds(rpo)) return [];
  return [
    {
      where: node,
      got: `a restore in ${path.region} from ${path.by} that may lose ${path.loses}`,
      want: `one that loses at most its RPO, ${rpo}`,
      mend: "choose a flavour that restores to a point in time, or raise the RPO where the store is declared",
    },
  ];
}
