/**
 * The reachability proof: what emitted objects allow, evaluated from the objects alone, against what the graph says. Every
 * fault it finds is a sentence; no fault is the proof.
 *
 * Why points suffice. Everything that either side of the comparison asks of an address is whether it lies in one of the
 * ranges seen (of nodes, of rules, of exceptions, of pods). Between two neighbouring boundaries of these ranges that answer
 * is the same for every address, and each such stretch begins with a range's first address or the one after a range's last.
 * Asking at those (and, for people, at the last and the one before the first) therefore decides all 2^32 addresses. Labels
 * likewise: only selectors seen are asked, so a node's own pods, pods that lack one label of a selector, and strangers stand
 * for all pods. And ports: one of each set that the same edges and rules name, and one that nothing names.
 *
 * Where the network knows identities and names, an address says less: the same one is asked as what is outside, as a node and
 * as the API server, as far as it may be each, and every host name is a point of its own.
 */
import { dotted, includes, interval, type Interval } from "../../graph/cidr";
import { meansFor } from "../../graph/derive/expressible";
import { addressesOf, type Widening, widenings } from "../../graph/derive/network";
import { type Peer } from "../../graph/derive/network-policy";
import { policiesOf } from "../../graph/derive/policies";
import { exampleName, nameMatches } from "../../graph/host-name";
import { type Cidr, type Dialect, type Place } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { type Edge, type Graph, type Node } from "../../graph/model";
import { distinctPorts, type Port, samePort, tcp, udp } from "../../graph/port";
import {
  type AnyPolicy,
  type Direction,
  type Endpoint,
  type Pod,
  PolicyIndex,
  selects,
} from "../../graph/reach/evaluate";
import { type RuleView, rulesOf } from "../../graph/reach/rules";

/** A point of the proof: an endpoint and the nodes it may stand for. */
interface Point {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** A pod of these nodes, or an address that any of them may have. */
  readonly nodes: readonly Node[];
  /** A policy of ours ought to judge it: a pod of a node, or any pod in a namespace that is ours. */
  readonly ours: boolean;
}

/** Every difference between what the policies allow and what the graph says; empty when they are equal. */
export function faults(graph: Graph, policies: readonly AnyPolicy[], dialect: Dialect): readonly string[] {
  const rules = new PolicyIndex(policies, dialect);
  const found = [...judgements(graph, policies, rules, widenings(graph))].flatMap(fault);
  return [...found, ...(dialect.judgesServices ? serviceFaults(graph, policies, rules) : [])];
}

/** As `faults`, of the objects the graph emits. */
export const proof = (graph: Graph): readonly string[] => faults(graph, policiesOf(graph), graph.landscape.dialect);

/** Whether there is any fault: stops at the first. */
export function isRefuted(graph: Graph, policies: readonly AnyPolicy[], dialect: Dialect): boolean {
  const rules = new PolicyIndex(policies, dialect);
  for (const each of judgements(graph, policies, rules, widenings(graph))) if (fault(each).length > 0) return true;
  return dialect.judgesServices && serviceFaults(graph, policies, rules).length > 0;
}

/**
 * Widenings that no allowed pair needs: false alarms. A range that is wide of itself is listed in any case, even where
 * other edges happen to mean every address in it.
 */
export function idleWidenings(graph: Graph): readonly Widening[] {
  const policies = policiesOf(graph);
  const rules = new PolicyIndex(policies, graph.landscape.dialect);
  const wide = widenings(graph);
  const needed = new Set(
    [...judgements(graph, policies, rules, wide)].flatMap(({ allowed, by }) => (allowed ? by : [])),
  );
  return wide.filter((each) => !needed.has(each) && !each.covers.startsWith("every"));
}

/** One side's answer about one connection, and what the graph has to say about it. */
interface Judgement {
  readonly what: () => string;
  readonly allowed: boolean;
  /** The graph has an edge for it. */
  readonly meant: boolean;
  /** The edge means this very pair, not only a range around it. */
  readonly exact: boolean;
  /** The listed widenings that name the pair. */
  readonly by: readonly Widening[];
}

function fault({ what, allowed, meant, exact, by }: Judgement): readonly string[] {
  if (!allowed) return meant ? [`${what()}: an edge, but denied`] : [];
  if (exact || by.length > 0) return [];
  return [`${what()}: allowed, but ${meant ? "wider than its edge and not listed" : "no edge"}`];
}

/**
 * A point stands for all that the policies cannot tell apart, so a point beside itself is two pods of one kind.
 * Both sides are asked on their own wherever a policy of ours ought to judge: then neither relies on the other, and what
 * passes both is right all the more.
 */
function* judgements(
  graph: Graph,
  policies: readonly AnyPolicy[],
  rules: PolicyIndex,
  wide: readonly Widening[],
): Iterable<Judgement> {
  const [points, ports] = [pointsOf(graph, policies), portsOf(graph, policies)];
  const between = edgesBetween(graph);
  for (const from of points)
    for (const to of points) {
      if (!(from.ours || to.ours)) continue;
      const edges = from.nodes.flatMap((a) => to.nodes.flatMap((b) => between.get(`${a.id} ${b.id}`) ?? []));
      for (const port of ports)
        for (const side of SIDES) {
          const [self, other] = side === "egress" ? [from, to] : [to, from];
          if (!self.ours) continue;
          const allowed = rules.allows(side, self.endpoint, other.endpoint, port);
          const meant = edges.some((edge) => opens(edge, port));
          if (!allowed && !meant) continue;
          const exact = isExact(graph, edges, [from, to], port);
          const by = exact ? [] : listing(wide, side, [self, other], port);
          const what = (): string =>
            `${side} of ${self.name}: ${from.name} -> ${to.name} ${port.protocol}/${port.port}`;
          yield { what, allowed, meant, exact, by };
        }
    }
}

const SIDES = ["egress", "ingress"] as const;

const opens = ({ ports }: Edge, port: Port): boolean => ports.some((open) => samePort(open, port));

function edgesBetween({ edges }: Graph): ReadonlyMap<string, readonly Edge[]> {
  const map = new Map<string, Edge[]>();
  for (const edge of edges) map.set(`${edge.from} ${edge.to}`, [...(map.get(`${edge.from} ${edge.to}`) ?? []), edge]);
  return map;
}

const ownedNamespaces = ({ nodes }: Graph): ReadonlySet<string> =>
  new Set(
    [...nodes.values()].flatMap(({ place, sharedNamespace }) =>
      place.at === "pods" && !sharedNamespace ? [place.namespace] : [],
    ),
  );

/** An address is exactly covered when every node it may belong to is meant, and no range is wider than what it means. */
function isExact(graph: Graph, edges: readonly Edge[], [from, to]: readonly [Point, Point], port: Port): boolean {
  const meant = edges.filter((edge) => opens(edge, port));
  if (meant.length === 0) return false;
  return (
    (isPod(from) || every(graph, from, (id) => meant.some((edge) => edge.from === id))) &&
    (isPod(to) || every(graph, to, (id) => meant.some((edge) => edge.to === id)))
  );
}

const isPod = ({ endpoint }: Point): boolean => endpoint.pod !== undefined;

/** An address that a name led to is meant by its name or by itself: each reading is exact on its own. */
function every({ landscape: { dialect } }: Graph, { nodes }: Point, permits: (id: string) => boolean): boolean {
  const named = nodes.filter((node) => isNamed(node, dialect));
  const narrow = nodes.filter((node) => node.widerThan === undefined && !isNamed(node, dialect));
  return [named, narrow].some(
    (reading) =>
      reading.some(({ place, id }) => place.at === "ranges" && permits(id)) && reading.every(({ id }) => permits(id)),
  );
}

const isNamed = (node: Node, dialect: Dialect): boolean => meansFor(node, "to", dialect) === "name";

/** The listed widenings that name this pair: the pod at one end, an address of the listed ranges at the other. */
const listing = (
  wide: readonly Widening[],
  side: Direction,
  [self, other]: readonly [Point, Point],
  port: Port,
): readonly Widening[] =>
  wide.filter(
    (widening) =>
      stands(self, side === "egress" ? widening.edge.from : widening.edge.to) &&
      covers(widening, other) &&
      widening.ports.some((open) => samePort(open, port)),
  );

const stands = (point: Point, id: string): boolean => isPod(point) && point.nodes.some((node) => node.id === id);

const covers = ({ ranges, except, names }: Widening, other: Point): boolean => {
  const { name } = other.endpoint;
  if (names !== undefined) return name !== undefined && names.some((pattern) => nameMatches(pattern, name));
  return within(ranges, other) && !within(except, other);
};

const within = (ranges: readonly Cidr[], { endpoint }: Point): boolean =>
  ranges.some((range) => includes(interval(range), endpoint.address));

/** Through a Service's address: open for every edge whose port the Service has, shut for every other pair. */
function serviceFaults(graph: Graph, policies: readonly AnyPolicy[], rules: PolicyIndex): readonly string[] {
  const [points, ports] = [pointsOf(graph, policies), portsOf(graph, policies)];
  const pods = points.filter((point) => isPod(point) && point.nodes.length > 0);
  const between = edgesBetween(graph);
  return pods.flatMap((from) =>
    pods.flatMap((to) =>
      to.nodes.flatMap((node) =>
        node.faces.flatMap((face) =>
          ports.flatMap((port) => {
            const meant = from.nodes.some((a) =>
              (between.get(`${a.id} ${node.id}`) ?? []).some((edge) => opens(edge, port)),
            );
            const open = face.ports.some((each) => samePort(each, port)) && meant;
            return rules.allowsThrough(face, from.endpoint, to.endpoint, port) === open
              ? []
              : [`${from.name} -> Service ${face.name} ${port.protocol}/${port.port}: ${open ? "denied" : "allowed"}`];
          }),
        ),
      ),
    ),
  );
}

// Points

const UNSEEN = 61_111;

/** One port of each kind: those that the same edges, rules and Services name are told apart by nothing. */
function portsOf(graph: Graph, policies: readonly AnyPolicy[]): readonly Port[] {
  const emitted = policies.flatMap(rulesIn);
  const faces = [...graph.nodes.values()].flatMap((node) => node.faces);
  const lists = [...graph.edges, ...emitted, ...faces].map(({ ports }) => ports);
  const numbers = [...new Set([...lists.flat().map(({ port }) => port), UNSEEN])];
  const all = numbers.flatMap((port) => [tcp(port), udp(port)]);
  const kindOf = (port: Port): string => lists.map((list) => list.some((each) => samePort(each, port))).join();
  return distinctPorts([...new Map(all.map((port) => [kindOf(port), port])).values()]);
}

function pointsOf(graph: Graph, policies: readonly AnyPolicy[]): readonly Point[] {
  const ranges = rangesSeen(graph, policies).map((cidr) => interval(cidr));
  const addresses = boundaries(ranges);
  const nodes = [...graph.nodes.values()];
  const homes = addressesOfPods(graph, addresses);
  const owned = ownedNamespaces(graph);
  return [
    ...addresses.flatMap((address) => addressPoints(address, nodes, graph.landscape.dialect)),
    ...namePoints(addresses, nodes, graph.landscape.dialect),
    ...podsSeen(graph, policies).flatMap((pod) => homes.map((address) => podPoint(pod, address, nodes, owned))),
  ];
}

/** Whatever may have the address: something outside, a node, the API server. */
function addressPoints(address: number, nodes: readonly Node[], dialect: Dialect): readonly Point[] {
  const here = nodes.filter((node) => holds(node, address));
  const name = dotted(address);
  if (!dialect.entities && !dialect.names) return [{ name, endpoint: { address }, nodes: here, ours: false }];
  const outside = here.filter((node) => meansFor(node, "to", dialect) === "plain");
  const known = [...new Set(here.flatMap((node) => identityOf(node, dialect) ?? []))];
  return [
    { name, endpoint: { address }, nodes: outside, ours: false },
    ...known.map((entity) => ({
      name: `${name} as ${entity}`,
      endpoint: { address, entity },
      nodes: here.filter((node) => identityOf(node, dialect) === entity),
      ours: false,
    })),
  ];
}

const identityOf = (node: Node, dialect: Dialect): string | undefined => {
  if (meansFor(node, "to", dialect) !== "identity") return undefined;
  return node.entity ?? "remote-node";
};

/** Each name with each answer it may get: an address of its node's place, which other ranges may hold as well. */
function namePoints(addresses: readonly number[], nodes: readonly Node[], dialect: Dialect): readonly Point[] {
  const named = nodes.filter((node) => isNamed(node, dialect));
  const plain = nodes.filter((node) => meansFor(node, "to", dialect) === "plain");
  const pairs = named.flatMap((node) =>
    (node.names ?? []).flatMap((pattern) =>
      addresses.filter((address) => holds(node, address)).map((address) => ({ name: exampleName(pattern), address })),
    ),
  );
  if (dialect.names) pairs.push({ name: NOBODY, address: ANSWERED });
  return [...new Map(pairs.map((pair) => [`${pair.name} at ${dotted(pair.address)}`, pair]))].map(
    ([title, { name, address }]) => ({
      name: title,
      endpoint: { address, name },
      nodes: [
        ...plain.filter((node) => holds(node, address)),
        ...named.filter((node) => node.names?.some((pattern) => nameMatches(pattern, name))),
      ],
      ours: false,
    }),
  );
}

/** A name that no node has, and some address of documentation's (RFC 5737) that its lookup gave. */
const NOBODY = "nobody.example.net";
const ANSWERED = interval("203.0.113.7/32").first;

const holds = ({ place }: Node, address: number): boolean =>
  addressesOf(place).some((range) => includes(range, address));

function podPoint(pod: Pod, address: number, all: readonly Node[], owned: ReadonlySet<string>): Point {
  const nodes = all.filter(({ place }) => isOf(place, pod));
  const name = `${pod.namespace}/${JSON.stringify(pod.labels)} at ${dotted(address)}`;
  return { name, endpoint: { address, pod: { ...pod } }, nodes, ours: nodes.length > 0 || owned.has(pod.namespace) };
}

const isOf = (place: Place, pod: Pod): boolean =>
  place.at === "pods" && place.namespace === pod.namespace && selects({ matchLabels: place.labels }, pod.labels);

function rangesSeen({ nodes, landscape }: Graph, policies: readonly AnyPolicy[]): readonly Cidr[] {
  const places = [...nodes.values()].map(({ place }) => place);
  const ofNodes = places.flatMap((place) => {
    if (place.at === "pods") return [];
    return [...place.ranges, ...(place.at === "ranges" ? (place.except ?? []) : [])];
  });
  const ofRules = peersIn(policies).flatMap(({ ipBlock }) =>
    ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])],
  );
  return [...ofNodes, ...ofRules, ...(landscape.pods ?? [])];
}

const rulesIn = (policy: AnyPolicy): readonly RuleView[] => SIDES.flatMap((side) => rulesOf(policy, side));

const peersIn = (policies: readonly AnyPolicy[]): readonly Peer[] =>
  policies.flatMap(rulesIn).flatMap(({ peers }) => peers.flatMap((one) => (one.is === "plain" ? [one.peer] : [])));

const boundaries = (ranges: readonly Interval[]): readonly number[] =>
  [...new Set(ranges.flatMap(({ first, last }) => [first - 1, first, last, last + 1]))]
    .filter((address) => address >= 0 && address < 2 ** 32)
    .toSorted((a, b) => a - b);

/** Pods are asked at one address of each stretch inside the pods' ranges; with none, at one that no range holds. */
function addressesOfPods({ landscape, nodes }: Graph, addresses: readonly number[]): readonly number[] {
  const homes = (landscape.pods ?? []).map((cidr) => interval(cidr));
  const inside = addresses.filter((address) => homes.some((home) => includes(home, address)));
  const places = [...nodes.values()].flatMap(({ place }) => (place.at === "pods" ? [] : place.ranges));
  const cells = new Map(
    inside.map((address) => [places.map((range) => includes(interval(range), address)).join(), address]),
  );
  return cells.size > 0 ? [...cells.values()] : [interval("100.64.0.7/32").first];
}

/** Pods of every node and Service, pods that lack one label of a selector or have another value, and strangers. */
function podsSeen(graph: Graph, policies: readonly AnyPolicy[]): readonly Pod[] {
  const own = [...graph.nodes.values()].flatMap(({ place, faces }) =>
    place.at === "pods"
      ? [place.labels, ...faces.map(({ selector }) => selector)].map((labels) => ({
          namespace: place.namespace,
          labels,
        }))
      : [],
  );
  const namespaces = [...own, ...policies.map(({ metadata }) => metadata)].map(({ namespace }) => namespace);
  const strangers = [...new Set([...namespaces, "elsewhere"])].map((namespace) => ({ namespace, labels: {} }));
  const abroad = own.map(({ labels }) => ({ namespace: "elsewhere", labels }));
  const all = [...own.map(dressed), ...own.flatMap(almost), ...strangers, ...abroad];
  return [
    ...new Map(
      all.map((pod) => [JSON.stringify([pod.namespace, Object.entries(pod.labels).toSorted()]), pod]),
    ).values(),
  ];
}

/** Real pods carry labels besides those they are selected by. */
const dressed = ({ namespace, labels }: Pod): Pod => ({
  namespace,
  labels: { ...labels, "pod-template-hash": "5d4f" },
});

const almost = ({ namespace, labels }: Pod): readonly Pod[] =>
  Object.keys(labels).flatMap((missing) => {
    const rest: Labels = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== missing));
    return [
      { namespace, labels: rest },
      { namespace, labels: { ...rest, [missing]: "another" } },
    ];
  });

/** How many pairs the proof compares; a test that compares nothing proves nothing. */
export const sizeOf = (graph: Graph): number => {
  const policies = policiesOf(graph);
  const points = pointsOf(graph, policies).length;
  return points * (points - 1) * portsOf(graph, policies).length;
};
