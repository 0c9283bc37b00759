/**
 * What a drill has done, in a file that is written whole after every step: whoever runs the drill again goes on from the
 * first step that has no end. Steps are safe to repeat, so one that was cut off is simply done again.
 */
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../embedded/files";
import { type Blocker, type Line } from "./line";
import { type StepName } from "./steps";

export interface StepRecord {
  readonly name: StepName;
  /** ISO 8601. */
  readonly began: string;
  /** Absent while it runs, and after a drill that was cut off in it. */
  readonly ended?: string;
  /** Of all attempts together. */
  readonly seconds: number;
  readonly attempts: number;
  readonly lines: readonly Line[];
  readonly blockers: readonly Blocker[];
}

/** What later steps must know of earlier ones. */
export interface Facts {
  /** Checksum by sentinel: `namespace/order-service`, `store/orders`. */
  readonly sentinels?: Readonly<Record<string, string>>;
  /** When what can be restored was last written, by node; ISO 8601. */
  readonly saved?: Readonly<Record<string, string>>;
  readonly backup?: string;
  readonly lostAt?: string;
  readonly servesAt?: string;
}

export interface Journal {
  readonly stack: string;
  readonly id: string;
  readonly began: string;
  readonly steps: readonly StepRecord[];
  readonly facts: Facts;
}

export const newJournal = (stack: string, at: Date): Journal => ({
  stack,
  id: at.toISOString().replace(/[:.]/g, "-"),
  began: at.toISOString(),
  steps: [],
  facts: {},
});

/** The journal of a drill that is under way; undefined when there is none. */
export const readJournal = (path: string): Journal | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Journal) : undefined;

export const writeJournal = (path: string, journal: Journal): void =>
  writeWhole(path, `${JSON.stringify(journal, undefined, 2)}\n`);

export const recordOf = ({ steps }: Journal, name: StepName): StepRecord | undefined =>
  steps.find((step) => step.name === name);

/** Ended, and nothing stood in its way. */
export const isDone = (journal: Journal, name: StepName): boolean => {
  const record = recordOf(journal, name);
  return record?.ended !== undefined && record.blockers.length === 0;
};

/** The journal with this step's record in place of an earlier one. */
export const withStep = (journal: Journal, record: StepRecord): Journal => ({
  ...journal,
  steps: [...journal.steps.filter(({ name }) => name !== record.name), record],
});
