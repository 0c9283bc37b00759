/** What Prometheus asks, and where: services, stores in the cluster, the broker, Kong, who issues certificates, who ships logs. */
import { serviceLabels, serviceNamespace } from "../../graph/conventions";
import { type Labels, type Manifest } from "../../graph/manifest";
import { type Graph, servicesOf, storesOf } from "../../graph/model";
import { postgresLabels, valkeyLabels } from "../data/placement";
import { EXPORTER_PORT } from "../data/valkey-exporter";
import { KONG_LABELS, KONG_STATUS_PORT } from "../edge/names";
import { type PodMonitor, type ServiceMonitor } from "../kubernetes/custom";
import { type Facts, usesCertificates } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { BROKER, BROKER_LABELS, brokerHost, METRICS_PORT } from "../messaging/placement";
import { LOG_SHIPPER, LOG_SHIPPER_LABELS } from "./log-actors";
import { LOG_METRICS } from "./log-config";
import { CERTIFICATE_METRICS, POOLER_METRICS, POSTGRES_METRICS } from "./monitoring-actors";

const API = "monitoring.coreos.com/v1";

export const monitorObjects = (graph: Graph, facts: Facts): readonly Manifest[] => [
  ...servicesOf(graph).map(({ name }) => serviceMonitor(graph, name)),
  ...storesOf(graph).flatMap(({ name }) => storeMonitors(facts, name)),
  ...(facts.broker === undefined ? [] : [brokerMonitor]),
  ...(facts.edge.kind === "kong" ? [podMonitor("kong", NAMESPACES.ingress, KONG_LABELS, [KONG_STATUS_PORT])] : []),
  ...(usesCertificates(facts)
    ? [
        podMonitor("cert-manager", NAMESPACES.certificates, { "app.kubernetes.io/name": "cert-manager" }, [
          CERTIFICATE_METRICS,
        ]),
      ]
    : []),
  ...(facts.logs === undefined ? [] : [podMonitor(LOG_SHIPPER, NAMESPACES.logs, LOG_SHIPPER_LABELS, [LOG_METRICS])]),
];

/** Services say how they are on the port that serves requests. */
const serviceMonitor = (graph: Graph, name: string): ServiceMonitor => ({
  apiVersion: API,
  kind: "ServiceMonitor",
  metadata: { name, namespace: serviceNamespace(name), labels: serviceLabels(graph.system.name, name) },
  spec: {
    selector: { matchLabels: serviceLabels(graph.system.name, name) },
    endpoints: [{ port: "http", path: "/metrics", interval: "30s" }],
  },
});

function storeMonitors({ stores }: Facts, name: string): readonly PodMonitor[] {
  const settings = stores[name];
  if (settings?.flavour === "cloudnative-pg")
    return [
      podMonitor(name, NAMESPACES.data, { ...postgresLabels(name), "cnpg.io/podRole": "instance" }, [POSTGRES_METRICS]),
      ...(settings.pooler === undefined
        ? []
        : [
            podMonitor(`${name}-pool`, NAMESPACES.data, { ...postgresLabels(name), "cnpg.io/podRole": "pooler" }, [
              POOLER_METRICS,
            ]),
          ]),
    ];
  if (settings?.flavour === "valkey") return [podMonitor(name, NAMESPACES.data, valkeyLabels(name), [EXPORTER_PORT])];
  return [];
}

const podMonitor = (name: string, namespace: string, labels: Labels, ports: readonly number[]): PodMonitor => ({
  apiVersion: API,
  kind: "PodMonitor",
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: labels },
    podMetricsEndpoints: ports.map((portNumber) => ({ portNumber, path: "/metrics", interval: "30s" })),
  },
});

/** Twice: what a node says of itself, and how many messages lie in each queue, dead ones too. */
const brokerMonitor: PodMonitor = {
  apiVersion: API,
  kind: "PodMonitor",
  metadata: { name: BROKER, namespace: NAMESPACES.data },
  spec: {
    selector: { matchLabels: BROKER_LABELS },
    podMetricsEndpoints: [
      { path: "/metrics" },
      { path: "/metrics/detailed", params: { family: ["queue_coarse_metrics", "queue_consumer_count"] } },
    ].map((endpoint) => ({
      portNumber: METRICS_PORT,
      scheme: "https" as const,
      interval: "30s",
      tlsConfig: { ca: { secret: { name: `${BROKER}-tls`, key: "ca.crt" } }, serverName: brokerHost },
      ...endpoint,
    })),
  },
};
