/**
 * What the OpenTelemetry Collector on each node is told: read every pod's log, say whose it is, send it on. Settings of the
 * collector itself, written as YAML.
 *
 * @see https://opentelemetry.io/docs/collector/configuration/
 */
import { stringify } from "yaml";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Facts } from "../kubernetes/facts";
import { type Scope } from "../names";
import { type LogFacts } from "./facts";

/** Where the kubelet keeps logs: `<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
export const POD_LOGS = "/var/log/pods";

/** Where the collector remembers how far it has read. */
export const LOG_OFFSETS = "/offsets";

export const HEALTH_PORT = 13_133;
/** Where it says how it is. */
export const LOG_METRICS = 8888;

/** Variables of its pod. */
export const NODE_NAME = "NODE_NAME";
export const POD_ADDRESS = "POD_ADDRESS";
export const AUTHORIZATION = "AUTHORIZATION";

const variable = (name: string): string => `\${env:${name}}`;

export const collectorConfig = ({ scope }: Pick<Facts, "scope">, logs: LogFacts): string =>
  stringify({
    extensions: {
      health_check: { endpoint: `${variable(POD_ADDRESS)}:${HEALTH_PORT}` },
      file_storage: { directory: LOG_OFFSETS },
    },
    receivers: { file_log: RECEIVER },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 75, spike_limit_percentage: 20 },
      resource: { attributes: attributes(scope) },
    },
    exporters: exporters(scope, logs),
    service: {
      extensions: ["health_check", "file_storage"],
      pipelines: {
        logs: {
          receivers: ["file_log"],
          processors: ["memory_limiter", "resource"],
          exporters: Object.keys(exporters(scope, logs)),
        },
      },
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: METRICS } } }] } },
    },
  });

const METRICS = { host: variable(POD_ADDRESS), port: LOG_METRICS };

/**
 * The path says whose line it is, so the Kubernetes API is not asked. Its own lines are left out, or each would make another.
 * What cannot be sent is not read on: lines wait in their files, on the node, until these are rotated away.
 */
const RECEIVER = {
  include: [`${POD_LOGS}/*/*/*.log`],
  exclude: [`${POD_LOGS}/${NAMESPACES.logs}_*/*/*.log`],
  start_at: "beginning",
  include_file_name: false,
  include_file_path: true,
  storage: "file_storage",
  retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
  operators: [{ type: "container" }],
};

const attributes = ({ system, stage, region }: Scope) => [
  { key: "service.name", from_attribute: "k8s.container.name", action: "insert" },
  { key: "service.namespace", value: system, action: "upsert" },
  { key: "deployment.environment.name", value: stage, action: "upsert" },
  { key: "cloud.region", value: region, action: "upsert" },
  { key: "k8s.node.name", value: variable(NODE_NAME), action: "upsert" },
];

/** A batch counts as read once the other side has it. */
const QUEUE = {
  block_on_overflow: true,
  wait_for_result: true,
  sizer: "items",
  queue_size: 10_000,
  batch: { flush_timeout: "2s", min_size: 1_000, max_size: 5_000 },
};

const exporters = ({ region }: Scope, logs: LogFacts) =>
  logs.to === "otlp"
    ? {
        otlp_http: {
          endpoint: logs.endpoint,
          headers: { Authorization: variable(AUTHORIZATION) },
          compression: "gzip",
          tls: { min_version: "1.2" },
          sending_queue: QUEUE,
        },
      }
    : { awscloudwatchlogs: { region, log_group_name: logs.group, log_stream_name: variable(NODE_NAME) } };
