/** What is measured and who is told: what Prometheus asks, every panel, every alert, every channel, and the logs kept. */
import { type Manifest } from "../../graph/manifest";
import { type Settings } from "../../stacks/schema";
import { at } from "../objects/stacks";
import { type Combination } from "./combinations";
import { listAt, text } from "./reading";
import { partOf } from "./roles";

export const telemetryOf = (combination: Combination): readonly string[] => [
  ...combination.objects.flatMap(({ manifest }) => linesOf(combination, manifest)),
  ...logLines(combination.settings),
];

function linesOf({ graph }: Combination, manifest: Manifest): readonly string[] {
  const { kind } = manifest;
  if (kind === "ServiceMonitor") return asked(partOf(graph, manifest), manifest, "endpoints");
  if (kind === "PodMonitor") return asked(partOf(graph, manifest), manifest, "podMetricsEndpoints");
  if (kind === "PrometheusRule") return alerts(manifest);
  if (kind === "AlertmanagerConfig") return channels(manifest);
  if (kind === "LoadBalancerConfiguration") return accessLog(manifest);
  return manifest.metadata.labels?.["grafana_dashboard"] === undefined ? [] : panels(manifest);
}

/** `service payment, where {…}, is asked at http/metrics each 30s` */
const asked = (part: string, manifest: Manifest, endpoints: string): readonly string[] =>
  listAt(manifest, "spec", endpoints).map((endpoint) => {
    const port = at(endpoint, "port") ?? at(endpoint, "portNumber");
    const pods = JSON.stringify(at(manifest, "spec", "selector", "matchLabels"));
    return `${part}, pods with ${pods}, is asked at ${text(port)}${text(at(endpoint, "path"))} each ${text(at(endpoint, "interval"))}`;
  });

const alerts = (manifest: Manifest): readonly string[] =>
  listAt(manifest, "spec", "groups").flatMap((group) =>
    listAt(group, "rules").map(
      (rule) =>
        `alert ${text(at(rule, "alert"))} of ${text(at(rule, "labels", "subject"))}, ${text(at(rule, "labels", "severity"))} after ${text(at(rule, "for"))}: ${text(at(rule, "expr"))}`,
    ),
  );

const accessLog = (manifest: Manifest): readonly string[] =>
  listAt(manifest, "spec", "loadBalancerAttributes").some((each) => at(each, "key") === "access_logs.s3.enabled")
    ? ["the load balancer logs every request in a bucket"]
    : [];

const CHANNELS = ["slackConfigs", "pagerdutyConfigs", "emailConfigs"] as const;

const channels = (manifest: Manifest): readonly string[] =>
  listAt(manifest, "spec", "receivers").flatMap((receiver) =>
    CHANNELS.flatMap((channel) =>
      listAt(receiver, channel).map(
        (one) => `${text(at(receiver, "name"))} is told by ${channel} ${JSON.stringify(one)}`,
      ),
    ),
  );

const panels = (manifest: Manifest): readonly string[] =>
  Object.values(at(manifest, "data") as Readonly<Record<string, string>>).flatMap((board) => {
    const drawn = JSON.parse(board) as unknown;
    return listAt(drawn, "panels").map((panel) => {
      const asks = listAt(panel, "targets").map((target) => text(at(target, "expr")));
      return `panel ${text(at(panel, "title"))} of ${text(at(drawn, "title"))}: ${asks.join("; ")}`;
    });
  });

/** Logs that the cloud keeps. */
const logLines = (settings: Settings): readonly string[] => [
  ...(settings.cluster.logs === undefined ? [] : [`the control plane's log is kept ${settings.cluster.logs}`]),
  ...("flowLogs" in settings.network ? [`the network's flows are logged and kept ${settings.network.flowLogs}`] : []),
];
