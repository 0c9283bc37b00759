/**
 * Owns the identity of a process: its id together with its start time, so that an id the kernel has given to another
 * process is never taken for the one we mean. Reads /proc where there is one, `ps` elsewhere.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process as it is remembered in a file. */
export interface ProcessId {
  readonly pid: number;
  /** When it started: clock ticks after boot (field 22 of /proc/PID/stat), or seconds since 1970 where `ps` tells it. */
  readonly startTicks: number;
}

/** A file below /proc; undefined when the process is gone or another user's. */
export function readProc(pid: number | string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

/** Start time after /proc/PID/stat; the fields come after the command's name, which may itself hold blanks and brackets. */
function startFromProc(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? ["X"];
  return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
}

function startFromPs(pid: number): number | undefined {
  const env = { ...process.env, LC_ALL: "C" };
  try {
    const out = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { env, stdio: ["ignore", "pipe", "ignore"] });
    return Date.parse(out.toString().trim()) / 1_000;
  } catch {
    return undefined; // ps ends with 1 when there is no such process
  }
}

/** When a living process started; undefined for one that is gone, and for a zombie, which only waits to be reaped. */
export const startTicks = (pid: number): number | undefined =>
  process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);

/** Undefined when no such process lives. */
export const identify = (pid: number): ProcessId | undefined => {
  const ticks = startTicks(pid);
  return ticks === undefined ? undefined : { pid, startTicks: ticks };
};

/** The identity of a process we have just started: one that has ended already gets a start time that no process has. */
export const identityOf = (pid: number): ProcessId => identify(pid) ?? { pid, startTicks: 0 };

export const isAlive = ({ pid, startTicks: ticks }: ProcessId): boolean => startTicks(pid) === ticks;

let me: ProcessId | undefined;

/** This process. */
export const self = (): ProcessId => (me ??= identityOf(process.pid));

/** The command's name, for a message; never its arguments, because they can hold secrets. */
export const commandOf = (pid: number): string => readProc(pid, "comm")?.trim() ?? "unknown";
