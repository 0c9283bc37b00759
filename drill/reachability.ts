/**
 * Whether the policies that a cluster holds let every edge of the graph through and nothing else. Evaluated on the objects;
 * no packet moves. What a range in a policy covers beyond its edge is known to the graph as a widening, and is not counted.
 */
import { includes } from "../graph/cidr";
import { addressesOf, widenings } from "../graph/derive/network";
import { type Graph, type Node } from "../graph/model";
import { distinctPorts, type Port, samePort } from "../graph/port";
import { type AnyPolicy, connects, PolicyIndex } from "../graph/reach/evaluate";
import { endpointsOf } from "../graph/why";

export interface Reachability {
  readonly pairs: number;
  /** `service/order -> store/orders 5432`: an edge that does not get through. */
  readonly shut: readonly string[];
  /** A connection that no edge and no widening means. */
  readonly open: readonly string[];
}

export function reachability(graph: Graph, policies: readonly AnyPolicy[]): Reachability {
  const rules = new PolicyIndex(policies, graph.landscape.dialect);
  const nodes = [...graph.nodes.values()];
  const ports = distinctPorts(graph.edges.flatMap((edge) => edge.ports));
  const found = nodes.flatMap((from) =>
    nodes.flatMap((to) => ports.map((port) => ({ from, to, port, passes: passes(rules, from, to, port) }))),
  );
  const meant = intentions(graph);
  const wide = new Set(widenings(graph).flatMap(({ edge }) => [`from ${edge.from}`, `to ${edge.to}`]));
  const isWide = (from: Node, to: Node): boolean =>
    (from.place.at !== "pods" && wide.has(`to ${to.id}`)) || (to.place.at !== "pods" && wide.has(`from ${from.id}`));
  const judged = found.filter(({ passes: one }) => one !== undefined);
  return {
    pairs: judged.length,
    shut: judged.filter((one) => meant(one) && one.passes === false).map(spelt),
    open: judged
      .filter((one) => one.passes === true && !meantForAny(graph, one, meant) && !isWide(one.from, one.to))
      .map(spelt),
  };
}

interface Connection {
  readonly from: Node;
  readonly to: Node;
  readonly port: Port;
}

const spelt = ({ from, to, port }: Connection): string => `${from.id} -> ${to.id} ${port.port}`;

function intentions({ edges }: Graph): (one: Connection) => boolean {
  const byPair = new Map<string, Port[]>();
  for (const { from, to, ports } of edges)
    byPair.set(`${from} ${to}`, [...(byPair.get(`${from} ${to}`) ?? []), ...ports]);
  return ({ from, to, port }) => (byPair.get(`${from.id} ${to.id}`) ?? []).some((one) => samePort(one, port));
}

/**
 * Whether it is meant, for the two ends or for whatever else has their addresses: a policy cannot tell those apart, and
 * where everybody may come in, so may everybody else whom the graph knows.
 */
function meantForAny(graph: Graph, one: Connection, meant: (one: Connection) => boolean): boolean {
  const [from, to] = [sharers(graph, one.from), sharers(graph, one.to)];
  return from.some((a) => to.some((b) => meant({ ...one, from: a, to: b })));
}

function sharers(graph: Graph, node: Node): readonly Node[] {
  if (node.place.at === "pods") return [node];
  const own = addressesOf(node.place);
  const holds = ({ place }: Node): boolean =>
    place.at !== "pods" && own.some(({ first }) => addressesOf(place).some((range) => includes(range, first)));
  return [...graph.nodes.values()].filter(holds);
}

/** Undefined where no policy of ours judges: neither end is a pod. */
function passes(rules: PolicyIndex, from: Node, to: Node, port: Port): boolean | undefined {
  if (from.place.at !== "pods" && to.place.at !== "pods") return undefined;
  const ends = [endpointsOf(from), endpointsOf(to)] as const;
  if (ends.some((one) => one.length === 0)) return undefined;
  return ends[0].some((a) => ends[1].some((b) => connects(rules, a, b, port)));
}
