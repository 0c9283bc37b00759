/** What a refused file operation means to the user. Anything else is no matter of files. Pure. */
import { type Problem } from "../graph/problems";

interface Reason {
  readonly got: string;
  readonly mend: string;
}

const own = "make it yours and writable, or work in a checkout that is";
const room = "free some space there and run the command again: it goes on from where it stopped";

const reasons: Readonly<Record<string, Reason>> = {
  EACCES: { got: "no permission", mend: own },
  EPERM: { got: "no permission", mend: own },
  EROFS: { got: "a file system mounted read-only", mend: own },
  ENOTDIR: { got: "a file where a folder is needed", mend: "name another place, or move the file away" },
  EEXIST: { got: "a file where a folder is needed", mend: "name another place, or move the file away" },
  EISDIR: { got: "a folder", mend: "name a file" },
  ENOSPC: { got: "a full disk", mend: room },
  EDQUOT: { got: "a used-up disk quota", mend: room },
};

/** A disk that filled up may have done so in the middle of a run; all others show at the first access. */
const full = new Set(["ENOSPC", "EDQUOT"]);

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Whether it says that the disk is full. */
export const isDiskFull = (error: unknown): boolean => full.has(codeOf(error));

/** The repair instruction for a failed file operation, undefined for any other error. */
export function diskProblem(error: unknown): Problem | undefined {
  const reason = reasons[codeOf(error)];
  if (reason === undefined || !(error instanceof Error)) return undefined;
  const where = "path" in error && typeof error.path === "string" ? error.path : "the disk";
  const reads = "syscall" in error && (error.syscall === "read" || error.syscall === "scandir");
  return { where, ...reason, want: reads ? "a file that can be read" : "a place that can be written to" };
}
