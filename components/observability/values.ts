/**
 * What the Prometheus stack's chart is told: two of whoever measures and whoever tells, in zones of their own, Pod Security
 * `restricted`, no hooks, no right to read Secrets. Nodes are measured through the kubelet: an exporter on the nodes' own
 * network would need privileges.
 */
import { type Values } from "../kubernetes/chart";
import { CONTAINER_SECURITY } from "../workload/pod";
import { quantity, seconds } from "../../graph/units";
import { ALERT_ROUTING } from "./alert-routing";
import { type MonitoringFacts } from "./facts";
import { STATE_METRICS_SERVICE } from "./monitoring-actors";
import { CHANNELS, GRAFANA_ADMIN } from "./monitoring-secrets";

const POD_SECURITY = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } as const;
const SMALL = { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "512Mi" } } as const;

const ZONE = "topology.kubernetes.io/zone";

const asUser = (user: number) => ({ ...POD_SECURITY, runAsUser: user, runAsGroup: user, fsGroup: user });

export const monitoringValues = (monitoring: MonitoringFacts): Values => ({
  fullnameOverride: "monitoring",
  crds: { enabled: true },
  defaultRules: { create: true, rules: { etcd: false, kubeProxy: false, kubeControllerManager: false } },
  kubeEtcd: { enabled: false },
  kubeProxy: { enabled: false },
  kubeControllerManager: { enabled: false },
  kubeScheduler: { enabled: false },
  nodeExporter: { enabled: false },
  prometheusOperator: {
    // Its hooks would not run: the webhook's certificate comes from cert-manager.
    admissionWebhooks: { patch: { enabled: false }, certManager: { enabled: true } },
    resources: SMALL,
    securityContext: asUser(65_534),
    containerSecurityContext: CONTAINER_SECURITY,
  },
  // The chart's budgets let one be down by themselves; a second bound beside theirs would be refused.
  prometheus: { podDisruptionBudget: { enabled: true }, prometheusSpec: prometheusSpec(monitoring) },
  alertmanager: {
    podDisruptionBudget: { enabled: true },
    alertmanagerSpec: {
      replicas: 2,
      podAntiAffinityTopologyKey: ZONE,
      resources: SMALL,
      securityContext: asUser(1_000),
      secrets: [CHANNELS],
      alertmanagerConfiguration: { name: ALERT_ROUTING },
    },
  },
  "kube-state-metrics": {
    fullnameOverride: STATE_METRICS_SERVICE,
    collectors: COUNTED,
    securityContext: asUser(65_534),
    containerSecurityContext: CONTAINER_SECURITY,
    resources: SMALL,
  },
  grafana: grafanaValues,
});

/** What is counted of the cluster: everything that the chart's rules ask for, so neither Secrets nor ConfigMaps. */
const COUNTED = [
  "certificatesigningrequests",
  "cronjobs",
  "daemonsets",
  "deployments",
  "endpointslices",
  "horizontalpodautoscalers",
  "jobs",
  "namespaces",
  "nodes",
  "persistentvolumeclaims",
  "persistentvolumes",
  "poddisruptionbudgets",
  "pods",
  "replicasets",
  "resourcequotas",
  "services",
  "statefulsets",
  "storageclasses",
  "volumeattachments",
];

/** Monitors and rules of every namespace of ours count, whoever installed them. */
const prometheusSpec = ({ retention, disk }: MonitoringFacts) => ({
  replicas: 2,
  podAntiAffinityTopologyKey: ZONE,
  retention: `${Math.ceil(seconds(retention) / 3_600)}h`,
  resources: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "2Gi" } },
  securityContext: asUser(1_000),
  serviceMonitorSelectorNilUsesHelmValues: false,
  podMonitorSelectorNilUsesHelmValues: false,
  ruleSelectorNilUsesHelmValues: false,
  storageSpec: {
    volumeClaimTemplate: {
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: quantity(disk) } } },
    },
  },
});

const grafanaValues = {
  fullnameOverride: "grafana",
  // Its sidecars look at ConfigMaps of their own namespace; cluster-wide they would read every Secret.
  rbac: { namespaced: true },
  admin: { existingSecret: GRAFANA_ADMIN, userKey: "username", passwordKey: "password" },
  testFramework: { enabled: false },
  initChownData: { enabled: false },
  defaultDashboardsEnabled: true,
  securityContext: asUser(472),
  containerSecurityContext: CONTAINER_SECURITY,
  resources: SMALL,
  sidecar: {
    dashboards: { enabled: true, label: "grafana_dashboard" },
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: CONTAINER_SECURITY,
  },
} as const;
