/**
 * The objects of one service: account, pods, cluster addresses, scaling, disruption budget. Pods are a Deployment, or a
 * Rollout where a new version takes over by weights or colours. Labels and ports are the graph's; a pod template depends on
 * neither the delivery nor the owner, so switching either restarts nothing.
 */
import { serviceLabels, serviceNamespace, servicePorts } from "../../graph/conventions";
import { DEFAULT_HEALTH } from "../../graph/derive/routes";
import { type Labels, type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type AnyService, DEFAULT_RESOURCES } from "../../graph/service";
import { type Facts, type ServiceFacts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { environmentOf } from "./environment";
import { internalCertificate } from "../certificates/issuer-objects";
import {
  AUTHORITY,
  CONTAINER_SECURITY,
  disruptionBudget,
  podSecurity,
  resourcesOf,
  SCRATCH,
  serviceAccount,
  spread,
} from "./pod";
import { analysisTemplate, rolloutStrategy } from "./rollout-objects";

/** What the objects of one service are made from. */
export interface Workload {
  readonly service: AnyService;
  readonly namespace: string;
  readonly labels: Labels;
  readonly settings: ServiceFacts;
  readonly scale: Scale;
}

interface Scale {
  readonly min: number;
  readonly max: number;
  readonly cpu: number;
  readonly memory?: number | undefined;
}

export const workloadOf = (graph: Graph, facts: Facts, service: AnyService): Workload => {
  const settings = facts.services[service.name] ?? { rollout: { strategy: "rolling" } };
  return {
    service,
    namespace: serviceNamespace(service.name),
    labels: serviceLabels(graph.system.name, service.name),
    settings,
    scale: settings.scale ?? scaleOf(service),
  };
};

/** Two replicas where nobody says otherwise: one may go down. */
const scaleOf = ({ args: { scale = {} } }: AnyService): Scale => {
  const { min = 2, max = min, cpu = 70, memory } = scale;
  return { min, max, cpu, memory };
};

/** Everything of one service but its policies and routes. */
export function serviceObjects(graph: Graph, facts: Facts, service: AnyService): readonly Manifest[] {
  const workload = workloadOf(graph, facts, service);
  const { namespace, labels } = workload;
  return [
    serviceAccount(service.name, namespace, labels),
    ...(trustsInside(graph, service) ? [ownCertificate(workload)] : []),
    ...clusterAddresses(workload),
    ...analysisTemplate(workload, facts),
    podsOf(graph, workload),
    ...autoscaler(workload),
    disruptionBudget(service.name, namespace, labels),
  ];
}

/** Whether an autoscaler owns the number of replicas. */
export const scales = ({ scale }: Workload): boolean => scale.max > scale.min;

export const rollsOut = ({ settings }: Workload): boolean => settings.rollout.strategy !== "rolling";

const podsOf = (graph: Graph, workload: Workload): Manifest => ({
  ...(rollsOut(workload)
    ? { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }
    : { apiVersion: "apps/v1", kind: "Deployment" }),
  metadata: { name: workload.service.name, namespace: workload.namespace, labels: workload.labels },
  spec: {
    ...(scales(workload) ? {} : { replicas: workload.scale.min }),
    revisionHistoryLimit: 5,
    selector: { matchLabels: workload.labels },
    strategy: rolloutStrategy(workload),
    template: podTemplate(graph, workload),
  },
});

/** Longer than the load balancer needs to stop sending requests, shorter than the grace period. */
const DRAIN_SECONDS = 20;
const GRACE_SECONDS = 60;

export const podTemplate = (graph: Graph, workload: Workload) => ({
  metadata: { labels: workload.labels },
  spec: {
    automountServiceAccountToken: false,
    containers: [container(graph, workload)],
    enableServiceLinks: false,
    securityContext: podSecurity(),
    serviceAccountName: workload.service.name,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    topologySpreadConstraints: spreadOf(workload),
    volumes: [SCRATCH.volume, ...(trustsInside(graph, workload.service) ? [AUTHORITY.volume] : [])],
  },
});

/** A Rollout labels its pods by its own hash, not by the Deployment controller's. */
const spreadOf = (workload: Workload) =>
  spread(workload.labels).map((each) =>
    rollsOut(workload) ? { ...each, matchLabelKeys: ["rollouts-pod-template-hash"] } : each,
  );

function container(graph: Graph, { service, settings }: Workload) {
  const ports = Object.entries(service.args.listens);
  return {
    name: service.name,
    ...imageAndCommand(service, settings),
    env: environmentOf(graph, service),
    lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
    ports: ports.map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" })),
    ...probes(service),
    resources: resourcesOf(settings.resources ?? service.args.resources ?? DEFAULT_RESOURCES),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [SCRATCH.mount, ...(trustsInside(graph, service) ? [AUTHORITY.mount] : [])],
  };
}

/** Whether it must check a certificate of the cluster's own authority: of a store, or of the broker. */
const trustsInside = ({ landscape }: Graph, { args }: AnyService): boolean =>
  (args.messages ?? []).length > 0 ||
  Object.values(args.uses ?? {}).some(
    (use) => use.lends === "store" && landscape.stores[use.store.name]?.internalTls === true,
  );

/** With it comes the authority's certificate into the service's namespace; its own, for clients, is there to be used. */
const ownCertificate = ({ service: { name }, namespace }: Workload): Manifest =>
  internalCertificate({
    name,
    namespace,
    secretName: AUTHORITY.secret,
    dnsNames: [`${name}.${namespace}.svc.cluster.local`],
    usages: ["client auth"],
  });

/** The stand-in for a first image is told its port; an image of our own reads `PORT`. */
const imageAndCommand = (service: AnyService, { image }: ServiceFacts) =>
  image === undefined
    ? { image: imageOf("podinfo"), command: ["./podinfo", `--port=${service.args.listens["http"] ?? 8080}`] }
    : { image };

function probes({ args }: AnyService) {
  const port = args.listens["http"];
  if (port === undefined) return {};
  const httpGet = { path: args.health ?? DEFAULT_HEALTH, port, scheme: "HTTP" };
  return {
    startupProbe: { httpGet, periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 2 },
    readinessProbe: { httpGet, periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 2 },
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 2 },
  };
}

/**
 * Calls inside the cluster go to `<name>`, which selects by the graph's labels alone. Routes of a Rollout go to
 * `<name>-stable` and `<name>-canary`: Argo Rollouts adds a hash to the selectors of these two, and the VPC CNI would then
 * drop calls whose policy does not carry it.
 */
function clusterAddresses(workload: Workload): readonly Manifest[] {
  const names = rollsOut(workload) ? ["", "-stable", "-canary"] : [""];
  return names.map((suffix) => clusterAddress(workload, `${workload.service.name}${suffix}`));
}

const clusterAddress = ({ service, namespace, labels }: Workload, name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels },
  spec: {
    type: "ClusterIP",
    selector: labels,
    ports: servicePorts(service.args.listens).map(({ port, protocol }) => ({
      name: Object.entries(service.args.listens).find(([, number]) => number === port)?.[0] ?? "http",
      port,
      protocol,
      targetPort: port,
    })),
  },
});

const utilization = (name: "cpu" | "memory", averageUtilization: number) => ({
  type: "Resource",
  resource: { name, target: { type: "Utilization", averageUtilization } },
});

function autoscaler(workload: Workload): readonly Manifest[] {
  if (!scales(workload)) return [];
  const { service, namespace, labels, scale } = workload;
  const target = rollsOut(workload)
    ? { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }
    : { apiVersion: "apps/v1", kind: "Deployment" };
  return [
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: service.name, namespace, labels },
      spec: {
        scaleTargetRef: { ...target, name: service.name },
        minReplicas: scale.min,
        maxReplicas: scale.max,
        metrics: [
          utilization("cpu", scale.cpu),
          ...(scale.memory === undefined ? [] : [utilization("memory", scale.memory)]),
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    },
  ];
}
