/** What must be in a backup, and by which means each store comes back: derived from the services and their stores. */
import { brokersOf, type Graph, namespaceOf, servicesOf, storesOf } from "../model";
import { type Duration } from "../units";

export interface BackupMember {
  readonly store: string;
  /** `"cluster"`: with the namespace's objects and volumes. `"managed"`: by the managed store's own point-in-time recovery. */
  readonly by: "cluster" | "managed";
  readonly rpo: Duration;
  readonly rto: Duration;
}

export interface BackupScope {
  /** Namespaces of services, and of stores and the broker that run in the cluster. Messages on their way are in no backup. */
  readonly namespaces: readonly string[];
  /** Stores that hold state; caches are rebuilt, not restored. */
  readonly stores: readonly BackupMember[];
}

export const backupScope = (graph: Graph): BackupScope => ({
  namespaces: [
    ...new Set(
      [...servicesOf(graph), ...storesOf(graph), ...brokersOf(graph)].flatMap((node) => namespaceOf(node) ?? []),
    ),
  ].toSorted(),
  stores: storesOf(graph)
    .filter(({ store }) => store.args.holds !== "cache")
    .map(({ name, place, store }) => ({
      store: name,
      by: place.at === "pods" ? "cluster" : "managed",
      rpo: store.args.rpo,
      rto: store.args.rto,
    })),
});
