/**
 * Finds processes by an entry of their environment, whatever their parent is by now: a mark given when one is started is
 * inherited by all it starts. Other users' processes cannot be read and are left out.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { identify, readProc, type ProcessId } from "./identity";

export interface Marked extends ProcessId {
  /** What follows the searched start in the entry. */
  readonly rest: string;
}

/** Every living process whose environment has an entry beginning with `start`, such as `NAME=` or `NAME=value`. */
export function withEntry(start: string): readonly Marked[] {
  const found = process.platform === "linux" ? fromProc(start) : fromPs(start);
  return found.flatMap(([pid, rest]) => {
    const id = identify(pid);
    return id === undefined ? [] : [{ ...id, rest }];
  });
}

/** Every living process whose environment holds exactly this `NAME=value`. */
export const withEnvironment = (entry: string): readonly ProcessId[] =>
  withEntry(entry)
    .filter(({ rest }) => rest === "")
    .map(({ pid, startTicks }) => ({ pid, startTicks }));

type Found = readonly (readonly [pid: number, rest: string])[];

const fromProc = (start: string): Found =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const entry = readProc(name, "environ")
        ?.split("\0")
        .find((item) => item.startsWith(start));
      return entry === undefined ? [] : [[Number(name), entry.slice(start.length)] as const];
    });

function fromPs(start: string): Found {
  const out = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { maxBuffer: 64 << 20 }).toString();
  return out.split("\n").flatMap((line) => {
    const at = line.indexOf(start);
    const rest = line.slice(at + start.length).split(" ")[0] ?? "";
    return at < 0 ? [] : [[Number.parseInt(line, 10), rest] as const];
  });
}
