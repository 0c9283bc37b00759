/**
 * Where a store lives on the network, by flavour: pods behind Services in the cluster, or the address ranges of its own
 * subnets. Its host name is the same wherever it is restored.
 */
import { type Cidr, KUBERNETES_API, type Place, type StorePlacement } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { STORE_PORTS } from "../../graph/store";
import { type ManagedFlavour, type PostgresFacts, type StoreFacts, type ValkeyFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Scope } from "../names";
import { storeHost } from "./store";

const namespace = NAMESPACES.data;

const clusterHost = (service: string): string => `${service}.${namespace}.svc.cluster.local`;

export interface Surroundings {
  readonly scope: Scope;
  /** Ranges of its own subnets, for a managed store. */
  readonly ranges: readonly Cidr[];
  /** Whether the cluster has an authority of its own, which then signs the store's certificate. */
  readonly internalTls: boolean;
  /** Actors through which an archive is reached. */
  readonly archiveReach: readonly string[];
}

/** Where one store is, and what its members need. */
export function placementOf(store: string, facts: StoreFacts, around: Surroundings): StorePlacement {
  if (facts.flavour === "cloudnative-pg") return postgresInCluster(store, facts, around);
  if (facts.flavour === "valkey") return valkeyInCluster(store, facts);
  return managed(store, facts.flavour, around);
}

const managed = (store: string, flavour: ManagedFlavour, { scope, ranges }: Surroundings): StorePlacement => ({
  flavour,
  place: { at: "ranges", ranges },
  host: storeHost(scope, store),
  ...(flavour === "managed-redis" ? { port: MANAGED_REDIS_PORT, login: MANAGED_REDIS_LOGIN } : {}),
});

/** Azure Managed Redis listens on no other. */
export const MANAGED_REDIS_PORT = 10_000;

/** Whose password the access key is. Azure lets nobody else sign in by password. */
export const MANAGED_REDIS_LOGIN = "default";

const pods = (labels: Readonly<Record<string, string>>): Place => ({ at: "pods", namespace, labels });

/** The operator's own label; it sets it on instances and on the jobs that make them. */
export const postgresLabels = (store: string) => ({ "cnpg.io/cluster": store });

/** The instance manager's port, which the operator asks for its status. */
export const INSTANCE_MANAGER_PORT = 8000;

/** Connections that end at PgBouncer, to the primary or to replicas. The operator's own Service selects too little. */
export const poolerName = (store: string, type: "rw" | "ro"): string => `${store}-pool-${type}`;

export const poolerLabels = (store: string, type: "rw" | "ro") => ({
  ...postgresLabels(store),
  "cnpg.io/poolerName": poolerName(store, type),
});

/** Names of its Services that clients, replicas and the operator use. */
export const postgresHosts = (store: string, { instances, pooler }: PostgresFacts) => {
  const name = (type: "rw" | "ro"): string => (pooler === undefined ? `${store}-${type}` : poolerService(store, type));
  return {
    host: clusterHost(name("rw")),
    adminHost: clusterHost(`${store}-rw`),
    ...(instances > 1 ? { readHost: clusterHost(name("ro")) } : {}),
  };
};

/** Types of the poolers of a store: one to the primary, and one to replicas where there are any. */
export const poolerTypes = ({ instances, pooler }: PostgresFacts): readonly ("rw" | "ro")[] =>
  pooler === undefined ? [] : instances > 1 ? ["rw", "ro"] : ["rw"];

/**
 * `-rw` and `-ro` are the operator's names for the primary and the replicas. Poolers carry the cluster's label too, so
 * they are members: what they open to the servers is among members.
 */
const postgresInCluster = (
  store: string,
  facts: PostgresFacts,
  { internalTls, archiveReach }: Surroundings,
): StorePlacement<"postgres"> => ({
  flavour: "cloudnative-pg",
  place: pods(postgresLabels(store)),
  ...postgresHosts(store, facts),
  internalTls,
  identity: facts.archive !== undefined,
  faces: [
    ...(["primary", "replica"] as const).map((role) => ({
      name: `${store}-${role === "primary" ? "rw" : "ro"}`,
      selector: { ...postgresLabels(store), "cnpg.io/instanceRole": role },
      ports: [tcp(STORE_PORTS.postgres)],
    })),
    ...poolerTypes(facts).map((type) => ({
      name: poolerService(store, type),
      selector: poolerLabels(store, type),
      ports: [tcp(STORE_PORTS.postgres)],
    })),
  ],
  members: [tcp(STORE_PORTS.postgres), tcp(INSTANCE_MANAGER_PORT)],
  reaches: [KUBERNETES_API, ...(facts.archive === undefined ? [] : archiveReach)].map((to) => ({ to })),
});

/** Our Service in front of a pooler: it selects by the cluster's label as well, as policies do. */
export const poolerService = (store: string, type: "rw" | "ro"): string => `${poolerName(store, type)}-in`;

export const valkeyLabels = (store: string) => ({
  "app.kubernetes.io/name": store,
  "app.kubernetes.io/component": "valkey",
});

/** Member 0 takes writes; the others follow it and serve reads. */
export const valkeyPrimary = (store: string) => ({
  ...valkeyLabels(store),
  "statefulset.kubernetes.io/pod-name": `${store}-0`,
});

/** Where Sentinel answers. */
export const SENTINEL_PORT = 26_379;

export const sentinelService = (store: string): string => `${store}-sentinel`;

const valkeyInCluster = (store: string, { failover }: ValkeyFacts): StorePlacement<"redis"> =>
  failover === undefined ? valkeyPlain(store) : valkeyWatched(store);

/** Any member may be the primary: clients ask Sentinel, then go to the member itself. */
const valkeyWatched = (store: string): StorePlacement<"redis"> => ({
  flavour: "valkey",
  place: pods(valkeyLabels(store)),
  host: clusterHost(sentinelService(store)),
  sentinel: store,
  internalTls: true,
  clientPorts: [tcp(SENTINEL_PORT)],
  faces: [{ name: sentinelService(store), selector: valkeyLabels(store), ports: [tcp(SENTINEL_PORT)] }],
  members: [tcp(STORE_PORTS.redis), tcp(SENTINEL_PORT)],
});

const valkeyPlain = (store: string): StorePlacement<"redis"> => {
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
