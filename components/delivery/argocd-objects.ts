/**
 * Argo CD's own objects: projects with their rights, a root application, one application per folder that `keelson render`
 * wrote, and the dashboard's route. Nothing here holds a credential. Fields with another writer (replicas under an
 * autoscaler, weights and selectors under Argo Rollouts) are left alone.
 */
import { type Application, type AppProject, type HttpRoute } from "../kubernetes/custom";
import { serviceNamespace } from "../../graph/conventions";
import { startOrder } from "../../graph/derive/start-order";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { parent } from "../edge/gateway-objects";
import { targetGroupName } from "../edge/names";
import { targetGroupConfiguration } from "../edge/route-objects";
import { type ArgoCdFacts, type Facts, isPassive } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { DASHBOARD_PORT } from "./delivery-actors";

const namespace = NAMESPACES.delivery;
const API = "argoproj.io/v1alpha1";

/** Folder of the child applications' own manifests. */
export const ROOT_APP = "root";

/** Wave annotation that Argo CD orders a sync by. */
export const WAVE = "argocd.argoproj.io/sync-wave";

interface App {
  readonly name: string;
  readonly project: "services" | "platform";
  /** Namespaces it may write to. The first is where its objects go by default. */
  readonly namespaces: readonly [string, ...string[]];
  readonly wave: number;
}

/** Applications in the order they are synced: what services need first, then services after those they call. */
export const applications = (graph: Graph): readonly App[] => [
  { name: "data", project: "platform", namespaces: [NAMESPACES.data], wave: 0 },
  { name: "ingress", project: "platform", namespaces: [NAMESPACES.ingress], wave: 0 },
  { name: "velero", project: "platform", namespaces: [NAMESPACES.backup], wave: 0 },
  ...startOrder(graph).flatMap((services, index) =>
    services.map((name): App => ({
      name,
      project: "services",
      namespaces: [serviceNamespace(name)],
      wave: index + 1,
    })),
  ),
];

/** What Pulumi applies so that Argo CD can take over: projects, the root application and the dashboard's route. */
export const argoCdObjects = (graph: Graph, facts: Facts, argo: ArgoCdFacts): readonly Manifest[] => [
  project(graph, argo, "services"),
  project(graph, argo, "platform"),
  rootProject(argo),
  rootApplication(facts, argo),
  ...(facts.edge.kind === "alb" ? [dashboardTargets(facts)] : []),
  dashboardRoute(argo),
];

/** On Kong a route needs no more than its Service. */
const dashboardTargets = (facts: Facts): Manifest =>
  targetGroupConfiguration(facts, {
    service: "argocd-server",
    namespace,
    targetGroupName: targetGroupName(facts.scope, "argocd", "all"),
    health: "/healthz",
  });

/** The child applications, which the root applies from Git. */
export const applicationObjects = (graph: Graph, argo: ArgoCdFacts): readonly Manifest[] =>
  applications(graph).map((app) => application(app, argo));

const SERVER = "https://kubernetes.default.svc";

/** Without a finalizer: when the stack goes back to Pulumi, the application goes and what it applied stays. */
const application = ({ name, project, namespaces, wave }: App, { repository }: ArgoCdFacts): Application => ({
  apiVersion: API,
  kind: "Application",
  metadata: { name, namespace, annotations: { [WAVE]: String(wave) } },
  spec: {
    project,
    source: { repoURL: repository.url, targetRevision: repository.revision, path: `${repository.path}/${name}` },
    destination: { server: SERVER, namespace: namespaces[0] },
    ignoreDifferences: OTHER_WRITERS,
    syncPolicy: SYNC_POLICY,
  },
});

/** Namespaces are Pulumi's: an application that misses one has come too early and tries again. */
const SYNC_POLICY = {
  automated: { prune: true, selfHeal: true },
  retry: { limit: 10, backoff: { duration: "10s", factor: 2, maxDuration: "5m" } },
  syncOptions: [
    "CreateNamespace=false",
    "ServerSideApply=true",
    "ApplyOutOfSyncOnly=true",
    "PruneLast=true",
    "RespectIgnoreDifferences=true",
  ],
};

const ON_REQUEST = { retry: SYNC_POLICY.retry, syncOptions: SYNC_POLICY.syncOptions };

const OTHER_WRITERS = [
  { group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"] },
  { group: "argoproj.io", kind: "Rollout", jsonPointers: ["/spec/replicas"] },
  { group: "gateway.networking.k8s.io", kind: "HTTPRoute", jqPathExpressions: [".spec.rules[].backendRefs[].weight"] },
  { group: "", kind: "Service", jqPathExpressions: ['.spec.selector."rollouts-pod-template-hash"'] },
];

/** It stays passive while a lost region is being restored: somebody must ask for the sync. */
const rootApplication = (facts: Facts, { repository }: ArgoCdFacts): Application => ({
  apiVersion: API,
  kind: "Application",
  metadata: { name: ROOT_APP, namespace },
  spec: {
    project: ROOT_APP,
    source: { repoURL: repository.url, targetRevision: repository.revision, path: `${repository.path}/${ROOT_APP}` },
    destination: { server: SERVER, namespace },
    syncPolicy: isPassive(facts) ? ON_REQUEST : SYNC_POLICY,
  },
});

/** The root may write applications and nothing else. */
const rootProject = ({ repository, signOn }: ArgoCdFacts): AppProject => ({
  apiVersion: API,
  kind: "AppProject",
  metadata: { name: ROOT_APP, namespace },
  spec: {
    description: "Names the applications; changes nothing else",
    sourceRepos: [repository.url],
    destinations: [{ server: SERVER, namespace }],
    clusterResourceWhitelist: [],
    namespaceResourceWhitelist: [{ group: "argoproj.io", kind: "Application" }],
    roles: roles(ROOT_APP, signOn.admins),
  },
});

function project(graph: Graph, { repository, signOn }: ArgoCdFacts, name: App["project"]): AppProject {
  const namespaces = applications(graph).flatMap((app) => (app.project === name ? app.namespaces : []));
  return {
    apiVersion: API,
    kind: "AppProject",
    metadata: { name, namespace },
    spec: {
      description: name === "services" ? "The system's services" : "What the services stand on",
      sourceRepos: [repository.url],
      destinations: namespaces.toSorted().map((each) => ({ server: SERVER, namespace: each })),
      clusterResourceWhitelist: name === "services" ? [] : PLATFORM_KINDS,
      namespaceResourceBlacklist: [
        { group: "", kind: "Secret" },
        { group: "", kind: "ResourceQuota" },
      ],
      roles: roles(name, signOn.admins),
    },
  };
}

const PLATFORM_KINDS = [
  { group: "cert-manager.io", kind: "ClusterIssuer" },
  { group: "configuration.konghq.com", kind: "KongClusterPlugin" },
  { group: "gateway.networking.k8s.io", kind: "GatewayClass" },
  { group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
  { group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding" },
];

/** Administrators sync and roll back; whoever signs on may look. */
const roles = (project: string, admins: string) => [
  {
    name: "admin",
    description: "Sync, roll back, read logs",
    groups: [admins],
    policies: ["get", "sync", "override", "action/*"].map((verb) => allow(project, "admin", "applications", verb)),
  },
  {
    name: "viewer",
    description: "Look at health, history and drift",
    policies: [allow(project, "viewer", "applications", "get")],
  },
];

const allow = (project: string, role: string, resource: string, verb: string): string =>
  `p, proj:${project}:${role}, ${resource}, ${verb}, ${project}/*, allow`;

/** The chart's Service has the container's port: see `argoCdValues`. */
const dashboardRoute = ({ signOn }: ArgoCdFacts): HttpRoute => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "argocd", namespace },
  spec: {
    parentRefs: [parent("https-delivery")],
    hostnames: [signOn.host],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        backendRefs: [{ kind: "Service", name: "argocd-server", port: DASHBOARD_PORT, weight: 1 }],
      },
    ],
  },
});
