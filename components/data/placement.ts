/**
 * Where a store lives on the network, by flavour: pods behind Services in the cluster, or the address ranges of its own
 * subnets. Its host name is the same wherever it is restored.
 */
import { type Cidr, KUBERNETES_API, type Place, type StorePlacement } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { STORE_PORTS } from "../../graph/store";
import { type StoreFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Scope } from "../names";
import { storeHost } from "./store";

const namespace = NAMESPACES.data;

const clusterHost = (service: string): string => `${service}.${namespace}.svc.cluster.local`;

/** Where one store is, and what its members need. `ranges` are those of its own subnets, for a managed one. */
export function placementOf(
  store: string,
  { flavour }: StoreFacts,
  scope: Scope,
  ranges: readonly Cidr[],
): StorePlacement {
  if (flavour === "cloudnative-pg") return postgresInCluster(store);
  if (flavour === "valkey") return valkeyInCluster(store);
  return { flavour, place: { at: "ranges", ranges }, host: storeHost(scope, store) };
}

const pods = (labels: Readonly<Record<string, string>>): Place => ({ at: "pods", namespace, labels });

/** The operator's own label; it sets it on instances and on the jobs that make them. */
export const postgresLabels = (store: string) => ({ "cnpg.io/cluster": store });

/** The instance manager's port, which the operator asks for its status. */
export const INSTANCE_MANAGER_PORT = 8000;

/** `-rw` and `-ro` are the operator's names for the primary and the replicas. */
const postgresInCluster = (store: string): StorePlacement<"postgres"> => ({
  flavour: "cloudnative-pg",
  place: pods(postgresLabels(store)),
  host: clusterHost(`${store}-rw`),
  faces: (["primary", "replica"] as const).map((role) => ({
    name: `${store}-${role === "primary" ? "rw" : "ro"}`,
    selector: { ...postgresLabels(store), "cnpg.io/instanceRole": role },
    ports: [tcp(STORE_PORTS.postgres)],
  })),
  members: [tcp(STORE_PORTS.postgres), tcp(INSTANCE_MANAGER_PORT)],
  reaches: [{ to: KUBERNETES_API }],
});

export const valkeyLabels = (store: string) => ({
  "app.kubernetes.io/name": store,
  "app.kubernetes.io/component": "valkey",
});

/** Member 0 takes writes; the others follow it and serve reads. */
export const valkeyPrimary = (store: string) => ({
  ...valkeyLabels(store),
  "statefulset.kubernetes.io/pod-name": `${store}-0`,
});

const valkeyInCluster = (store: string): StorePlacement<"redis"> => {
  const ports = [tcp(STORE_PORTS.redis)];
  return {
    flavour: "valkey",
    place: pods(valkeyLabels(store)),
    host: clusterHost(store),
    faces: [
      { name: store, selector: valkeyPrimary(store), ports },
      { name: `${store}-read`, selector: valkeyLabels(store), ports },
    ],
    members: ports,
  };
};
