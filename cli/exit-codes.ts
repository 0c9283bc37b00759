/** The one table of exit codes, for every verb. Which error ends in which code is decided here and nowhere else. */
import { InvalidInput } from "../graph/problems";
import { Damaged, DataLoss, Interrupted, Locked, PolicyRefused, Protected } from "../embedded/engine/failures";
import { ToolchainError } from "../embedded/toolchain/errors";
import { diskProblem, isDiskFull } from "./disk-errors";

export const exitCodes = {
  done: 0,
  failed: 1,
  badInput: 2,
  violations: 3,
  refused: 4,
  noTools: 5,
  interrupted: 6,
  locked: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const meanings: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "the run failed: the engine, a provider, the cluster, a full disk, or a fault of keelson itself; of `check`: violations of rules that must hold",
  2: "bad input; nothing was changed",
  3: "violations of rules that must hold (with --strict also undecided ones); nothing was changed",
  4: "refused, to protect data; nothing was deleted",
  5: "the tools could not be had, or something of them is broken",
  6: "interrupted; run it again and it goes on",
  7: "another living process works on the stack",
};

// The first class that matches decides: a ToolchainError is bad input too.
const classes: readonly (readonly [new (...args: never[]) => Error, ExitCode])[] = [
  [ToolchainError, exitCodes.noTools],
  [InvalidInput, exitCodes.badInput],
  [Damaged, exitCodes.badInput],
  [PolicyRefused, exitCodes.violations],
  [Protected, exitCodes.refused],
  [DataLoss, exitCodes.refused],
  [Interrupted, exitCodes.interrupted],
  [Locked, exitCodes.locked],
];

const ofDisk = (error: unknown): ExitCode =>
  diskProblem(error) === undefined || isDiskFull(error) ? exitCodes.failed : exitCodes.badInput;

export const codeOf = (error: unknown): ExitCode =>
  classes.find(([kind]) => error instanceof kind)?.[1] ?? ofDisk(error);
