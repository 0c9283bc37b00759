/**
 * What an object must wait for, read from the objects themselves, and nothing more: its namespace, the definitions of its
 * kind, the account and settings its pods run with. Whatever Kubernetes retries by itself (a Service without pods, a policy
 * that selects nothing yet) waits for nothing, because every needless edge lengthens the way.
 */
import { type Manifest, objectId } from "../../graph/manifest";
import { type Owned } from "../delivery/owned";
import { type ChartName } from "./chart-names";

/** The chart that brings the definitions of a group. */
const DEFINITIONS: Readonly<Record<string, ChartName>> = {
  "gateway.networking.k8s.io": "gateway-crds",
  "gateway.k8s.aws": "aws-load-balancer-controller",
  "postgresql.cnpg.io": "cloudnative-pg",
  "velero.io": "velero",
  "configuration.konghq.com": "kong",
  "cert-manager.io": "cert-manager",
  "barmancloud.cnpg.io": "plugin-barman-cloud",
  "rabbitmq.com": "rabbitmq-operators",
  "monitoring.coreos.com": "kube-prometheus-stack",
};

/** Argo's two projects share a group. */
const ARGO: Readonly<Record<string, ChartName>> = {
  Application: "argo-cd",
  AppProject: "argo-cd",
  AnalysisTemplate: "argo-rollouts",
  Rollout: "argo-rollouts",
};

/** The chart without which the API server does not know the kind. */
export function chartOf({ apiVersion, kind }: Manifest): ChartName | undefined {
  const group = apiVersion.split("/")[0] ?? "";
  return group === "argoproj.io" ? ARGO[kind] : DEFINITIONS[group];
}

const EDGE_CONTROLLERS = ["aws-load-balancer-controller", "external-dns"] as const;

/**
 * Charts whose controllers clean up in the cloud when an object goes: load balancers, DNS records. They must outlive it, so
 * it depends on them, and teardown takes the object first. What Argo CD applied goes with its application.
 */
const FINALISERS: Readonly<Record<string, readonly ChartName[]>> = {
  Gateway: EDGE_CONTROLLERS,
  HTTPRoute: EDGE_CONTROLLERS,
  GatewayClass: ["aws-load-balancer-controller"], // Gateway API lets a controller hold a class that Gateways use
  Application: [...EDGE_CONTROLLERS, "argo-rollouts", "cloudnative-pg", "velero"],
};

export const finalisersOf = (manifest: Manifest): readonly ChartName[] =>
  makesLoadBalancer(manifest) ? ["aws-load-balancer-controller"] : (FINALISERS[manifest.kind] ?? []);

const makesLoadBalancer = (manifest: Manifest): boolean =>
  manifest.kind === "Service" && at(at(manifest, "spec"), "type") === "LoadBalancer";

/** Ids of objects in the same set that must exist first. */
export function needs(owned: Owned, ids: ReadonlySet<string>): readonly string[] {
  const { namespace } = owned.manifest.metadata;
  const wanted = [
    ...(namespace === undefined ? [] : [`v1/Namespace ${namespace}`]),
    ...podNeeds(owned.manifest),
    ...scaleNeeds(owned.manifest),
    ...(owned.after ?? []),
  ];
  return [...new Set(wanted)].filter((id) => ids.has(id) && id !== objectId(owned.manifest));
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
}

/** Pods are not admitted without their account, and hang without their mounted settings. */
function podNeeds(manifest: Manifest): readonly string[] {
  const { namespace } = manifest.metadata;
  const pod = podSpecOf(manifest);
  if (pod === undefined || namespace === undefined) return [];
  const account =
    pod.serviceAccountName === undefined ? [] : [`v1/ServiceAccount ${namespace}/${pod.serviceAccountName}`];
  const maps = (pod.volumes ?? []).flatMap(({ configMap }) =>
    configMap === undefined ? [] : [`v1/ConfigMap ${namespace}/${configMap.name}`],
  );
  return [...account, ...maps];
}

/** An autoscaler, and a binding, point at another object by name. */
function scaleNeeds(manifest: Manifest): readonly string[] {
  const { kind, metadata } = manifest;
  if (kind !== "HorizontalPodAutoscaler") return [];
  const target = at(at(manifest, "spec"), "scaleTargetRef");
  return [
    `${String(at(target, "apiVersion"))}/${String(at(target, "kind"))} ${metadata.namespace}/${String(at(target, "name"))}`,
  ];
}

/** The pod a workload makes, wherever its kind keeps it. */
export function podSpecOf(manifest: Manifest): PodSpec | undefined {
  const spec = at(manifest, "spec");
  const owner = manifest.kind === "CronJob" ? at(at(spec, "jobTemplate"), "spec") : spec;
  const pod = at(at(owner, "template"), "spec");
  return isPodSpec(pod) ? pod : undefined;
}

const isPodSpec = (value: unknown): value is PodSpec =>
  typeof value === "object" && value !== null && "containers" in value;

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
