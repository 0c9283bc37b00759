/**
 * Every Kubernetes object of a stack, with its owner: one list, from which Pulumi registers its share, `keelson render`
 * writes files, and tests and policies judge. Pure: settings and graph in, plain objects out, no cloud output anywhere.
 */
import { validationObjects } from "../components/backup/restore-validation-objects";
import { recoveryObjects, veleroObjects } from "../components/backup/velero-objects";
import { grantsJobName, postgresObjects } from "../components/data/postgres-objects";
import { valkeyObjects } from "../components/data/valkey-objects";
import { applicationObjects, argoCdObjects, ROOT_APP, WAVE } from "../components/delivery/argocd-objects";
import { after, delivered, type Owned, pulumiOwned } from "../components/delivery/owned";
import { waveOf } from "../components/delivery/waves";
import { issuerObjects } from "../components/certificates/issuer-objects";
import { edgeObjects, serviceRoutes } from "../components/edge/edge-objects";
import { type Facts } from "../components/kubernetes/facts";
import { CHART_NAMESPACES, NAMESPACES } from "../components/kubernetes/namespaces";
import { brokerObjects } from "../components/messaging/broker-objects";
import { logObjects } from "../components/observability/log-objects";
import { monitoringObjects } from "../components/observability/monitoring-objects";
import { namespaceObjects, usesPostgresOperator } from "../components/workload/namespace-objects";
import { serviceObjects } from "../components/workload/service-objects";
import { serviceNamespace } from "../graph/conventions";
import { grantsOf } from "../graph/derive/grants";
import { policiesOf } from "../graph/derive/policies";
import { type Manifest, objectId } from "../graph/manifest";
import { type Graph, servicesOf, storesOf } from "../graph/model";
import { type AnyService } from "../graph/service";
import { type Store } from "../graph/store";
import { packWaivers } from "../policies/admission/exemptions";
import { admissionObjects } from "../policies/admission/objects";
import { factsOf } from "./facts";
import { type Settings } from "./schema";

/** All objects, in no particular order; ids are unique. */
export function stackObjects(graph: Graph, settings: Settings): readonly Owned[] {
  const facts = factsOf(settings);
  const all = [
    ...pulumiOwned(namespaceObjects(graph, facts)),
    ...pulumiOwned(admissionShare(settings, facts)),
    ...policyObjects(graph, facts),
    ...servicesOf(graph).flatMap(({ service }) => serviceShare(graph, facts, service)),
    ...delivered(facts.delivery.by, "ingress", edgeObjects(graph, facts)),
    ...pulumiOwned(issuerObjects(facts)),
    ...storesOf(graph).flatMap(({ store }) => storeShare(graph, facts, store)),
    ...delivered(facts.delivery.by, "data", brokerObjects(graph, facts)),
    ...spread(graph, facts, monitoringObjects(graph, facts)),
    ...pulumiOwned(logObjects(facts)),
    ...delivered(facts.delivery.by, "velero", [...veleroObjects(graph, facts), ...validationObjects(graph, facts)]),
    ...pulumiOwned(recoveryObjects(graph, facts)),
    ...deliveryObjects(graph, facts),
  ];
  return all.map(withWave);
}

/** The pack's rules as the API server enforces them, whoever sends an object. */
const admissionShare = ({ stage, stack }: Settings, facts: Facts): readonly Manifest[] =>
  admissionObjects({ stage, stack, unjudged: unjudged(facts), waivers: packWaivers() });

/** Where nobody has judged what comes: namespaces of charts, and of stores and a broker whose pods an operator makes. */
const unjudged = (facts: Facts): readonly string[] => [
  ...CHART_NAMESPACES,
  ...(facts.edge.kind === "kong" ? [NAMESPACES.ingress] : []),
  ...(usesPostgresOperator(facts) || facts.broker !== undefined ? [NAMESPACES.data] : []),
];

/** Argo CD orders what it applies by annotation. Pulumi orders by dependencies, and the objects stay as they are. */
const withWave = (owned: Owned): Owned => {
  const wave = waveOf(owned.manifest.kind);
  if (owned.owner === "pulumi" || wave === 0 || owned.app === ROOT_APP) return owned;
  const { metadata } = owned.manifest;
  const annotations = { ...metadata.annotations, [WAVE]: String(wave) };
  return { ...owned, manifest: { ...owned.manifest, metadata: { ...metadata, annotations } } };
};

/** A service's pods wait for the jobs that grant them access to their stores, and for the services they must call first. */
function serviceShare(graph: Graph, facts: Facts, service: AnyService): readonly Owned[] {
  const first = facts.delivery.by === "pulumi" ? [...grantJobs(graph, service), ...callees(graph, facts, service)] : [];
  const objects = serviceObjects(graph, facts, service);
  const pods = objects.filter(({ kind }) => PODS.includes(kind));
  const rest = objects.filter(({ kind }) => !PODS.includes(kind));
  const { by } = facts.delivery;
  return [
    ...delivered(by, service.name, rest),
    ...after(first, delivered(by, service.name, pods)),
    ...routeShare(graph, facts, service.name),
  ];
}

/** What belongs to no namespace goes with the edge: services' applications may write to their own namespaces only. */
const routeShare = (graph: Graph, facts: Facts, service: string): readonly Owned[] =>
  serviceRoutes(graph, facts, service).flatMap((each) =>
    delivered(facts.delivery.by, each.metadata.namespace === undefined ? "ingress" : service, [each]),
  );

const PODS: readonly string[] = ["Deployment", "Rollout"];

const grantJobs = (graph: Graph, { name }: AnyService): readonly string[] =>
  [...new Set(grantsOf(graph, name).map(({ store }) => store))]
    .filter((store) => graph.nodes.get(`store/${store}`)?.store?.kind === "postgres")
    .map((store) => `batch/v1/Job ${NAMESPACES.data}/${grantsJobName(graph, store)}`);

/** A call that is needed from the start is a promise of order, so it is kept even though it lengthens the way. */
const callees = (graph: Graph, facts: Facts, { args }: AnyService): readonly string[] =>
  Object.values(args.uses ?? {}).flatMap((use) => {
    if (use.lends !== "call" || use.needed !== "start") return [];
    const { name } = use.service;
    const kind = (facts.services[name]?.rollout.strategy ?? "rolling") === "rolling" ? "apps/v1/Deployment" : ROLLOUT;
    return graph.nodes.has(`service/${name}`) ? [`${kind} ${serviceNamespace(name)}/${name}`] : [];
  });

const ROLLOUT = "argoproj.io/v1alpha1/Rollout";

/** A job that grants waits for its store to answer; a managed store is waited for where it is made. */
function storeShare(graph: Graph, facts: Facts, { kind, name }: Store): readonly Owned[] {
  const { by } = facts.delivery;
  if (kind === "redis") return delivered(by, "data", valkeyObjects(facts, name));
  const objects = postgresObjects(graph, facts, name);
  const cluster = by === "pulumi" ? objects.filter((each) => each.kind === "Cluster").map(objectId) : [];
  return objects.flatMap((each) => after(each.kind === "Job" ? cluster : [], delivered(by, "data", [each])));
}

/** Policies go with the pods they cover. Those of the platform are Pulumi's: its add-ons cannot start without. */
const policyObjects = (graph: Graph, facts: Facts): readonly Owned[] => spread(graph, facts, policiesOf(graph));

/** Objects go with the application of their namespace; those of the platform's namespaces are Pulumi's. */
function spread(graph: Graph, facts: Facts, manifests: readonly Manifest[]): readonly Owned[] {
  const apps = new Map<string, string>([
    ...servicesOf(graph).map(({ name }) => [serviceNamespace(name), name] as const),
    [NAMESPACES.data, "data"],
    [NAMESPACES.ingress, "ingress"],
  ]);
  return manifests.flatMap((each) => {
    const app = apps.get(each.metadata.namespace ?? "");
    return app === undefined ? pulumiOwned([each]) : delivered(facts.delivery.by, app, [each]);
  });
}

const deliveryObjects = (graph: Graph, facts: Facts): readonly Owned[] =>
  facts.delivery.by === "pulumi"
    ? []
    : [
        ...pulumiOwned(argoCdObjects(graph, facts, facts.delivery)),
        ...delivered("argocd", ROOT_APP, applicationObjects(graph, facts.delivery)),
      ];
