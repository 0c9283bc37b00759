/**
 * What each chart is told beyond its defaults: accounts by fixed names, Pod Security `restricted` throughout, disruption
 * budgets where there are two replicas, and none of the charts' own network policies, since ours cover every pod. Pure; the
 * two values that only the cloud or the vault knows come in as arguments.
 */
import { ACCOUNTS } from "../cluster/accounts";
import { type Identity, type IdentityMarks } from "../cluster/cluster";
import { type Labels } from "../../graph/manifest";
import { type ArgoCdFacts, type Facts, type VaultFacts } from "./facts";
import { imageOf } from "./images";
import { type Values } from "./chart";
import { annotated, labelled } from "./marks";
import { mandatoryTags } from "../names";
import { CONTAINER_SECURITY } from "../workload/pod";

const SMALL = { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } } as const;

const POD_SECURITY = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } as const;

const asUser = (user: number) => ({ ...POD_SECURITY, runAsUser: user, runAsGroup: user, fsGroup: user });

const NOBODY = 65_534;

/** Gateway API's own definitions, which no controller's chart brings. */
export const gatewayCrdValues = (): Values => ({
  crds: { gatewayAPI: { enabled: true, channel: "standard" }, envoyGateway: { enabled: false } },
});

export const loadBalancerControllerValues = ({ scope }: Facts, cluster: string, vpcId: unknown): Values => ({
  clusterName: cluster,
  region: scope.region,
  vpcId,
  replicaCount: 2,
  serviceAccount: { create: true, name: ACCOUNTS.loadBalancer.name },
  podSecurityContext: asUser(NOBODY),
  securityContext: CONTAINER_SECURITY,
  resources: SMALL,
  podDisruptionBudget: { maxUnavailable: 1 },
  defaultTargetType: "ip",
  defaultSSLPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  defaultTags: mandatoryTags(scope),
  enableShield: false,
  enableWaf: false,
  enableWafv2: true,
  // Nothing here uses Ingress or LoadBalancer Services: their webhooks would only stand in the way of a start.
  createIngressClassResource: false,
  ingressClassParams: { create: false },
  enableServiceMutatorWebhook: false,
});

/** `sync`: it owns the records it made, by a label in DNS, and removes those no route asks for any more. */
export const externalDnsValues = ({ scope }: Facts, zone: string): Values => ({
  provider: { name: "aws" },
  sources: ["gateway-httproute"],
  domainFilters: [zone],
  policy: "sync",
  registry: "txt",
  txtOwnerId: `${scope.system}-${scope.stage}-${scope.region}`,
  interval: "1m",
  serviceAccount: { create: true, name: ACCOUNTS.dns.name },
  podSecurityContext: asUser(NOBODY),
  securityContext: CONTAINER_SECURITY,
  resources: SMALL,
  extraArgs: ["--aws-zone-type=public"],
});

export const autoscalerValues = ({ scope }: Facts, cluster: string): Values => ({
  cloudProvider: "aws",
  awsRegion: scope.region,
  autoDiscovery: { clusterName: cluster },
  replicaCount: 2,
  rbac: { serviceAccount: { create: true, name: ACCOUNTS.autoscaler.name } },
  securityContext: asUser(NOBODY),
  containerSecurityContext: CONTAINER_SECURITY,
  resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
  podDisruptionBudget: { maxUnavailable: 1 },
  extraArgs: { "balance-similar-node-groups": true, "skip-nodes-with-system-pods": false },
});

export const postgresOperatorValues = (): Values => ({
  replicaCount: 2,
  resources: SMALL,
  podSecurityContext: POD_SECURITY,
});

const surroundings = ({ environment }: VaultFacts): Values =>
  environment === undefined
    ? {}
    : { extraEnvVars: Object.entries(environment).map(([name, value]) => ({ name, value })) };

/** Pods that Velero makes hold its identity, too. */
const workers = ({ pods }: IdentityMarks): Labels => ({ ...WORKER, ...pods });

/** Label of the pods that Velero makes for single volumes and for its repositories: policies select them by it. */
const WORKER: Labels = { "app.kubernetes.io/component": "velero-worker" };
const NODE_AGENT_SETTINGS = "velero-node-agent-settings";

/** Velero's plugin for a cloud, by image. */
const VELERO_PLUGINS = { aws: "veleroPluginForAws", azure: "veleroPluginForAzure" } as const;

/** The server needs no privilege; its node agent reads volumes through the host, as root: the one standing exception. */
export const veleroValues = ({ vault }: Facts, { marks }: Identity): Values => ({
  initContainers: [
    {
      name: vault.provider,
      image: imageOf(VELERO_PLUGINS[vault.provider]),
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [{ mountPath: "/target", name: "plugins" }],
    },
  ],
  podSecurityContext: asUser(65_532),
  containerSecurityContext: CONTAINER_SECURITY,
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  serviceAccount: { server: { create: true, name: ACCOUNTS.velero.name, ...annotated(marks) } },
  ...labelled(marks),
  credentials: { useSecret: false },
  // Locations and schedules are objects of ours, so that either owner can apply them.
  backupsEnabled: false,
  snapshotsEnabled: false,
  schedules: {},
  // Both would run as hooks, which a chart here does not have; definitions come with the chart itself.
  upgradeCRDs: false,
  cleanUpCRDs: false,
  configuration: {
    uploaderType: "kopia",
    defaultVolumesToFsBackup: true,
    repositoryMaintenanceJob: {
      repositoryConfigData: { global: { podLabels: workers(marks), keepLatestMaintenanceJobs: 3 } },
    },
    ...surroundings(vault),
  },
  ...nodeAgent(marks),
});

const nodeAgent = (marks: IdentityMarks): Values => ({
  deployNodeAgent: true,
  nodeAgent: {
    podSecurityContext: { runAsUser: 0 },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
    },
    resources: SMALL,
    ...(Object.keys(marks.pods).length === 0 ? {} : { labels: marks.pods }),
    extraArgs: [`--node-agent-configmap=${NODE_AGENT_SETTINGS}`],
  },
  configMaps: {
    [NODE_AGENT_SETTINGS]: { data: { "node-agent-config.json": JSON.stringify({ podLabels: workers(marks) }) } },
  },
});

/** Version whose release file name and format were seen; the plugin is fetched when the controller starts. */
const PLUGIN_VERSION = "v0.16.0";
const PLUGIN = "https://github.com/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi/releases/download";

export const rolloutsValues = (): Values => ({
  serviceAccount: { create: true, name: ACCOUNTS.rollouts.name },
  podSecurityContext: asUser(999),
  containerSecurityContext: CONTAINER_SECURITY,
  controller: {
    replicas: 2,
    resources: SMALL,
    pdb: { enabled: true, maxUnavailable: 1 },
    trafficRouterPlugins: [
      { name: "argoproj-labs/gatewayAPI", location: `${PLUGIN}/${PLUGIN_VERSION}/gatewayapi-plugin-linux-amd64` },
    ],
  },
  providerRBAC: { enabled: true, providers: ONLY_GATEWAY },
  dashboard: { enabled: false },
});

const ONLY_GATEWAY = {
  gatewayAPI: true,
  istio: false,
  smi: false,
  ambassador: false,
  awsLoadBalancerController: false,
  awsAppMesh: false,
  traefik: false,
  apisix: false,
  contour: false,
  glooPlatform: false,
} as const;

/** The load balancer ends TLS; people sign on with OpenID Connect only, and may look unless they are administrators. */
export const argoCdValues = ({ signOn, repository }: ArgoCdFacts, webhookSecret: unknown): Values => ({
  global: { domain: signOn.host, networkPolicy: { create: false } },
  configs: {
    cm: {
      "admin.enabled": false,
      "exec.enabled": false,
      "oidc.config": JSON.stringify(openIdConnect(signOn)),
      "resource.customizations.health.argoproj.io_Application": APPLICATION_HEALTH,
    },
    params: { "server.insecure": true },
    rbac: { "policy.default": "role:readonly", "policy.csv": `g, ${signOn.admins}, role:admin\n` },
    secret: {
      createSecret: true,
      ...(repository.webhook === "none" ? {} : { [`${repository.webhook}Secret`]: webhookSecret }),
    },
  },
  controller: { replicas: 1, resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } } },
  // The Service has the container's port: the network judges both as they are.
  server: { ...TWICE, service: { servicePortHttp: 8080 } },
  repoServer: TWICE,
  redis: { resources: SMALL },
  // Its password is a Secret of ours: a hook that makes one would not run.
  redisSecretInit: { enabled: false },
  dex: { enabled: false },
  notifications: { enabled: false },
  applicationSet: { replicas: 0 },
});

const TWICE = { replicas: 2, resources: SMALL, pdb: { enabled: true, maxUnavailable: 1 } } as const;

const openIdConnect = ({ issuer, clientId }: ArgoCdFacts["signOn"]) => ({
  name: "Single sign-on",
  issuer,
  clientID: clientId,
  clientSecret: "$argocd-sign-on:clientSecret",
  requestedScopes: ["openid", "profile", "email", "groups"],
});

/** Without it Argo CD counts an application as healthy at once, and waves of applications would not wait. */
const APPLICATION_HEALTH = `hs = {}
hs.status = "Progressing"
hs.message = ""
if obj.status ~= nil and obj.status.health ~= nil then
  hs.status = obj.status.health.status
  hs.message = obj.status.health.message
end
return hs
`;
