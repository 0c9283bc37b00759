/**
 * From the edges to topics: what stands in the broker, and who may do what there. A topic is an exchange; each service that
 * consumes has a queue of its own, so that no two services take messages from each other; what a queue gives up on lies
 * in its dead-letter queue. A service's login writes to the exchanges it publishes to, reads its own queues, and may
 * declare nothing.
 */
import { credentialName } from "../conventions";
import { type Graph } from "../model";
import { once } from "../once";
import { type Topic, type TopicCapability } from "../topic";

export interface TopicPlan {
  readonly topic: string;
  readonly carries: string;
  readonly attempts: number;
  /** Services, in the order of their names. */
  readonly publishers: readonly string[];
  readonly queues: readonly QueuePlan[];
}

/** One consumer's queue. */
export interface QueuePlan {
  /** `payment-events.notification`. */
  readonly name: string;
  readonly consumer: string;
  /** `payment-events.notification.dead`. */
  readonly deadLetters: string;
}

/** One service's login at the broker. */
export interface BrokerLogin {
  readonly service: string;
  /** Exchanges it may publish to, and queues it may consume from. */
  readonly publishes: readonly string[];
  readonly consumes: readonly string[];
  /** Secret in the service's namespace. */
  readonly secret: string;
}

/** How often a message is delivered where its topic says nothing. */
export const DEFAULT_ATTEMPTS = 5;

export const queueName = (topic: string, consumer: string): string => `${topic}.${consumer}`;

interface Use {
  readonly service: string;
  readonly topic: Topic;
  readonly access: TopicCapability["access"];
}

const uses = once(({ system }: Graph): readonly Use[] =>
  system.services.flatMap(({ name, args }) =>
    (args.messages ?? []).map(({ topic, access }) => ({ service: name, topic, access })),
  ),
);

/** Every topic that a service names, by name. */
export const everyTopic = once((graph: Graph): readonly Topic[] => {
  const topics = new Map(uses(graph).map(({ topic }) => [topic.name, topic]));
  return [...topics.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
});

export const topicPlans = once((graph: Graph): readonly TopicPlan[] =>
  everyTopic(graph).map((topic) => planOf(graph, topic)),
);

const planOf = (graph: Graph, { name, args }: Topic): TopicPlan => ({
  topic: name,
  carries: args.carries,
  attempts: args.attempts ?? DEFAULT_ATTEMPTS,
  publishers: servicesThat(graph, name, "publish"),
  queues: servicesThat(graph, name, "consume").map((consumer) => ({
    name: queueName(name, consumer),
    consumer,
    deadLetters: `${queueName(name, consumer)}.dead`,
  })),
});

const servicesThat = (graph: Graph, topic: string, access: Use["access"]): readonly string[] => [
  ...new Set(
    uses(graph)
      .filter((use) => use.topic.name === topic && use.access === access)
      .map(({ service }) => service)
      .toSorted(),
  ),
];

/** One login per service that publishes or consumes; none without a broker. */
export const brokerLogins = once((graph: Graph): readonly BrokerLogin[] => {
  const { broker } = graph.landscape;
  if (broker === undefined) return [];
  const services = [...new Set(uses(graph).map(({ service }) => service))].toSorted();
  return services.map((service) => ({
    service,
    publishes: topicsOf(graph, service, "publish"),
    consumes: topicsOf(graph, service, "consume").map((topic) => queueName(topic, service)),
    secret: credentialName(service, broker.name),
  }));
});

const topicsOf = (graph: Graph, service: string, access: Use["access"]): readonly string[] => [
  ...new Set(
    uses(graph)
      .filter((use) => use.service === service && use.access === access)
      .map(({ topic }) => topic.name)
      .toSorted(),
  ),
];
