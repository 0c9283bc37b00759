/**
 * Who reaches whom: the graph's edges, which the reachability proof shows to be exactly what the emitted policies allow, and
 * every range or identity of a policy that is wider than its edge.
 */
import { type Widening, widenings } from "../../graph/derive/network";
import { type Edge, type Graph, nodeOf } from "../../graph/model";
import { type Port } from "../../graph/port";
import { type Combination } from "./combinations";

export const reachOf = ({ graph }: Combination): readonly string[] => [
  ...graph.edges.flatMap((edge) => edgeLines(graph, edge)),
  ...widenings(graph).map((widening) => widthLine(graph, widening)),
];

/** `service/payment -> store/payments on TCP 5432` */
const edgeLines = (graph: Graph, { from, to, ports }: Edge): readonly string[] =>
  ports.map((port) => `${roleOf(graph, from)} -> ${roleOf(graph, to)} on ${portName(port)}`);

/** The part of a rule that no edge means. Ranges are each stack's own addresses and are left out. */
const widthLine = (graph: Graph, { edge, covers, ports }: Widening): string =>
  `${roleOf(graph, edge.from)} -> ${roleOf(graph, edge.to)} on ${ports.map(portName).join(", ")} also means ${coverName(graph, covers)}`;

/** Whichever edge a stack has, requests enter by it. */
const roleOf = (graph: Graph, id: string): string => (nodeOf(graph, id).kind === "edge" ? "edge" : id);

const coverName = (graph: Graph, covers: string): string => (graph.nodes.has(covers) ? roleOf(graph, covers) : covers);

const portName = ({ protocol, port }: Port): string => `${protocol} ${port}`;
