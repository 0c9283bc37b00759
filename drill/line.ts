/** One line of a drill's verification: what was looked at, what came of it, and how far it can be believed. */

/** `real`: the thing itself was done and looked at. `modelled`: a stand-in or a calculation. `not run`: nobody did it. */
export type Mark = "real" | "modelled" | "not run";

export interface Line {
  readonly what: string;
  readonly mark: Mark;
  /** False makes the drill stop at a blocker. What was not run is neither. */
  readonly fine: boolean;
  readonly detail: string;
}

/** Why the system is not recovered, by name, and what to do about it. */
export interface Blocker {
  /** Such as `vault-copy-missing`: one of `drill/faults.ts`, or `step-failed`. */
  readonly name: string;
  readonly got: string;
  readonly want: string;
  readonly mend: string;
}

export const done = (mark: "real" | "modelled", what: string, detail: string): Line => ({
  what,
  mark,
  fine: true,
  detail,
});

export const notRun = (what: string, why: string): Line => ({ what, mark: "not run", fine: true, detail: why });

/** A line for what was expected and what was found. */
export const compared = (mark: "real" | "modelled", what: string, found: unknown, expected: unknown): Line => {
  const [got, want] = [JSON.stringify(found), JSON.stringify(expected)];
  return {
    what,
    mark,
    fine: got === want,
    detail: got === want ? short(got) : `${short(got)} instead of ${short(want)}`,
  };
};

const short = (text: string): string => (text.length <= 160 ? text : `${text.slice(0, 159)}…`);
