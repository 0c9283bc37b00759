/**
 * Why one node can or cannot reach another: the edge and its line, the rules on both sides, the credential; or who denies
 * it and what to write. Judged from the emitted policies; the graph only says what was meant.
 */
import { policiesOf } from "./derive/policies";
import { addressesOf, type Widening, widenings } from "./derive/network";
import { type Edge, type Graph, type Node } from "./model";
import { exampleName } from "./host-name";
import { nearest } from "./nearest";
import { distinctPorts, type Port } from "./port";
import { InvalidInput, type Problem } from "./problems";
import { type AnyPolicy, type Direction, type Endpoint, PolicyIndex } from "./reach/evaluate";
import { accessOf, type AccessFact } from "./reach/access";
import { missingLine } from "./reach/missing-line";

/** The answer as data. */
export interface Explanation {
  readonly from: string;
  readonly to: string;
  /** Ports on which every policy in between lets connections through. */
  readonly open: readonly Port[];
  /** Ports that were tried: those of the edges and those the other serves. */
  readonly tried: readonly Port[];
  readonly edges: readonly EdgeFact[];
  readonly sides: readonly [Side, Side];
  /** Login and identity that go with the edge. */
  readonly access: readonly AccessFact[];
  /** Ranges that let this pair through although no edge means it, or more widely than it means. */
  readonly widenings: readonly Widening[];
  /** The edit that would make the edge, where there is none. */
  readonly missing?: string;
}

export interface EdgeFact {
  readonly kind: Edge["kind"];
  readonly ports: readonly Port[];
  readonly alias?: string;
  /** Line of the program that declared it; the platform's own edges have none. */
  readonly site?: string;
}

/** What one end's policies say. */
export interface Side {
  readonly node: string;
  readonly direction: Direction;
  /** Why nothing is judged here, when nothing is. */
  readonly unjudged?: string;
  /** Policies that isolate the pods, by `namespace/name`. */
  readonly policies: readonly string[];
  readonly rules: readonly RuleFact[];
}

/** A rule that lets the connection through. */
export interface RuleFact {
  /** `order-service/service-order`. */
  readonly policy: string;
  readonly kind: AnyPolicy["kind"];
  /** `spec.egress[2]`. */
  readonly path: string;
  /** The rule itself, as it stands in the object. */
  readonly rule: unknown;
  /** Where the rendered object lies, when somebody knows. */
  readonly file?: string;
}

/** Where the rendered form of a policy lies. */
export type Locate = (policy: AnyPolicy) => string | undefined;

/**
 * @param names two nodes, by id (`store/orders`) or by name alone (`orders`) where that is unique.
 * @throws InvalidInput when a name is unknown, or means several nodes.
 */
export function why(
  graph: Graph,
  names: readonly [string, string],
  policies: readonly AnyPolicy[] = policiesOf(graph),
  locate: Locate = () => undefined,
): Explanation {
  const [from, to] = resolved(graph, names);
  const edges = graph.edges.filter((edge) => edge.from === from.id && edge.to === to.id);
  const tried = distinctPorts([...edges.flatMap(({ ports }) => ports), ...to.serves]);
  const rules = new PolicyIndex(policies, graph.landscape.dialect);
  const paths = pathsBetween(from, to, tried);
  const open = paths.filter((path) => passes(rules, path)).map(({ port }) => port);
  const shown = open.length > 0 ? paths.filter((path) => passes(rules, path)) : paths;
  const missing = edges.length === 0 ? missingLine(from, to) : undefined;
  return {
    from: from.id,
    to: to.id,
    open: distinctPorts(open),
    tried,
    edges: edges.map(edgeFact),
    sides: [sideOf(from, "egress", shown, { rules, locate }), sideOf(to, "ingress", shown, { rules, locate })],
    access: edges.length === 0 ? [] : accessOf(graph, from, to),
    widenings: widenings(graph).filter((wide) => concerns(wide, from.id, to.id)),
    ...(missing === undefined ? {} : { missing }),
  };
}

const edgeFact = ({ kind, ports, alias, site }: Edge): EdgeFact => ({
  kind,
  ports,
  ...(alias === undefined ? {} : { alias }),
  ...(site === undefined ? {} : { site: site.toString() }),
});

/** A widening of their own edge, or one whose range covers the other node as well. */
const concerns = ({ edge, covers }: Widening, from: string, to: string): boolean =>
  (edge.from === from && (edge.to === to || covers === to)) || (edge.to === to && covers === from);

// Names

function resolved(graph: Graph, [from, to]: readonly [string, string]): readonly [Node, Node] {
  const [a, b] = [candidates(graph, from), candidates(graph, to)];
  const problems = [...nameProblems(graph, from, a), ...nameProblems(graph, to, b)];
  const [source, target] = [a[0], b[0]];
  if (problems.length > 0 || source === undefined || target === undefined) throw new InvalidInput(problems);
  return [source, target];
}

const candidates = ({ nodes }: Graph, name: string): readonly Node[] => {
  const exact = nodes.get(name);
  return exact === undefined ? [...nodes.values()].filter((node) => node.name === name) : [exact];
};

function nameProblems({ nodes }: Graph, name: string, found: readonly Node[]): readonly Problem[] {
  if (found.length === 1) return [];
  const known = [...nodes.values()];
  if (found.length > 1) {
    const ids = found.map(({ id }) => id);
    return [
      { where: `"${name}"`, got: `a name of ${ids.length} nodes`, want: ids.join(" or "), mend: `write ${ids[0]}` },
    ];
  }
  const close = nearest(name, [...known.map((node) => node.name), ...nodes.keys()]);
  const mend = close === undefined ? "choose one of them; keelson graph shows all" : `write ${close}`;
  return [{ where: `"${name}"`, got: "no node of this name", want: `one of ${[...nodes.keys()].join(", ")}`, mend }];
}

// Judging

interface Path {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly port: Port;
}

const pathsBetween = (from: Node, to: Node, ports: readonly Port[]): readonly Path[] =>
  endpointsOf(from).flatMap((a) => endpointsOf(to).flatMap((b) => ports.map((port) => ({ from: a, to: b, port }))));

/** A pod of the node, or the first address of each of its ranges. Pods get an address that no range of ours holds. */
export const endpointsOf = ({ place, entity, names = [] }: Node): readonly Endpoint[] => {
  if (place.at === "pods") return [{ address: NOWHERE, pod: { namespace: place.namespace, labels: place.labels } }];
  const known = place.at === "nodes" ? "remote-node" : entity;
  const addresses = addressesOf(place).map(({ first }) => ({ address: first, ...(known && { entity: known }) }));
  return [...addresses, ...names.map((name) => ({ address: NOWHERE, name: exampleName(name) }))];
};

/** 198.51.100.1 (RFC 5737, for documentation): only the internet as a whole would hold it, and pods are not asked for it. */
const NOWHERE = ((198 * 256 + 51) * 256 + 100) * 256 + 1;

const passes = (rules: PolicyIndex, { from, to, port }: Path): boolean =>
  rules.allows("egress", from, to, port) && rules.allows("ingress", to, from, port);

interface Judge {
  readonly rules: PolicyIndex;
  readonly locate: Locate;
}

function sideOf(node: Node, direction: Direction, paths: readonly Path[], judge: Judge): Side {
  if (node.place.at !== "pods")
    return { node: node.id, direction, unjudged: UNJUDGED[node.place.at], policies: [], rules: [] };
  const self = endpointsOf(node)[0] ?? { address: NOWHERE };
  const policies = judge.rules.selecting(direction, self).map(nameOf);
  const facts = paths.flatMap((path) => factsOn(direction, path, judge));
  const rules = [...new Map(facts.map((fact) => [`${fact.policy} ${fact.path}`, fact])).values()];
  return { node: node.id, direction, policies, rules };
}

const UNJUDGED = {
  ranges: "addresses: security groups and whoever runs them judge here, no NetworkPolicy",
  nodes: "on the nodes' own network, where no NetworkPolicy applies",
} as const;

const nameOf = ({ metadata }: AnyPolicy): string => `${metadata.namespace}/${metadata.name}`;

function factsOn(direction: Direction, { from, to, port }: Path, { rules, locate }: Judge): readonly RuleFact[] {
  const [self, other] = direction === "egress" ? [from, to] : [to, from];
  return (rules.matching(direction, self, other, port) ?? []).map(({ policy, rule }) => {
    const file = locate(policy);
    const path = `spec.${direction}[${rule}]`;
    const found = { policy: nameOf(policy), kind: policy.kind, path, rule: policy.spec[direction]?.[rule] };
    return file === undefined ? found : { ...found, file };
  });
}
