/** What must hold of topics: a broker to live in, somebody at either end, and messages that are tried more than never. */
import { topicPlans, type TopicPlan, everyTopic } from "./derive/topics";
import { type Graph } from "./model";
import { type Problem } from "./problems";
import { type Topic } from "./topic";

export function messageProblems(graph: Graph): readonly Problem[] {
  const plans = topicPlans(graph);
  return [
    ...brokerProblems(graph, plans),
    ...plans.flatMap((plan) => endProblems(graph, plan)),
    ...everyTopic(graph).flatMap((topic) => recoveryProblem(graph, topic)),
  ];
}

/** Only what a publisher wrote down, where it is not lost itself, can be published again. */
function recoveryProblem({ system }: Graph, { name, args: { recovery } }: Topic): readonly Problem[] {
  if ("givenUp" in recovery) return [];
  const { republishedFrom: store } = recovery;
  const written = system.services
    .filter(({ args }) => (args.messages ?? []).some((lent) => lent.topic.name === name && lent.access === "publish"))
    .flatMap(({ args }) => Object.values(args.uses ?? {}))
    .flatMap((lent) => (lent.lends === "store" && lent.access === "readWrite" ? [lent.store] : []));
  const isKept = written.some((one) => one.name === store.name) && store.args.holds !== "cache";
  if (isKept) return [];
  const want = "a store of state that one of its publishers writes";
  const mend = 'name such a store, or write recovery: { givenUp: "why they may be lost" }';
  return [{ where: `topic ${name}: recovery`, got: `republishedFrom: ${store.name}`, want, mend }];
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
