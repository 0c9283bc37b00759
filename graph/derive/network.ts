/**
 * From edges to NetworkPolicies: one per group of pods, both directions, and a default that denies in every namespace of
 * ours. A pod without an edge gets a policy without a rule. Where an address range is wider than the edge it stands
 * for, the widening is listed by name.
 */
import { type Interval, interval, overlaps, without } from "../cidr";
import { type Cidr, type Dialect, type Landscape, type Place } from "../landscape";
import { type Labels } from "../manifest";
import { type Edge, type Graph, type Node, nodeOf } from "../model";
import { namesMeet } from "../host-name";
import { groupedBy, once } from "../once";
import { distinctPorts, type Port, samePort } from "../port";
import { type End, type Means, meansFor } from "./expressible";
import { type NetworkPolicy, type Peer } from "./network-policy";

/** Every NetworkPolicy of the graph, by namespace and name. */
export const networkPolicies = once((graph: Graph): readonly NetworkPolicy[] => {
  const pods = [...graph.nodes.values()].filter(({ place }) => place.at === "pods");
  const owned = pods.filter(({ sharedNamespace }) => !sharedNamespace);
  const namespaces = [...new Set(owned.flatMap(({ place }) => (place.at === "pods" ? [place.namespace] : [])))];
  const sides = { from: byEnd(graph.edges, "from"), to: byEnd(graph.edges, "to") };
  return [...namespaces.toSorted().map(defaultDeny), ...pods.flatMap((node) => podPolicy(graph, node, sides))];
});

const byEnd = (edges: readonly Edge[], end: End): ReadonlyMap<string, readonly Edge[]> =>
  groupedBy(edges, (edge) => edge[end]);

/** `service-order`: the policy of a node's pods. */
export const policyName = ({ kind, name }: Node): string => `${kind}-${name}`;

const defaultDeny = (namespace: string): NetworkPolicy => ({
  ...HEAD,
  metadata: { name: "default-deny", namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});

const HEAD = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" } as const;

type Sides = Readonly<Record<End, ReadonlyMap<string, readonly Edge[]>>>;

function podPolicy(graph: Graph, node: Node, sides: Sides): readonly NetworkPolicy[] {
  if (node.place.at !== "pods") return [];
  const ingress = rulesOf(graph, sides.to.get(node.id) ?? [], "from");
  const egress = rulesOf(graph, sides.from.get(node.id) ?? [], "to");
  const spec = {
    podSelector: { matchLabels: node.place.labels },
    policyTypes: ["Ingress", "Egress"] as const,
    ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })),
    egress: egress.map(({ peers, ports }) => ({ to: peers, ports })),
  };
  return [{ ...HEAD, metadata: { name: policyName(node), namespace: node.place.namespace }, spec }];
}

interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

/** One rule per node on the other side, with the ports of all edges to or from it. A rule without a peer would allow all. */
function rulesOf(graph: Graph, edges: readonly Edge[], end: End): readonly Rule[] {
  const others = [...byEnd(edges, end)].map(([id, between]) => ({
    peers: plainPeers(graph, nodeOf(graph, id), end),
    ports: distinctPorts(between.flatMap(({ ports }) => ports)),
  }));
  return others.filter(({ peers }) => peers.length > 0);
}

/** What this kind of policy cannot say, the network's own kind does. */
const plainPeers = ({ landscape: { dialect } }: Graph, node: Node, end: End): readonly Peer[] =>
  meansFor(node, end, dialect) === "plain" ? peersOf(node, end) : [];

/**
 * Towards a Service, a peer with exactly the Service's selector stands beside the one with the pods' labels: the VPC CNI
 * opens a Service's address only to rules whose pod selector fits the Service's own.
 */
function peersOf({ place, faces }: Node, end: End): readonly Peer[] {
  if (place.at !== "pods") return blocks(place);
  const selectors = end === "from" ? [place.labels] : [place.labels, ...faces.map(({ selector }) => selector)];
  return distinctLabels(selectors).map((labels) => podPeer(place.namespace, labels));
}

const distinctLabels = (all: readonly Labels[]): readonly Labels[] => [
  ...new Map(all.map((labels) => [JSON.stringify(Object.entries(labels).toSorted()), labels])).values(),
];

const podPeer = (namespace: string, labels: Labels): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: labels },
});

type Addresses = Exclude<Place, { at: "pods" }>;

/** The API server takes only exceptions that lie inside their range: one that covers it all leaves no block. */
const blocks = (place: Addresses): readonly Peer[] =>
  place.ranges.flatMap((cidr) => {
    const except = exceptionsOf(place).filter((each) => overlaps(interval(cidr), interval(each)));
    if (without([interval(cidr)], except.map(interval)).length === 0) return [];
    return [{ ipBlock: except.length === 0 ? { cidr } : { cidr, except } }];
  });

const exceptionsOf = (place: Addresses): readonly Cidr[] => (place.at === "nodes" ? [] : (place.except ?? []));

/** The addresses a place stands for; pods have none of their own here. */
export const addressesOf = once((place: Place): readonly Interval[] =>
  place.at === "pods" ? [] : without(place.ranges.map(interval), exceptionsOf(place).map(interval)),
);

// Widenings

/** A range in a policy that lets more through than its edge means. */
export interface Widening {
  readonly edge: Edge;
  readonly ranges: readonly Cidr[];
  readonly except: readonly Cidr[];
  /** Host names of the rule, where it goes by name and not by range. */
  readonly names?: readonly string[];
  readonly ports: readonly Port[];
  /** What the edge means. */
  readonly means: string;
  /** What the range covers besides. */
  readonly covers: string;
}

/** Every range that is wider than its edge: nothing a policy allows beyond the graph is left unnamed. */
export const widenings = (graph: Graph): readonly Widening[] =>
  graph.edges.flatMap((edge) => [...widthAt(graph, edge, "from"), ...widthAt(graph, edge, "to")]);

const OPPOSITE = { from: "to", to: "from" } as const;

/** Only where a policy carries the range: the other end must be pods. */
function widthAt(graph: Graph, edge: Edge, end: End): readonly Widening[] {
  const node = nodeOf(graph, edge[end]);
  const { place } = node;
  if (place.at === "pods" || nodeOf(graph, edge[OPPOSITE[end]]).place.at !== "pods") return [];
  const by = meansFor(node, end, graph.landscape.dialect);
  const covers = [...ownWidth(node, by), ...podsInside(graph, place), ...sharedWith(graph, edge, end)];
  const means = node.widerThan ?? node.id;
  const names = by === "name" ? { names: node.names ?? [] } : {};
  const listed = { edge, ranges: place.ranges, except: exceptionsOf(place), ...names, ports: edge.ports, means };
  const own = covers.map((more) => ({ ...listed, covers: more }));
  return [
    ...own,
    ...anyNode(graph, node, end).map((ranges) => ({ ...listed, ranges, except: [], covers: EVERY_NODE })),
  ];
}

const ownWidth = ({ place, widerThan }: Node, by: Means): readonly string[] => [
  ...(widerThan === undefined || by !== "plain" ? [] : ["every address in the ranges"]),
  ...(place.at === "nodes" && by === "plain" ? ["everything on the nodes' own network"] : []),
];

const EVERY_NODE = "every node, with everything on the nodes' own network";

/** An identity means all nodes alike: whoever is on their network, and whoever the API server calls through them. */
function anyNode(graph: Graph, node: Node, end: End): readonly (readonly Cidr[])[] {
  const wide = node.place.at === "nodes" || end === "from";
  if (!wide || meansFor(node, end, graph.landscape.dialect) !== "identity") return [];
  const ranges = nodeRanges(graph);
  return ranges.length === 0 ? [] : [ranges];
}

const nodeRanges = once((graph: Graph): readonly Cidr[] => [
  ...new Set([...graph.nodes.values()].flatMap(({ place }) => (place.at === "nodes" ? place.ranges : []))),
]);

/** Where a network's ranges match pods, a range over the pods' addresses lets all of them through. */
const podsInside = ({ landscape }: Graph, place: Addresses): readonly string[] =>
  landscape.dialect.rangesMatchPods && meet(addressesOf(place), podRanges(landscape))
    ? ["pods with an address in the ranges"]
    : [];

const podRanges = ({ pods, actors }: Landscape): readonly Interval[] =>
  (pods ?? actors.flatMap(({ place }) => (place.at === "nodes" ? place.ranges : []))).map(interval);

const meet = (some: readonly Interval[], others: readonly Interval[]): boolean =>
  some.some((a) => others.some((b) => overlaps(a, b)));

/** Nodes behind the same addresses cannot be told apart by a policy: those that the graph does not let through, too. */
function sharedWith(graph: Graph, edge: Edge, end: End): readonly string[] {
  return (behindSame(graph).get(edge[end]) ?? []).filter((id) => !permitted(graph, edge, end, id));
}

/** Other nodes that a node's addresses also stand for, by the node's id. Few nodes have addresses of their own. */
const behindSame = once((graph: Graph): ReadonlyMap<string, readonly string[]> => {
  const placed = [...graph.nodes.values()].filter(({ place }) => place.at !== "pods");
  const { dialect } = graph.landscape;
  const exact = placed.filter((node) => node.widerThan === undefined || meansFor(node, "to", dialect) === "name");
  return new Map(
    placed.map((node) => [
      node.id,
      exact.filter((other) => other.id !== node.id && isBehind(node, other, dialect)).map(({ id }) => id),
    ]),
  );
});

/** What a rule by address, by identity or by name also means: whatever is told apart by none of them. */
function isBehind(node: Node, other: Node, dialect: Dialect): boolean {
  const [by, theirs] = [node, other].map((each) => meansFor(each, "to", dialect));
  if (by !== theirs) return false;
  if (by === "name") return (node.names ?? []).some((one) => (other.names ?? []).some((name) => namesMeet(one, name)));
  if (by === "identity" && node.place.at !== other.place.at) return false;
  return meet(addressesOf(node.place), addressesOf(other.place));
}

const pair = (from: string, to: string): string => `${from} ${to}`;

const byPair = once((graph: Graph) => groupedBy(graph.edges, ({ from, to }) => pair(from, to)));

/** Whether the graph itself allows the same from or to the other node. */
function permitted(graph: Graph, edge: Edge, end: End, other: string): boolean {
  const same = byPair(graph).get(end === "from" ? pair(other, edge.to) : pair(edge.from, other)) ?? [];
  return edge.ports.every((port) => same.some(({ ports }) => ports.some((open) => samePort(open, port))));
}
