/** `keelson why A B`: why A can or cannot reach B. */
import { explain } from "../../graph/explain";
import { why } from "../../graph/why";
import { exitCodes } from "../exit-codes";
import { openStack } from "../stack";
import { type Run } from "../verb";

export const run: Run = (args, terminal) => {
  const [from = "", to = ""] = args.words;
  const { graph } = openStack(args, terminal);
  const told = why(graph, [from, to]);
  terminal.out(args.flags["json"] === true ? JSON.stringify(told, undefined, 2) : explain(told));
  return Promise.resolve(exitCodes.done);
};
