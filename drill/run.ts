/**
 * Runs the steps that are not done yet, one after another, and writes the journal around each. A step that throws, or that
 * finds what must not be, ends the drill with a named blocker: there is no other way to end but recovered.
 */
import { Interrupted, Locked } from "../embedded/engine/failures";
import { messageOf } from "../embedded/errors";
import { type Facts, isDone, type Journal, recordOf, type StepRecord, withStep, writeJournal } from "./journal";
import { type Blocker, type Line } from "./line";
import { stepNamed, type StepName } from "./steps";

export interface StepResult {
  readonly lines: readonly Line[];
  readonly blockers?: readonly Blocker[];
  readonly facts?: Facts;
}

export interface StepRun {
  readonly name: StepName;
  /** Safe to repeat: it may have been cut off anywhere. */
  readonly run: (journal: Journal) => Promise<StepResult>;
}

export interface Watcher {
  readonly began: (name: StepName) => void;
  readonly ended: (record: StepRecord) => void;
  readonly now: () => Date;
}

/** @returns the journal as it stands at the end, which is also in the file. */
export async function runSteps(
  path: string,
  begun: Journal,
  steps: readonly StepRun[],
  watcher: Watcher,
): Promise<Journal> {
  let journal = begun;
  for (const step of steps) {
    if (isDone(journal, step.name)) continue;
    const started = begin(journal, step.name, watcher.now());
    writeJournal(path, (journal = withStep(journal, started)));
    watcher.began(step.name);
    const { record, facts } = await attempt(step, journal, started, watcher);
    journal = { ...withStep(journal, record), facts: { ...journal.facts, ...facts } };
    writeJournal(path, journal);
    watcher.ended(record);
    if (record.blockers.length > 0) return journal;
  }
  return journal;
}

function begin(journal: Journal, name: StepName, at: Date): StepRecord {
  const before = recordOf(journal, name);
  const attempts = (before?.attempts ?? 0) + 1;
  return { name, began: at.toISOString(), seconds: before?.seconds ?? 0, attempts, lines: [], blockers: [] };
}

interface Attempt {
  readonly record: StepRecord;
  readonly facts: Facts;
}

async function attempt(step: StepRun, journal: Journal, started: StepRecord, { now }: Watcher): Promise<Attempt> {
  const {
    lines,
    blockers = [],
    facts = {},
  } = await step.run(journal).catch((error: unknown) => failed(step.name, error));
  const ended = now();
  const seconds = started.seconds + (ended.getTime() - Date.parse(started.began)) / 1_000;
  const all = [...blockers, ...unmet(step.name, lines, blockers)];
  return { record: { ...started, ended: ended.toISOString(), seconds, lines, blockers: all }, facts };
}

/** Somebody's wish to stop, or another run on the stack, is no finding: the drill goes on next time. */
function failed(name: StepName, error: unknown): StepResult {
  if (error instanceof Interrupted || error instanceof Locked) throw error;
  return {
    lines: [],
    blockers: [{ name: "step-failed", got: messageOf(error), want: stepNamed(name).title, mend: AGAIN }],
  };
}

const AGAIN = "mend what it names, and run the drill again: it goes on from this step";

/** Lines that are not fine and have no blocker of their own. */
const unmet = (name: StepName, lines: readonly Line[], blockers: readonly Blocker[]): readonly Blocker[] =>
  blockers.length > 0
    ? []
    : lines
        .filter(({ fine }) => !fine)
        .map(({ what, detail }) => ({ name: `${name}-not-met`, got: detail, want: what, mend: AGAIN }));
