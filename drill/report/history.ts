/** Earlier drills of a stack, a line each, so that drills can be compared; and the reports themselves, beside it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../embedded/files";
import { type Distribution } from "../model";
import { type DrillDocument } from "./document";
import { html } from "./html";
import { markdown } from "./markdown";
import { timeline } from "./timeline";

export interface Past {
  readonly id: string;
  readonly outcome: DrillDocument["outcome"];
  /** Seconds. */
  readonly measured: number | null;
  readonly modelled: Distribution | null;
  /** The greatest loss that was measured, in seconds. @default - a drill of before this was kept */
  readonly lost?: number | null;
  /** Seconds by step, of those that ran. */
  readonly steps?: Readonly<Record<string, number>>;
}

export type History = readonly Past[];

/** Survives `--anew`: it is the stack's, not the drill's. */
export const reportFolder = (checkout: string, stack: string): string =>
  join(checkout, ".keelson", "drill-reports", stack);

const historyIn = (folder: string): History => {
  const path = join(folder, "history.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as History) : [];
};

const pastOf = ({ id, outcome, rto, rpo, steps }: DrillDocument): Past => {
  const losses = rpo.flatMap(({ measured }) => (measured === undefined ? [] : [measured]));
  const ran = steps.filter(({ state }) => state !== "not run");
  return {
    id,
    outcome,
    measured: rto.measured ?? null,
    modelled: rto.modelled ?? null,
    lost: losses.length === 0 ? null : Math.max(...losses),
    steps: Object.fromEntries(ran.map(({ name, seconds }) => [name, seconds])),
  };
};

/** The document in its three forms and the history with it; the paths, the one to read first. */
export function writeReports(folder: string, document: DrillDocument): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const history = [...historyIn(folder).filter(({ id }) => id !== document.id), pastOf(document)];
  const text = markdown(document, history);
  const files = [
    [`${document.id}.md`, text],
    [`${document.id}.html`, html(document, text)],
    [`${document.id}.svg`, timeline(document)],
    [`${document.id}.json`, `${JSON.stringify(document, undefined, 2)}\n`],
    ["history.json", `${JSON.stringify(history, undefined, 2)}\n`],
  ] as const;
  return files.map(([name, content]) => {
    writeWhole(join(folder, name), content);
    return join(folder, name);
  });
}
