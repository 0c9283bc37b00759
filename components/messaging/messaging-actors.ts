/** RabbitMQ's two operators: one makes the broker, the other what stands in it. Data for the graph. */
import { type Actor, KUBERNETES_API } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { NAMESPACES } from "../kubernetes/namespaces";
import { BROKER, MANAGEMENT_PORT } from "./placement";

/** The chart's own labels. */
const part = (name: string, component: string): Pick<Actor, "name" | "place"> => ({
  name,
  place: {
    at: "pods",
    namespace: NAMESPACES.messagingOperators,
    labels: { "app.kubernetes.io/component": component },
  },
});

export const messagingActors: readonly Actor[] = [
  {
    ...part("broker-operator", "rabbitmq-operator"),
    reaches: [{ to: KUBERNETES_API }, { to: `broker/${BROKER}`, ports: [tcp(MANAGEMENT_PORT)] }],
  },
  {
    ...part("topic-operator", "messaging-topology-operator"),
    webhooks: [tcp(9443)],
    reaches: [{ to: KUBERNETES_API }, { to: `broker/${BROKER}`, ports: [tcp(MANAGEMENT_PORT)] }],
  },
];
