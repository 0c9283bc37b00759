/** What a picture of the graph shows: services, stores, externals and the edge; the platform only when asked for. */
import { type Edge, type Graph, type Node } from "../model";
import { distinctPorts, type Port } from "../port";

export interface PictureOptions {
  /** Also show what the platform brings: DNS, the Kubernetes API, operators. @default false */
  readonly platform?: boolean;
  /** What was found on nodes, by id. @default - nothing */
  readonly marks?: ReadonlyMap<string, Mark>;
}

/** Something found on a node, shown as a number in its corner. */
export interface Mark {
  /** How bad the worst of it is: it must not be, it should not be, or it is not known yet. */
  readonly level: "must" | "should" | "open";
  readonly count: number;
  /** In words, for who points at the node or cannot see it. */
  readonly says: string;
}

export interface Picture {
  readonly nodes: readonly Node[];
  /** One line per pair of nodes, with everything that its edges say. */
  readonly lines: readonly Line[];
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: Edge["kind"];
  /** What passes: paths, access, port. */
  readonly says: string;
}

export function pictureOf(graph: Graph, { platform = false }: PictureOptions = {}): Picture {
  const nodes = [...graph.nodes.values()].filter(({ kind }) => platform || kind !== "platform");
  const shown = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => from !== to && shown.has(from) && shown.has(to));
  const pairs = new Map<string, Edge[]>();
  for (const edge of edges)
    pairs.set(`${edge.from} ${edge.to}`, [...(pairs.get(`${edge.from} ${edge.to}`) ?? []), edge]);
  return { nodes, lines: [...pairs.values()].flatMap((between) => lineOf(graph, between)) };
}

function lineOf(graph: Graph, edges: readonly Edge[]): readonly Line[] {
  const [first] = edges;
  if (first === undefined) return [];
  return [{ from: first.from, to: first.to, kind: first.kind, says: saying(graph, first, edges) }];
}

/** The platform's lines go by the ports of whom they reach: saying them on each would bury the picture. */
function saying(graph: Graph, { kind, to }: Edge, edges: readonly Edge[]): string {
  if (kind === "platform") return "";
  if (kind === "store") return edges.some(writes) ? "reads, writes" : "reads";
  if (kind === "topic") return edges.flatMap(({ capability }) => topicText(capability)).join(", ");
  const paths = (graph.nodes.get(to)?.service?.args.routes ?? []).map(({ path }) => path);
  const ports = portsText(distinctPorts(edges.flatMap((edge) => edge.ports)));
  return kind === "route" && paths.length > 0 ? paths.join(", ") : ports;
}

const VERBS = { publish: "publishes", consume: "consumes" } as const;

const topicText = (capability: Edge["capability"]): readonly string[] =>
  capability?.lends === "topic" ? [`${VERBS[capability.access]} ${capability.topic.name}`] : [];

const writes = ({ capability }: Edge): boolean => capability?.lends === "store" && capability.access === "readWrite";

export const portsText = (ports: readonly Port[]): string =>
  ports.map(({ protocol, port }) => (protocol === "TCP" ? String(port) : `${port}/udp`)).join(", ");

/** What stands under a node's name. */
export function subtitleOf({ landscape }: Graph, { kind, name, service, store, serves, widerThan }: Node): string {
  if (kind === "edge") return landscape.host;
  if (service !== undefined) return `port ${portsText(serves)}`;
  if (store !== undefined) return `${store.kind}, ${landscape.stores[name]?.flavour ?? "nowhere"}`;
  if (kind === "broker") return landscape.broker?.flavour ?? "";
  if (kind === "external") return widerThan ?? "";
  return serves.length === 0 ? "" : `port ${portsText(serves)}`;
}
