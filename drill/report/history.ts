/** Earlier drills of a stack, a line each, so that drills can be compared; and the reports themselves, beside it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../embedded/files";
import { type Distribution } from "../model";
import { type DrillDocument } from "./document";
import { html } from "./html";
import { markdown } from "./markdown";

export interface Past {
  readonly id: string;
  readonly outcome: DrillDocument["outcome"];
  readonly measured: number | null;
  readonly modelled: Distribution | null;
}

export type History = readonly Past[];

/** Survives `--anew`: it is the stack's, not the drill's. */
export const reportFolder = (checkout: string, stack: string): string =>
  join(checkout, ".keelson", "drill-reports", stack);

const historyIn = (folder: string): History => {
  const path = join(folder, "history.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as History) : [];
};

const pastOf = ({ id, outcome, rto }: DrillDocument): Past => ({
  id,
  outcome,
  measured: rto.measured ?? null,
  modelled: rto.modelled ?? null,
});

/** The document in its three forms and the history with it; the paths, the one to read first. */
export function writeReports(folder: string, document: DrillDocument): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const history = [...historyIn(folder).filter(({ id }) => id !== document.id), pastOf(document)];
  const text = markdown(document, history);
  const files = [
    [`${document.id}.md`, text],
    [`${document.id}.html`, html(document, text)],
    [`${document.id}.json`, `${JSON.stringify(document, undefined, 2)}\n`],
    ["history.json", `${JSON.stringify(history, undefined, 2)}\n`],
  ] as const;
  return files.map(([name, content]) => {
    writeWhole(join(folder, name), content);
    return join(folder, name);
  });
}
