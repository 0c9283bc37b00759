/** The graph that another revision of this repository compiles to: by its own code, from its own settings. */
import { existsSync, readFileSync } from "node:fs";
import { type GraphDocument } from "../graph/export/json";
import { type Ask, atRevision, refusedRevision, type Wanted } from "./revision";

/** `ref` may also be a file that `keelson graph --json` wrote. */
export interface Against extends Wanted {
  readonly stack: string;
}

/** @throws InvalidInput when there is no such file or revision, or the revision has no such graph. */
export function graphAt(against: Against): GraphDocument {
  const { ref, stack } = against;
  if (existsSync(ref)) return parsed(readFileSync(ref, "utf8"), ref);
  return atRevision(against, (ask) => graphBy(ask, ref, stack));
}

/** The graph of a revision at hand. @throws InvalidInput when it has none. */
export function graphBy(ask: Ask, ref: string, stack: string): GraphDocument {
  const answer = ask(["graph", "-s", stack, "--json"]);
  if ("out" in answer) return parsed(answer.out, ref);
  throw refusedRevision(
    ref,
    `a revision whose graph of ${stack} cannot be had: ${answer.failed}`,
    "choose a later one",
  );
}

function parsed(text: string, ref: string): GraphDocument {
  try {
    const document = JSON.parse(text) as GraphDocument;
    if (Array.isArray(document.nodes) && Array.isArray(document.edges)) return document;
  } catch {
    // told below, with what is wanted
  }
  throw refusedRevision(ref, "no graph", "write one with `keelson graph -s STACK --json > FILE`");
}
