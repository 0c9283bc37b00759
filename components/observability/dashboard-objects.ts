/**
 * Dashboards drawn from the graph: one of the system, one per service with a panel for each of its edges. Data in the
 * shape that Grafana publishes; the sidecar beside Grafana loads them by label.
 */
import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard" with { "resolution-mode": "import" };
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus" with { "resolution-mode": "import" };
import { serviceNamespace } from "../../graph/conventions";
import { queueName } from "../../graph/derive/topics";
import { type Manifest } from "../../graph/manifest";
import { type Edge, type Graph, servicesOf, storesOf } from "../../graph/model";
import { NAMESPACES } from "../kubernetes/namespaces";

export const dashboardObjects = (graph: Graph): readonly Manifest[] => [
  dashboard(graph.system.name, `${graph.system.name}: the system`, systemPanels(graph)),
  ...servicesOf(graph).map(({ name }) =>
    dashboard(`${graph.system.name}-${name}`, `${graph.system.name}: ${name}`, servicePanels(graph, name)),
  ),
];

/** Plain data: the library's own objects carry a method, which no file can hold. */
type Query = Omit<Dataquery, "_implementsDataqueryVariant">;
type Drawn = Omit<Panel, "targets"> & { readonly targets: readonly Query[] };
type Board = Omit<Dashboard, "panels"> & { readonly panels: readonly Drawn[] };

interface Chart {
  readonly title: string;
  /** Queries by what their lines are called. */
  readonly lines: Readonly<Record<string, string>>;
  readonly unit: "reqps" | "s" | "percentunit" | "short" | "bytes";
}

const dashboard = (uid: string, title: string, charts: readonly Chart[]): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `dashboard-${uid}`, namespace: NAMESPACES.monitoring, labels: { grafana_dashboard: "1" } },
  data: { [`${uid}.json`]: JSON.stringify(dashboardOf(uid, title, charts), null, 2) },
});

const dashboardOf = (uid: string, title: string, charts: readonly Chart[]): Board => ({
  uid,
  title,
  tags: ["keelson"],
  editable: false,
  schemaVersion: 39,
  timezone: "utc",
  refresh: "1m",
  time: { from: "now-6h", to: "now" },
  templating: {},
  annotations: {},
  panels: charts.map(panel),
});

/** Two beside each other, in a grid of 24 columns. */
const panel = ({ title, lines, unit }: Chart, index: number): Drawn => ({
  id: index + 1,
  type: "timeseries",
  title,
  datasource: SOURCE,
  gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
  fieldConfig: { defaults: { unit }, overrides: [] },
  targets: Object.entries(lines).map(([legendFormat, expr], at) => ({
    refId: String.fromCharCode(65 + at),
    datasource: SOURCE,
    expr,
    legendFormat,
  })),
});

const SOURCE = { type: "prometheus", uid: "prometheus" } as const;

const inNamespace = (service: string): string => `namespace="${serviceNamespace(service)}"`;

const requests = (service: string): string =>
  `sum(rate(http_request_duration_seconds_count{${inNamespace(service)}}[5m]))`;

const failing = (service: string): string =>
  `sum(rate(http_request_duration_seconds_count{${inNamespace(service)},status=~"5.."}[5m])) / ${requests(service)}`;

const slowest = (service: string): string =>
  `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${inNamespace(service)}}[5m])))`;

const perService = (graph: Graph, query: (service: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(servicesOf(graph).map(({ name }) => [name, query(name)]));

const systemPanels = (graph: Graph): readonly Chart[] => [
  { title: "Requests", unit: "reqps", lines: perService(graph, requests) },
  { title: "Errors, share", unit: "percentunit", lines: perService(graph, failing) },
  { title: "Answers, slowest 5 percent", unit: "s", lines: perService(graph, slowest) },
  {
    title: "Replicas that answer",
    unit: "short",
    lines: perService(graph, (service) => `sum(up{${inNamespace(service)}})`),
  },
  ...storesOf(graph).map(({ name, store }) => storeChart(name, store.kind)),
];

const servicePanels = (graph: Graph, service: string): readonly Chart[] => [
  { title: "Requests", unit: "reqps", lines: { requests: requests(service) } },
  { title: "Errors, share", unit: "percentunit", lines: { errors: failing(service) } },
  { title: "Answers, slowest 5 percent", unit: "s", lines: { "95 percent": slowest(service) } },
  {
    title: "Memory",
    unit: "bytes",
    lines: {
      used: `max(container_memory_working_set_bytes{${inNamespace(service)},container="${service}"})`,
      limit: `max(kube_pod_container_resource_limits{${inNamespace(service)},resource="memory"})`,
    },
  },
  ...graph.edges.filter(({ from }) => from === `service/${service}`).flatMap((edge) => edgeCharts(service, edge)),
];

/** What the other end of an edge says; an external says nothing to us. */
function edgeCharts(service: string, { capability }: Edge): readonly Chart[] {
  switch (capability?.lends) {
    case "store":
      return [storeChart(capability.store.name, capability.store.kind)];
    case "call":
      return [
        {
          title: `Calls to ${capability.service.name}: errors, share`,
          unit: "percentunit",
          lines: { errors: failing(capability.service.name) },
        },
      ];
    case "topic":
      return [topicChart(service, capability.topic.name, capability.access)];
    default:
      return [];
  }
}

const topicChart = (service: string, topic: string, access: "publish" | "consume"): Chart =>
  access === "publish"
    ? {
        title: `Published to ${topic}`,
        unit: "short",
        lines: { waiting: `sum(rabbitmq_detailed_queue_messages{queue=~"${topic}\\\\..*",queue!~".*\\\\.dead"})` },
      }
    : {
        title: `Waiting in ${queueName(topic, service)}`,
        unit: "short",
        lines: {
          waiting: `sum(rabbitmq_detailed_queue_messages{queue="${queueName(topic, service)}"})`,
          dead: `sum(rabbitmq_detailed_queue_messages{queue="${queueName(topic, service)}.dead"})`,
        },
      };

const storeChart = (name: string, kind: "postgres" | "redis"): Chart =>
  kind === "postgres"
    ? {
        title: `PostgreSQL ${name}`,
        unit: "short",
        lines: {
          connections: `sum(cnpg_backends_total{pod=~"${name}-[0-9]+"})`,
          "replicas that follow": `max(cnpg_pg_replication_streaming_replicas{pod=~"${name}-[0-9]+"})`,
        },
      }
    : {
        title: `Valkey ${name}`,
        unit: "short",
        lines: {
          clients: `sum(redis_connected_clients{pod=~"${name}-[0-9]+"})`,
          "replicas that follow": `max(redis_connected_slaves{pod=~"${name}-[0-9]+"})`,
        },
      };
