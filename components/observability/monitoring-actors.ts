/** Prometheus, Alertmanager, Grafana and what helps them: whom they talk to. Data for the graph. */
import { type Actor, DNS, EVERY_SERVICE, KUBERNETES_API, type Landscape, type Reach } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { tcp, udp } from "../../graph/port";
import { EXPORTER_PORT } from "../data/valkey-exporter";
import { KONG_STATUS_PORT } from "../edge/names";
import { type Facts, usesCertificates } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { BROKER, METRICS_PORT } from "../messaging/placement";
import { type Channel } from "./facts";
import { LOG_SHIPPER } from "./log-actors";
import { LOG_METRICS } from "./log-config";

/** Where CloudNativePG's servers and poolers answer. */
export const POSTGRES_METRICS = 9187;
export const POOLER_METRICS = 9127;
export const CERTIFICATE_METRICS = 9402;

const PROMETHEUS = "prometheus";
const ALERTMANAGER = "alertmanager";
const STATE_METRICS = "state-metrics";
const OPERATOR = "metrics-operator";
const GRAFANA = "grafana";

/** Also what the chart is told to call it. */
export const STATE_METRICS_SERVICE = "monitoring-kube-state-metrics";

/** Where what reloads a changed configuration says how it is, beside Prometheus and Alertmanager. */
const RELOADER = tcp(8080);

const labels = (name: string): Labels => ({ "app.kubernetes.io/name": name });

const part = (name: string, label: string = name): Pick<Actor, "name" | "place"> => ({
  name,
  place: { at: "pods", namespace: NAMESPACES.monitoring, labels: labels(label) },
});

const behind = (name: string, label: string, port: number): Pick<Actor, "serves" | "faces"> => ({
  serves: [tcp(port)],
  faces: [{ name, selector: labels(label), ports: [tcp(port)] }],
});

export const monitoringActors = (facts: Facts, internet: Landscape["internet"]): readonly Actor[] => [
  {
    ...part(PROMETHEUS),
    serves: [tcp(9090)],
    faces: [
      {
        name: "monitoring-prometheus",
        selector: { ...labels(PROMETHEUS), "operator.prometheus.io/name": "monitoring-prometheus" },
        ports: [tcp(9090)],
      },
    ],
    reaches: scraped(facts),
  },
  {
    ...part(ALERTMANAGER),
    serves: [tcp(9093)],
    faces: [
      {
        name: "monitoring-alertmanager",
        selector: { ...labels(ALERTMANAGER), alertmanager: "monitoring-alertmanager" },
        ports: [tcp(9093)],
      },
    ],
    // Its members agree on what was sent already.
    reaches: [{ to: ALERTMANAGER, ports: [tcp(9094), udp(9094)] }, { to: "alert-channels" }],
  },
  channelActor(facts.monitoring?.channels ?? [], internet),
  {
    ...part(OPERATOR, "kube-prometheus-stack-prometheus-operator"),
    webhooks: [tcp(10_250)],
    reaches: [{ to: KUBERNETES_API }],
  },
  {
    ...part(STATE_METRICS, "kube-state-metrics"),
    ...behind(STATE_METRICS_SERVICE, "kube-state-metrics", 8080),
    reaches: [{ to: KUBERNETES_API }],
  },
  { ...part(GRAFANA), reaches: [{ to: PROMETHEUS }, { to: ALERTMANAGER }, { to: KUBERNETES_API }] },
];

/** Everything that says how it is, what measures and tells included: whoever is not reached, the chart's own rules report. */
const scraped = (facts: Facts): readonly Reach[] => [
  { to: KUBERNETES_API },
  { to: "kubelets" },
  { to: EVERY_SERVICE },
  { to: PROMETHEUS, ports: [tcp(9090), RELOADER] },
  { to: ALERTMANAGER, ports: [tcp(9093), RELOADER] },
  { to: GRAFANA, ports: [tcp(3000)] },
  { to: OPERATOR, ports: [tcp(10_250)] },
  { to: STATE_METRICS },
  { to: DNS, ports: [tcp(9153)] },
  { to: "stores:cloudnative-pg", ports: [tcp(POSTGRES_METRICS), tcp(POOLER_METRICS)] },
  { to: "stores:valkey", ports: [tcp(EXPORTER_PORT)] },
  ...(facts.broker === undefined ? [] : [{ to: `broker/${BROKER}`, ports: [tcp(METRICS_PORT)] }]),
  ...(facts.edge.kind === "kong" ? [{ to: "edge/kong", ports: [tcp(KONG_STATUS_PORT)] }] : []),
  ...(usesCertificates(facts) ? [{ to: "certificates", ports: [tcp(CERTIFICATE_METRICS)] }] : []),
  ...(facts.logs === undefined ? [] : [{ to: LOG_SHIPPER, ports: [tcp(LOG_METRICS)] }]),
];

const channelActor = (channels: readonly Channel[], internet: Landscape["internet"]): Actor => ({
  name: "alert-channels",
  place: internet,
  names: [...new Set(channels.map(channelHost))],
  serves: [tcp(443), ...channels.flatMap((each) => (each.by === "email" ? [tcp(mailPort(each.server))] : []))],
  widerThan: channels.map(({ by, name }) => `${by} ${name}`).join(", "),
});

/** Where each kind of channel is told. @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://developer.pagerduty.com/docs/send-alert-event */
const CHANNEL_HOSTS = { slack: "hooks.slack.com", pagerduty: "events.pagerduty.com" } as const;

const channelHost = (channel: Channel): string =>
  channel.by === "email" ? (channel.server.split(":")[0] ?? "") : CHANNEL_HOSTS[channel.by];

const mailPort = (server: string): number => Number(server.split(":")[1]);
