/** `keelson graph`: the compiled graph as a summary, JSON, SVG or Mermaid. */
import { difference, differenceJson, differenceText } from "../../graph/export/difference";
import { type GraphDocument, graphDocument, graphJson } from "../../graph/export/json";
import { mermaid } from "../../graph/export/mermaid";
import { svg } from "../../graph/export/svg";
import { type Graph } from "../../graph/model";
import { exitCodes } from "../exit-codes";
import { graphAt } from "../graph-at";
import { graphSummary } from "../graph-summary";
import { openStack, type Stack } from "../stack";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

function changes(before: GraphDocument, graph: Graph, asJson: boolean): string {
  const found = difference(before, graphDocument(graph));
  return asJson ? differenceJson(found) : differenceText(found);
}

function picture({ name, graph }: Stack, { flags }: Arguments, { checkout, note }: Terminal): string {
  const ref = flags["against"];
  if (typeof ref === "string")
    return changes(graphAt({ checkout, stack: name, ref, note }), graph, flags["json"] === true);
  if (flags["json"] === true) return graphJson(graph);
  if (flags["svg"] === true) return svg(graph);
  if (flags["mermaid"] === true) return mermaid(graph);
  return graphSummary(graph).join("\n");
}

export const run: Run = (args, terminal) => {
  terminal.out(picture(openStack(args, terminal), args, terminal).trimEnd());
  return Promise.resolve(exitCodes.done);
};
