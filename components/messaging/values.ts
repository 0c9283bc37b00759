/** What the chart of RabbitMQ's operators is told: all namespaces, webhooks with cert-manager's certificates, no policies of its own. */
import { type Values } from "../kubernetes/chart";

const RESOURCES = { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "512Mi" } } as const;

/** The chart's own defaults meet Pod Security `restricted`; policies are ours. */
const part = { watchAllNamespaces: true, resources: RESOURCES, networkPolicy: { enabled: false } } as const;

export const messagingOperatorValues = (): Values => ({
  useCertManager: true,
  clusterOperator: part,
  msgTopologyOperator: part,
});
