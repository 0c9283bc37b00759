/** What a drill found, as one document: printed by `--json`, kept beside the earlier ones, and shown in two other forms. */
import { PLATFORM, type Recoverable } from "../../graph/derive/recovery";
import { seconds } from "../../graph/units";
import { type Journal, type StepRecord } from "../journal";
import { type Blocker, type Line } from "../line";
import { type Distribution, type Modelled } from "../model";
import { type Stage, type StepName, STEPS } from "../steps";

export interface DrillDocument {
  readonly stack: string;
  readonly id: string;
  readonly began: string;
  readonly outcome: "recovered" | "blocked";
  readonly rto: Rto;
  /** By node that holds state. */
  readonly rpo: readonly Rpo[];
  readonly steps: readonly StepReport[];
  readonly blockers: readonly (Blocker & { readonly step: StepName })[];
  readonly modelled: Modelled | undefined;
}

/** All in seconds. */
export interface Rto {
  /** The shortest that any node declares. */
  readonly declared: number;
  /** Of this run, from the loss until people are sent to the new region; undefined when it did not get there. */
  readonly measured: number | undefined;
  /** For real clouds; undefined before the stack was recreated. */
  readonly modelled: Distribution | undefined;
}

export interface Rpo {
  readonly node: string;
  readonly declared: number;
  /** From what was restored last to the loss; undefined where nothing was measured. */
  readonly measured: number | undefined;
  /** How it comes back. */
  readonly by: string;
}

export interface StepReport {
  readonly name: StepName;
  readonly title: string;
  readonly stage: Stage;
  readonly state: "done" | "blocked" | "not run";
  readonly began: string | undefined;
  readonly seconds: number;
  readonly attempts: number;
  readonly lines: readonly Line[];
}

export interface Findings {
  readonly journal: Journal;
  readonly plan: readonly Recoverable[];
  readonly modelled: Modelled | undefined;
}

export function documentOf({ journal, plan, modelled }: Findings): DrillDocument {
  const steps = STEPS.map(({ name, title, stage }) => ({ name, title, stage, ...stateOf(journal, name) }));
  const blockers = journal.steps.flatMap(({ name, blockers: found }) => found.map((one) => ({ ...one, step: name })));
  const served = journal.facts.servesAt !== undefined && blockers.length === 0;
  return {
    stack: journal.stack,
    id: journal.id,
    began: journal.began,
    outcome: served ? "recovered" : "blocked",
    rto: { declared: declaredRto(plan), measured: served ? measuredRto(journal) : undefined, modelled: modelled?.rto },
    rpo: plan.map((node) => rpoOf(journal, node)),
    steps,
    blockers: served || blockers.length > 0 ? blockers : [unfinished(journal)],
    modelled,
  };
}

function stateOf({ steps }: Journal, name: StepName): Omit<StepReport, "name" | "title" | "stage"> {
  const record: StepRecord | undefined = steps.find((step) => step.name === name);
  if (record === undefined) return { state: "not run", began: undefined, seconds: 0, attempts: 0, lines: [] };
  const { began, seconds: took, attempts, lines, blockers, ended } = record;
  const state = blockers.length > 0 ? "blocked" : ended === undefined ? "not run" : "done";
  return { state, began, seconds: took, attempts, lines };
}

const declaredRto = (plan: readonly Recoverable[]): number => Math.min(...plan.map(({ rto }) => seconds(rto)));

/** The time that the steps took, not that between them: a drill may have been stopped for a night. */
function measuredRto({ steps }: Journal): number {
  const lost = STEPS.findIndex(({ name }) => name === "lose-region");
  const counted = new Set(STEPS.filter(({ counts }, index) => counts && index > lost).map(({ name }) => name));
  return steps.filter(({ name }) => counted.has(name)).reduce((sum, step) => sum + step.seconds, 0);
}

function rpoOf({ facts }: Journal, { node, rpo, path }: Recoverable): Rpo {
  const saved = facts.saved?.[node] ?? (node === PLATFORM ? facts.saved?.["objects"] : undefined);
  const measured =
    saved === undefined || facts.lostAt === undefined
      ? undefined
      : Math.max(0, (Date.parse(facts.lostAt) - Date.parse(saved)) / 1_000);
  return { node, declared: seconds(rpo), measured, by: "by" in path ? path.by : "nothing" };
}

/** A drill that ended without a blocker and without serving was stopped. */
function unfinished({ stack, steps }: Journal): Blocker & { readonly step: StepName } {
  const next = STEPS.find(({ name }) => steps.find((step) => step.name === name)?.ended === undefined);
  return {
    step: next?.name ?? "switch-dns",
    name: "not-finished",
    got: `a drill that ended before ${next?.title ?? "its end"}`,
    want: "every step done",
    mend: `keelson drill -s ${stack} goes on from there`,
  };
}
