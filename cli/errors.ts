/** How an error is shown: every problem at once, what mends it, and the log; a stack trace only for our own mistakes. */
import { InvalidInput, type Problem } from "../graph/problems";
import {
  Damaged,
  DataLoss,
  Interrupted,
  Locked,
  PolicyRefused,
  Protected,
  RunFailed,
} from "../embedded/engine/failures";
import { nameOf } from "../embedded/engine/state";
import { diskProblem } from "./disk-errors";
import { grouped } from "./tally";
import { wrap } from "./wrap";

const problemLines = ({ where, got, want, mend }: Problem): readonly string[] => [
  where,
  ...wrap("    got   ", got),
  ...wrap("    want  ", want),
  `    mend  ${mend}`, // often a command: one line, to be copied
];

const indented = (text: string): string => text.split("\n").join("\n    ");

const mostNames = 5;

/** The same message from many resources, as of an API server that is gone, is told once. */
function failureLines(message: string, resources: readonly string[]): readonly string[] {
  const [only = ""] = resources;
  const more = resources.length - mostNames;
  const names = resources.slice(0, mostNames).map((resource) => nameOf(`::${resource}`));
  const alone = only.includes("::") ? `${nameOf(only)} (${only})` : only;
  const all = [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
  return [...(resources.length === 1 ? [alone] : wrap("", all)), `    ${indented(message)}`];
}

function runFailedLines({ failures, log, mend }: RunFailed): readonly string[] {
  const byMessage = grouped(failures, ({ message }) => message);
  const each = [...byMessage].flatMap(([message, of]) =>
    failureLines(
      message,
      of.map(({ resource }) => resource),
    ),
  );
  return ["the run failed", ...each, ...(mend === undefined ? [] : [`mend: ${mend}`]), `log: ${log}`];
}

/** Each by name; what releases them, once when it is the same for all. */
function protectedLines({ problems }: Protected): readonly string[] {
  const mends = new Set(problems.map(({ mend }) => mend));
  if (mends.size > 1) return ["nothing was deleted:", ...problems.flatMap(problemLines)];
  const names = problems.map(({ where }) => `  ${where}`);
  return [
    "nothing was deleted, because these are protected:",
    ...names,
    ...[...mends].map((mend) => `    mend  ${mend}`),
  ];
}

/** The lines that tell a user about an error. */
export function describeError(error: unknown): readonly string[] {
  if (error instanceof InvalidInput) return error.problems.flatMap(problemLines);
  if (error instanceof Damaged) return problemLines(error.problem);
  if (error instanceof Protected) return protectedLines(error);
  if (error instanceof DataLoss)
    return ["nothing was changed, because data would be lost:", ...error.problems.flatMap(problemLines)];
  if (error instanceof RunFailed) return runFailedLines(error);
  const known = error instanceof PolicyRefused || error instanceof Interrupted || error instanceof Locked;
  if (known) return [error.message];
  const ofDisk = diskProblem(error);
  if (ofDisk !== undefined) return problemLines(ofDisk);
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
