/**
 * What "ready" means per kind on a control plane whose nodes run no container: `observed` is waited for, `not observed
 * here` is accepted as soon as the API server stored it, with the reason. Reports quote this table.
 */
export interface Readiness {
  readonly readiness: "observed" | "not observed here";
  /** What is waited for, or why nothing is. */
  readonly why: string;
}

const observed = (why: string): Readiness => ({ readiness: "observed", why });
const unobserved = (why: string): Readiness => ({ readiness: "not observed here", why });

const POD_NOTE = "on simulated nodes, so no probe and no image is tried";

const TABLE: Readonly<Record<string, Readiness>> = {
  "apps/Deployment": observed(`all replicas updated and available, ${POD_NOTE}`),
  "apps/StatefulSet": observed(`all replicas updated and ready, ${POD_NOTE}`),
  "apps/DaemonSet": observed(`a ready pod on every matching node, ${POD_NOTE}`),
  "apps/ReplicaSet": observed(`all replicas ready, ${POD_NOTE}`),
  "batch/Job": observed(`complete, ${POD_NOTE}`),
  "/Pod": observed(`ready or succeeded, ${POD_NOTE}`),
  "/Namespace": observed("phase Active"),
  "/Service": observed("a cluster IP is allocated; endpoints follow the pods, which may belong to an absent operator"),
  "/PersistentVolumeClaim": observed("stored; it is bound when its first pod is scheduled"),
  "/PersistentVolume": observed("phase Available or Bound"),
  "apiextensions.k8s.io/CustomResourceDefinition": observed("names accepted and served"),
  "apiregistration.k8s.io/APIService": unobserved("the server behind it does not run here"),
  "networking.k8s.io/Ingress": unobserved("no ingress controller runs here"),
  "autoscaling/HorizontalPodAutoscaler": observed("stored; without metrics it never scales"),
  "gateway.networking.k8s.io/Gateway": observed("Programmed, by the played load balancer controller (class alb)"),
  "gateway.networking.k8s.io/HTTPRoute": observed(
    "stored, and not turned down by the played load balancer controller (class alb)",
  ),
  "argoproj.io/Rollout": unobserved("the Argo Rollouts controller does not run here: no pods come of it"),
  "argoproj.io/Application": unobserved("Argo CD does not run here: nothing is synchronised"),
  "postgresql.cnpg.io/Cluster": unobserved("the CloudNativePG operator does not run here: no database comes of it"),
};

/** Kinds of the API server itself are ready once stored; others belong to controllers that do not run here. */
const BUILT_IN = /^([a-z0-9]+|[a-z.]+\.k8s\.io|)$/;
const ADD_ON = /^(gateway\.networking|snapshot\.storage|metrics|.*\.x)\.k8s\.io$/;

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

/** How a kind's readiness is known here; `apiVersion` such as `apps/v1`. */
export function readinessOf(apiVersion: string, kind: string): Readiness {
  const group = groupOf(apiVersion);
  const listed = TABLE[`${group}/${kind}`];
  if (listed !== undefined) return listed;
  if (BUILT_IN.test(group) && !ADD_ON.test(group)) return observed("stored: the API server itself gives it effect");
  return unobserved(`no controller of ${group} runs here: the object was checked against its definition, no more`);
}

interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec?: unknown;
}

/** `cert-manager.io Certificate, ClusterIssuer`: kinds that are stored and have no controller here, by group. */
export function withoutController(objects: readonly Stored[]): readonly string[] {
  const isPlayed = objects.some(({ kind, spec }) => kind === "Gateway" && classOf(spec) === PLAYED_CLASS);
  const left = objects.filter(
    ({ apiVersion, kind }) =>
      readinessOf(apiVersion, kind).readiness !== "observed" || (groupOf(apiVersion) === GATEWAYS && !isPlayed),
  );
  const groups = [...new Set(left.map(({ apiVersion }) => groupOf(apiVersion)))].toSorted();
  return groups.map((group) => {
    const kinds = left.filter(({ apiVersion }) => groupOf(apiVersion) === group).map(({ kind }) => kind);
    return `${group} ${[...new Set(kinds)].toSorted().join(", ")}`;
  });
}

const GATEWAYS = "gateway.networking.k8s.io";

/** The one class of Gateways whose controller is played. */
const PLAYED_CLASS = "alb";

const classOf = (spec: unknown): unknown => Reflect.get(Object(spec), "gatewayClassName");
