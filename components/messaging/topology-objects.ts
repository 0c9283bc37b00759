/**
 * What stands in the broker, from the graph's topics, as objects of the topology operator. Nobody but the operator may
 * declare anything: a service's permission to configure matches nothing.
 */
import { brokerLogins, type QueuePlan, type TopicPlan, topicPlans } from "../../graph/derive/topics";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { NAMESPACES } from "../kubernetes/namespaces";
import { userCredential } from "./messaging-secrets";
import { BROKER } from "./placement";

const namespace = NAMESPACES.data;
const cluster = { rabbitmqClusterReference: { name: BROKER, namespace } };

/** Exchange that dead letters go through; each queue's are routed to its own. */
const DEAD_LETTERS = "dead-letters";

type Kind = "Vhost" | "Exchange" | "Queue" | "Binding" | "Policy" | "User" | "Permission";

const object = (kind: Kind, name: string, spec: Readonly<Record<string, unknown>>): Manifest => ({
  apiVersion: "rabbitmq.com/v1beta1",
  kind,
  metadata: { name: `${BROKER}-${name.replaceAll(".", "-")}`, namespace },
  spec: { ...spec, ...cluster },
});

export function topologyObjects(graph: Graph): readonly Manifest[] {
  const vhost = graph.system.name;
  return [
    object("Vhost", vhost, { name: vhost, defaultQueueType: "quorum" }),
    object("Exchange", DEAD_LETTERS, { name: DEAD_LETTERS, vhost, type: "direct", durable: true }),
    ...topicPlans(graph).flatMap((plan) => topicObjects(vhost, plan)),
    ...brokerLogins(graph).flatMap((login) => userObjects(vhost, login)),
  ];
}

const topicObjects = (vhost: string, plan: TopicPlan): readonly Manifest[] => [
  object("Exchange", plan.topic, { name: plan.topic, vhost, type: "fanout", durable: true }),
  ...plan.queues.flatMap((queue) => queueObjects(vhost, plan, queue)),
];

/** A dead letter leaves its queue only once the other has it, so what does not fit is refused rather than dropped. */
const queueObjects = (vhost: string, { topic, attempts }: TopicPlan, queue: QueuePlan): readonly Manifest[] => [
  object("Queue", queue.name, { name: queue.name, vhost, type: "quorum", durable: true }),
  object("Queue", queue.deadLetters, { name: queue.deadLetters, vhost, type: "quorum", durable: true }),
  binding(vhost, queue.name, { source: topic, routingKey: "" }),
  binding(vhost, queue.deadLetters, { source: DEAD_LETTERS, routingKey: queue.name }),
  object("Policy", queue.name, {
    name: queue.name,
    vhost,
    pattern: `^${escaped(queue.name)}$`,
    applyTo: "quorum_queues",
    definition: {
      "dead-letter-exchange": DEAD_LETTERS,
      "dead-letter-routing-key": queue.name,
      "dead-letter-strategy": "at-least-once",
      overflow: "reject-publish",
      "delivery-limit": attempts,
    },
  }),
];

const binding = (
  vhost: string,
  queue: string,
  { source, routingKey }: { readonly source: string; readonly routingKey: string },
): Manifest => object("Binding", queue, { vhost, source, destination: queue, destinationType: "queue", routingKey });

const escaped = (name: string): string => name.replaceAll(".", "\\.");

/** Matches the names exactly, and nothing when there are none. */
const only = (names: readonly string[]): string => (names.length === 0 ? "^$" : `^(${names.map(escaped).join("|")})$`);

const userObjects = (
  vhost: string,
  { service, publishes, consumes }: ReturnType<typeof brokerLogins>[number],
): readonly Manifest[] => [
  object("User", service, { importCredentialsSecret: { name: userCredential(BROKER, service) } }),
  object("Permission", service, {
    vhost,
    userReference: { name: `${BROKER}-${service}` },
    permissions: { configure: "^$", write: only(publishes), read: only(consumes) },
  }),
];
