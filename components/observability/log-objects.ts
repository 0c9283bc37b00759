/**
 * What ships logs, as objects: one OpenTelemetry Collector for each node. It reads files of its node and nothing else of it:
 * not as root, but in the group the files belong to; without a token, since a file's path says whose it is. The host path is
 * all that Pod Security `restricted` would refuse.
 */
import { createHash } from "node:crypto";
import { type Manifest } from "../../graph/manifest";
import { type PlannedSecret } from "../data/planned-secret";
import { ACCOUNTS } from "../cluster/accounts";
import { type Facts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { CONTAINER_SECURITY, fromSecret, serviceAccount } from "../workload/pod";
import { type LogFacts } from "./facts";
import { LOG_SHIPPER_LABELS } from "./log-actors";
import {
  AUTHORIZATION,
  collectorConfig,
  HEALTH_PORT,
  LOG_METRICS,
  LOG_OFFSETS,
  NODE_NAME,
  POD_ADDRESS,
  POD_LOGS,
} from "./log-config";

const { namespace, name } = ACCOUNTS.logs;

/** Secret with what the endpoint is signed in to with. */
const LOG_CREDENTIAL = `${name}-credential`;

/** Everything that ships logs; nothing where they stay on their nodes. */
export function logObjects(facts: Facts): readonly Manifest[] {
  const { logs } = facts;
  if (logs === undefined) return [];
  const text = collectorConfig(facts, logs);
  const config = `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  return [
    serviceAccount(name, namespace, LOG_SHIPPER_LABELS),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: config, namespace, labels: LOG_SHIPPER_LABELS },
      immutable: true,
      data: { "config.yaml": text },
    },
    daemonSet(logs, config),
  ];
}

export const logSecrets = ({ logs }: Facts): readonly PlannedSecret[] =>
  logs?.to !== "otlp"
    ? []
    : [
        {
          name: LOG_CREDENTIAL,
          namespace,
          type: "Opaque",
          values: { authorization: { is: "configured", key: "logs" } },
        },
      ];

/** One node after the other: while one is exchanged, its lines wait in their files. */
const daemonSet = (logs: LogFacts, config: string): Manifest => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name, namespace, labels: LOG_SHIPPER_LABELS },
  spec: {
    selector: { matchLabels: LOG_SHIPPER_LABELS },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: { metadata: { labels: LOG_SHIPPER_LABELS }, spec: pod(logs, config) },
  },
});

/** User of the image. */
const COLLECTOR_USER = 10_001;
/** The runtime writes log files that only root and its group can read. */
const ROOT_GROUP = 0;

const pod = (logs: LogFacts, config: string) => ({
  automountServiceAccountToken: false,
  containers: [container(logs)],
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: COLLECTOR_USER,
    runAsGroup: ROOT_GROUP,
    fsGroup: COLLECTOR_USER,
    seccompProfile: { type: "RuntimeDefault" },
  },
  serviceAccountName: name,
  // Every node has logs, whatever else it is kept for.
  tolerations: [{ operator: "Exists" }],
  volumes: [
    { name: "logs", hostPath: { path: POD_LOGS, type: "Directory" } },
    { name: "config", configMap: { name: config } },
    { name: "offsets", emptyDir: { sizeLimit: "64Mi" } },
  ],
});

const container = (logs: LogFacts) => ({
  name: "collector",
  image: imageOf("logCollector"),
  args: ["--config=/config/config.yaml"],
  env: [
    { name: NODE_NAME, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
    { name: POD_ADDRESS, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ...(logs.to === "otlp" ? [fromSecret(AUTHORIZATION, LOG_CREDENTIAL, "authorization")] : []),
  ],
  ports: [{ name: "metrics", containerPort: LOG_METRICS, protocol: "TCP" }],
  readinessProbe: { httpGet: { path: "/", port: HEALTH_PORT, scheme: "HTTP" }, periodSeconds: 10 },
  livenessProbe: { httpGet: { path: "/", port: HEALTH_PORT, scheme: "HTTP" }, periodSeconds: 30 },
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [
    { name: "logs", mountPath: POD_LOGS, readOnly: true },
    { name: "config", mountPath: "/config", readOnly: true },
    { name: "offsets", mountPath: LOG_OFFSETS },
  ],
});
