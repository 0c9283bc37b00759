/**
 * What wakes somebody up, from the graph: each service's objective, the health of each store, dead letters of each queue,
 * certificates and volumes that run out. Every alert says what it means and what to look at first.
 */
import { serviceLabels, serviceNamespace } from "../../graph/conventions";
import { topicPlans } from "../../graph/derive/topics";
import { type Manifest } from "../../graph/manifest";
import { type Graph, servicesOf, storesOf } from "../../graph/model";
import { type PrometheusRule } from "../kubernetes/custom";
import { type Facts, type PostgresFacts, type ValkeyFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { BROKER } from "../messaging/placement";
import { LOG_SHIPPER } from "./log-actors";

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
}

/** Share of requests that must be answered without an error of ours, in percent, over 30 days. */
const OBJECTIVE = 99.5;
const BUDGET = (100 - OBJECTIVE) / 100;

export const ruleObjects = (graph: Graph, facts: Facts): readonly Manifest[] => [
  ...servicesOf(graph).map(({ name }) =>
    rule(name, serviceNamespace(name), serviceAlerts(name), serviceLabels(graph.system.name, name)),
  ),
  ...storesOf(graph).flatMap(({ name }) => storeRule(facts, name)),
  ...(facts.broker === undefined ? [] : [rule(BROKER, NAMESPACES.data, brokerAlerts(graph, facts.broker.nodes))]),
  rule("platform", NAMESPACES.monitoring, PLATFORM),
  ...(facts.logs === undefined ? [] : [rule(LOG_SHIPPER, NAMESPACES.logs, LOGS)]),
];

const rule = (name: string, namespace: string, alerts: readonly Alert[], labels = {}): PrometheusRule => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name, namespace, labels },
  spec: {
    groups: [
      {
        name,
        rules: alerts.map(({ severity, summary, ...each }) => ({
          ...each,
          labels: { severity, subject: name },
          annotations: { summary },
        })),
      },
    ],
  },
});

// Services: the budget of errors, burnt so fast that it would be gone in two days, or in five.

function serviceAlerts(name: string): readonly Alert[] {
  const errors = (window: string): string => {
    const all = `http_request_duration_seconds_count{namespace="${serviceNamespace(name)}"`;
    return `sum(rate(${all},status=~"5.."}[${window}])) / sum(rate(${all}}[${window}]))`;
  };
  const burns = (times: number, long: string, short: string): string =>
    `(${errors(long)}) > ${round(times * BUDGET)} and (${errors(short)}) > ${round(times * BUDGET)}`;
  return [
    {
      alert: "ObjectiveBurnsFast",
      expr: burns(14.4, "1h", "5m"),
      for: "2m",
      severity: "critical",
      summary: `${name} fails so often that a month's errors are used up in two days`,
    },
    {
      alert: "ObjectiveBurns",
      expr: burns(6, "6h", "30m"),
      for: "15m",
      severity: "warning",
      summary: `${name} fails so often that a month's errors are used up in five days`,
    },
    {
      alert: "NoReplica",
      expr: `sum(up{namespace="${serviceNamespace(name)}"}) < 1 or absent(up{namespace="${serviceNamespace(name)}"})`,
      for: "2m",
      severity: "critical",
      summary: `no replica of ${name} answers`,
    },
  ];
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000;

// Stores

function storeRule({ stores }: Facts, name: string): readonly Manifest[] {
  const settings = stores[name];
  if (settings?.flavour === "cloudnative-pg") return [rule(name, NAMESPACES.data, postgresAlerts(name, settings))];
  if (settings?.flavour === "valkey") return [rule(name, NAMESPACES.data, valkeyAlerts(name, settings))];
  return [];
}

const postgresAlerts = (name: string, { instances, archive }: PostgresFacts): readonly Alert[] => {
  const of = (metric: string): string => `${metric}{namespace="${NAMESPACES.data}",pod=~"${name}-[0-9]+"}`;
  return [
    {
      alert: "StoreDown",
      expr: `sum(${of("cnpg_collector_up")}) < 1 or absent(${of("cnpg_collector_up")})`,
      for: "1m",
      severity: "critical",
      summary: `no server of ${name} answers`,
    },
    {
      alert: "ReplicaMissing",
      expr: `max(${of("cnpg_pg_replication_streaming_replicas")}) < ${instances - 1}`,
      for: "10m",
      severity: "warning",
      summary: `${name} has fewer replicas that follow than ${instances - 1}`,
    },
    {
      alert: "ReplicaBehind",
      expr: `max(${of("cnpg_pg_replication_lag")}) > 30`,
      for: "5m",
      severity: "warning",
      summary: `a replica of ${name} is more than 30 seconds behind`,
    },
    ...(archive === undefined ? [] : archiveAlerts(name, of)),
  ];
};

const archiveAlerts = (name: string, of: (metric: string) => string): readonly Alert[] => [
  {
    alert: "ArchiveStands",
    expr: `max(${of("cnpg_pg_stat_archiver_seconds_since_last_archival")}) > 600`,
    for: "5m",
    severity: "critical",
    summary: `the log of ${name} has not been archived for ten minutes: what is written now is in one place only`,
  },
  {
    alert: "BackupMissing",
    expr: `time() - max(${of("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp")}) > 129600`,
    for: "1h",
    severity: "warning",
    summary: `the newest base backup of ${name} is older than 36 hours`,
  },
];

const valkeyAlerts = (name: string, { replicas }: ValkeyFacts): readonly Alert[] => {
  const of = (metric: string, more = ""): string =>
    `${metric}{namespace="${NAMESPACES.data}",pod=~"${name}-[0-9]+"${more}}`;
  return [
    {
      alert: "NotOnePrimary",
      expr: `count(${of("redis_instance_info", ',role="master"')}) != 1 or absent(${of("redis_instance_info", ',role="master"')})`,
      for: "1m",
      severity: "critical",
      summary: `${name} has no primary, or two`,
    },
    {
      alert: "ReplicaMissing",
      expr: `max(${of("redis_connected_slaves")}) < ${replicas}`,
      for: "5m",
      severity: "warning",
      summary: `${name} has fewer replicas that follow than ${replicas}`,
    },
  ];
};

// The broker

const brokerAlerts = (graph: Graph, nodes: number): readonly Alert[] => [
  {
    alert: "BrokerNodeMissing",
    expr: `count(rabbitmq_identity_info{namespace="${NAMESPACES.data}"}) < ${nodes} or absent(rabbitmq_identity_info)`,
    for: "5m",
    severity: "critical",
    summary: `the broker has fewer nodes than ${nodes}: one more lost, and queues stand still`,
  },
  {
    alert: "BrokerHoldsPublishers",
    expr: `max(rabbitmq_alarms_memory_used_watermark) > 0 or max(rabbitmq_alarms_free_disk_space_watermark) > 0`,
    for: "1m",
    severity: "critical",
    summary: "the broker has run out of memory or disk and holds publishers back",
  },
  ...topicPlans(graph).flatMap(({ queues, attempts }) =>
    queues.flatMap(({ name, deadLetters, consumer }): readonly Alert[] => [
      {
        alert: "DeadLetters",
        expr: `sum(rabbitmq_detailed_queue_messages{queue="${deadLetters}"}) > 0`,
        for: "1m",
        severity: "warning",
        summary: `${consumer} gave up on messages after ${attempts} attempts: they lie in ${deadLetters}`,
      },
      {
        alert: "QueueUnread",
        expr: `sum(rabbitmq_detailed_queue_consumers{queue="${name}"}) < 1`,
        for: "5m",
        severity: "critical",
        summary: `nobody consumes from ${name}`,
      },
    ]),
  ),
];

const PLATFORM: readonly Alert[] = [
  {
    alert: "CertificateEnds",
    expr: "min by (name, namespace) (certmanager_certificate_expiration_timestamp_seconds - time()) < 1209600",
    for: "1h",
    severity: "critical",
    summary: "a certificate ends within 14 days and was not renewed",
  },
  {
    alert: "VolumeFull",
    expr: "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15",
    for: "15m",
    severity: "warning",
    summary: "a volume has less than 15 percent left",
  },
];

const LOGS: readonly Alert[] = [
  {
    alert: "LogsStand",
    expr: "sum by (pod) (rate(otelcol_exporter_send_failed_log_records[15m])) > 0",
    for: "10m",
    severity: "warning",
    summary: "logs of a node do not get away: they wait in its files until these are rotated",
  },
];
