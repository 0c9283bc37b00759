/** What changed between two graphs in terms of security: who may newly reach whom, what is newly public. */
import { type GraphDocument } from "./json";

type DocumentNode = GraphDocument["nodes"][number];
type DocumentEdge = GraphDocument["edges"][number];

export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly string[];
}

export interface Difference {
  readonly addedNodes: readonly string[];
  readonly removedNodes: readonly string[];
  /** Nodes whose pods moved to another namespace or carry other labels: every policy that names them changes. */
  readonly movedNodes: readonly string[];
  /** Pairs and ports that may talk now and might not before. */
  readonly newlyReachable: readonly Pair[];
  readonly noLongerReachable: readonly Pair[];
  /** Services that the public edge serves now and did not before. */
  readonly newlyPublic: readonly string[];
  readonly noLongerPublic: readonly string[];
  /** Nodes that somebody on the public side can now get to through others, one capability after the other. */
  readonly newlyExposed: readonly string[];
}

export function difference(before: GraphDocument, after: GraphDocument): Difference {
  const [old, now] = [byId(before), byId(after)];
  const kept = [...now.values()].filter(({ id }) => old.has(id));
  return {
    addedNodes: [...now.keys()].filter((id) => !old.has(id)),
    removedNodes: [...old.keys()].filter((id) => !now.has(id)),
    movedNodes: kept.filter((node) => placeOf(node) !== placeOf(old.get(node.id))).map(({ id }) => id),
    newlyReachable: beyond(after, before),
    noLongerReachable: beyond(before, after),
    newlyPublic: missingFrom(publicIn(after), publicIn(before)),
    noLongerPublic: missingFrom(publicIn(before), publicIn(after)),
    newlyExposed: missingFrom(exposedIn(after), exposedIn(before)),
  };
}

const byId = ({ nodes }: GraphDocument): ReadonlyMap<string, DocumentNode> =>
  new Map(nodes.map((node) => [node.id, node]));

const placeOf = (node: DocumentNode | undefined): string =>
  JSON.stringify([node?.namespace, Object.entries(node?.labels ?? {}).toSorted()]);

const missingFrom = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((each) => !others.includes(each));

/** Pairs with the ports that one graph has and the other lacks. */
function beyond(here: GraphDocument, there: GraphDocument): readonly Pair[] {
  const known = portsByPair(there);
  return [...portsByPair(here)].flatMap(([key, { from, to, ports }]) => {
    const more = missingFrom(ports, known.get(key)?.ports ?? []);
    return more.length === 0 ? [] : [{ from, to, ports: more }];
  });
}

function portsByPair({ edges }: GraphDocument): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const { from, to, ports } of edges) {
    const known = pairs.get(`${from} ${to}`)?.ports ?? [];
    pairs.set(`${from} ${to}`, { from, to, ports: [...known, ...missingFrom(ports, known)] });
  }
  return pairs;
}

const publicIn = ({ edges }: GraphDocument): readonly string[] => [
  ...new Set(edges.filter(({ kind }) => kind === "route").map(({ to }) => to)),
];

/** Everything behind the public edge by what services are for; the platform's own edges (DNS) lead everywhere and say nothing. */
function exposedIn({ edges }: GraphDocument): readonly string[] {
  const steps = edges.filter(({ kind }) => !["platform", "self"].includes(kind));
  const reached = new Set(publicIn({ stack: "", nodes: [], edges }));
  for (const id of reached) stepsFrom(steps, id).forEach((next) => reached.add(next));
  return [...reached].toSorted();
}

const stepsFrom = (steps: readonly DocumentEdge[], id: string): readonly string[] =>
  steps.filter(({ from }) => from === id).map(({ to }) => to);

/** What widens stands first; nothing at all is said in one line. */
export function differenceText(found: Difference): string {
  const lines = [
    ...found.newlyPublic.map((id) => `+ public: ${id} is now served to everybody`),
    ...found.newlyReachable.map((pair) => `+ reach: ${pairText(pair)}`),
    ...found.newlyExposed.map((id) => `+ exposed: ${id} now lies behind the public edge, directly or through others`),
    ...found.addedNodes.map((id) => `+ node: ${id}`),
    ...found.movedNodes.map((id) => `~ node: ${id} has another namespace or other labels`),
    ...found.noLongerPublic.map((id) => `- public: ${id}`),
    ...found.noLongerReachable.map((pair) => `- reach: ${pairText(pair)}`),
    ...found.removedNodes.map((id) => `- node: ${id}`),
  ];
  return `${(lines.length === 0 ? ["no difference: nobody reaches more or less than before"] : lines).join("\n")}\n`;
}

const pairText = ({ from, to, ports }: Pair): string => `${from} -> ${to} on ${ports.join(", ")}`;

export const differenceJson = (found: Difference): string => `${JSON.stringify(found, null, 2)}\n`;
