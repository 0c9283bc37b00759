/** What must hold of topics: a broker to live in, somebody at either end, and messages that are tried more than never. */
import { topicPlans, type TopicPlan } from "./derive/topics";
import { type Graph } from "./model";
import { type Problem } from "./problems";

export function messageProblems(graph: Graph): readonly Problem[] {
  const plans = topicPlans(graph);
  return [...brokerProblems(graph, plans), ...plans.flatMap((plan) => endProblems(graph, plan))];
}

function brokerProblems({ landscape }: Graph, plans: readonly TopicPlan[]): readonly Problem[] {
  const where = `Pulumi.${landscape.stack}.yaml: keelson:broker`;
  if (plans.length === 0 && landscape.broker !== undefined)
    return [{ where, got: "a broker no service uses", want: "no broker: there are no topics", mend: "remove it" }];
  if (plans.length === 0 || landscape.broker !== undefined) return [];
  return [
    {
      where,
      got: "nothing",
      want: `where the topics ${plans.map(({ topic }) => topic).join(", ")} live in this stack`,
      mend: "write keelson:broker: { flavour: rabbitmq, nodes: 3, disk: 10 GiB }",
    },
  ];
}

/** A queue nobody empties grows until the broker stops everybody; a consumer nobody feeds waits for ever. */
function endProblems(graph: Graph, { topic, publishers, queues, attempts }: TopicPlan): readonly Problem[] {
  const where = `topic ${topic}`;
  const tries: readonly Problem[] =
    Number.isInteger(attempts) && attempts > 0
      ? []
      : [{ where: `${where}: attempts`, got: String(attempts), want: "a whole number from 1", mend: "write 5" }];
  if (isReserved(graph, topic)) return tries;
  const silent = { where, got: "consumers, but no service that publishes to it", want: "at least one of each" };
  const unread = { where, got: "publishers, but no service that consumes from it", want: "at least one of each" };
  return [
    ...tries,
    ...(publishers.length > 0
      ? []
      : [{ ...silent, mend: `add ${topic}.publish() to a service's messages, or ${RESERVE}` }]),
    ...(queues.length > 0
      ? []
      : [{ ...unread, mend: `add ${topic}.consume() to a service's messages, or ${RESERVE}` }]),
  ];
}

const RESERVE = "declare it reserved: true";

const isReserved = ({ system }: Graph, topic: string): boolean =>
  system.services.some(({ args }) =>
    (args.messages ?? []).some((lent) => lent.topic.name === topic && lent.topic.args.reserved === true),
  );
