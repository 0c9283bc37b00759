/** Bad input, reported all at once: where it stands, what is there, what is wanted, and how to mend it. */

export interface Problem {
  /** The user's own key or name, such as `Pulumi.dev.yaml: network.cidr` or `service order`. */
  readonly where: string;
  /** What was found there, as the user wrote it. Never a secret. */
  readonly got: string;
  /** What would be accepted. */
  readonly want: string;
  /** The one action that mends it: a command or an edit. */
  readonly mend: string;
}

/** Thrown before anything is registered, with every problem found. */
export class InvalidInput extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
    this.name = "InvalidInput";
  }
}

/** One problem on one line. */
export const describe = ({ where, got, want, mend }: Problem): string => `${where}: got ${got}, want ${want}; ${mend}`;

/** Throws when there is anything to report. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInput(problems);
}
