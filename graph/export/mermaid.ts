/** The graph as a Mermaid flow chart, for READMEs and pull requests: grouped by kind, byte-stable. */
import { type Graph, type Node, type NodeKind } from "../model";
import { type Line, pictureOf, type PictureOptions, subtitleOf } from "./picture";

const GROUPS: readonly (readonly [NodeKind, string])[] = [
  ["edge", "public edge"],
  ["service", "services"],
  ["store", "stores"],
  ["broker", "broker"],
  ["external", "externals"],
  ["platform", "platform"],
];

/** Opening and closing brackets of each kind's shape. */
const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  edge: ["{{", "}}"],
  service: ["[", "]"],
  store: ["[(", ")]"],
  broker: ["[/", "/]"],
  external: ["([", "])"],
  platform: ["[[", "]]"],
};

export function mermaid(graph: Graph, options: PictureOptions = {}): string {
  const { nodes, lines } = pictureOf(graph, options);
  const groups = GROUPS.flatMap(([kind, title]) =>
    groupLines(
      graph,
      title,
      nodes.filter((node) => node.kind === kind),
    ),
  );
  return `${["flowchart LR", ...groups, ...lines.map(arrow)].join("\n")}\n`;
}

const groupLines = (graph: Graph, title: string, nodes: readonly Node[]): readonly string[] =>
  nodes.length === 0
    ? []
    : [`  subgraph ${title.replace(" ", "-")}["${title}"]`, ...nodes.map((node) => nodeLine(graph, node)), "  end"];

function nodeLine(graph: Graph, node: Node): string {
  const [open, close] = SHAPES[node.kind];
  const subtitle = subtitleOf(graph, node);
  const text = subtitle === "" ? node.name : `${node.name}<br/><small>${subtitle}</small>`;
  return `    ${idOf(node.id)}${open}"${escaped(text)}"${close}`;
}

const arrow = ({ from, to, kind, says }: Line): string =>
  `  ${idOf(from)} ${kind === "platform" ? "-.->" : "-->"}${says === "" ? "" : `|"${escaped(says)}"|`} ${idOf(to)}`;

/** Mermaid's ids take letters, digits and underscores; `end` alone is a keyword, but every id of ours has a kind before it. */
const idOf = (id: string): string => id.replace(/[^A-Za-z0-9]/g, "_");

const escaped = (text: string): string => text.replaceAll('"', "#quot;");
