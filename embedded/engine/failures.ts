/**
 * How a run can end other than well, one class per exit code of the command line. Each message says where, what is
 * there and what mends it; none carries a value from the program.
 */
import { type Problem, describe } from "../../graph/problems";

/** The engine, a provider or the program reported errors. */
export class RunFailed extends Error {
  constructor(
    readonly failures: readonly Failure[],
    readonly log: string,
    readonly mend?: string,
  ) {
    super(failures.map((failure) => `${failure.resource}: ${failure.message}`).join("\n"));
    this.name = "RunFailed";
  }
}

export interface Failure {
  /** The resource's URN, or `the program` where the engine names none. */
  readonly resource: string;
  readonly message: string;
}

/** The policy pack found mandatory violations; nothing was changed. */
export class PolicyRefused extends Error {
  constructor(readonly count: number) {
    super(`${count} policy violation${count === 1 ? "" : "s"}; nothing was changed`);
    this.name = "PolicyRefused";
  }
}

/** Data would be lost; nothing was changed. */
export class Protected extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
    this.name = "Protected";
  }
}

/** A change would lose data and nobody has signed for it; nothing was changed. */
export class DataLoss extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
    this.name = "DataLoss";
  }
}

/** The run was stopped by a signal. */
export class Interrupted extends Error {
  constructor(readonly again: string) {
    super(`interrupted; nothing is lost: run \`${again}\` again and it goes on from here`);
    this.name = "Interrupted";
  }
}

/** Another living process works on the stack. */
export class Locked extends Error {
  constructor(stack: string, pid: number, since: string) {
    super(
      `stack ${stack}: locked by process ${pid} since ${since}, want no other run; ` +
        `wait for it, or end it with \`kill -INT ${pid}\``,
    );
    this.name = "Locked";
  }
}

/** A file that the engine or keelson keeps cannot be read; it is left as it is. */
export class Damaged extends Error {
  constructor(readonly problem: Problem) {
    super(describe(problem));
    this.name = "Damaged";
  }
}
