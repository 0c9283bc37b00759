/** The graph in a dozen lines: the first useful thing a newcomer sees. Pure. */
import { type Graph, type Node } from "../graph/model";

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

const shortName = (id: string): string => id.slice(id.indexOf("/") + 1);

function serviceLine(graph: Graph, { id, name }: Node): string {
  const targets = graph.edges.filter(({ from, kind }) => from === id && kind !== "platform" && kind !== "self");
  const named = targets.map(({ to, kind }) => `${shortName(to)} (${kind})`);
  return `  ${name} -> ${named.length === 0 ? "nothing" : named.join(", ")}`;
}

/** What runs and what it may reach. */
export function graphSummary(graph: Graph): readonly string[] {
  const nodes = [...graph.nodes.values()];
  const count = (kind: Node["kind"]): number => nodes.filter((node) => node.kind === kind).length;
  const services = nodes.filter(({ kind }) => kind === "service");
  const counted = [
    plural(count("service"), "service"),
    plural(count("store"), "store"),
    plural(count("external"), "external"),
    plural(graph.edges.length, "edge"),
  ];
  return [
    `${graph.landscape.stack}: ${counted.join(", ")}; what has no edge cannot be reached`,
    ...services.map((node) => serviceLine(graph, node)),
  ];
}
