/** The graph as JSON: byte-stable, so that it can be committed and compared. */
import { type Edge, type Graph, labelsOf, namespaceOf, type Node } from "../model";
import { type Labels } from "../manifest";

export interface GraphDocument {
  readonly stack: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly namespace: string | null;
    readonly labels: Labels | null;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: string;
    readonly ports: readonly string[];
  }[];
}

/** `ports` read `TCP/8080`. Nodes by id, edges by from, to and kind. */
export const graphDocument = (graph: Graph): GraphDocument => ({
  stack: graph.landscape.stack,
  nodes: [...graph.nodes.values()].map(nodeDocument),
  edges: graph.edges.map(edgeDocument),
});

const nodeDocument = (node: Node): GraphDocument["nodes"][number] => ({
  id: node.id,
  kind: node.kind,
  namespace: namespaceOf(node) ?? null,
  labels: labelsOf(node) ?? null,
});

const edgeDocument = ({ from, to, kind, ports }: Edge): GraphDocument["edges"][number] => ({
  from,
  to,
  kind,
  ports: ports.map(({ protocol, port }) => `${protocol}/${port}`),
});

export const graphJson = (graph: Graph): string => `${JSON.stringify(graphDocument(graph), null, 2)}\n`;
