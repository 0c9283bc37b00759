/** Where the broker lives in the cluster: RabbitMQ's pods behind the Service that its operator makes. */
import { type BrokerPlacement } from "../../graph/broker";
import { KUBERNETES_API } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { NAMESPACES } from "../kubernetes/namespaces";

const namespace = NAMESPACES.data;

/** Also the prefix of the objects that stand in it, and part of its Secrets' names. */
export const BROKER = "rabbitmq";

/** The operator's own label; its Services select by it. */
export const BROKER_LABELS = { "app.kubernetes.io/name": BROKER } as const;

/** Over TLS: clients, management, metrics. */
export const AMQPS_PORT = 5671;
export const MANAGEMENT_PORT = 15_671;
export const METRICS_PORT = 15_691;

/** Port mapper and links between nodes. */
const MEMBER_PORTS = [tcp(4369), tcp(25_672)];

export const brokerHost = `${BROKER}.${namespace}.svc.cluster.local`;

/** Nodes find each other through the Kubernetes API. */
export const brokerInCluster = (): BrokerPlacement => ({
  name: BROKER,
  flavour: "rabbitmq",
  place: { at: "pods", namespace, labels: BROKER_LABELS },
  host: brokerHost,
  faces: [{ name: BROKER, selector: BROKER_LABELS, ports: [tcp(AMQPS_PORT), tcp(MANAGEMENT_PORT), tcp(METRICS_PORT)] }],
  members: MEMBER_PORTS,
  reaches: [{ to: KUBERNETES_API }],
});
