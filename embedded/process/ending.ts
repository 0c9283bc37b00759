/** Owns ending processes. Refuses to signal one whose start time differs from the remembered: it is another's by now. */
import { setTimeout as pause } from "node:timers/promises";
import { isAlive, type ProcessId } from "./identity";

/** Signals the process, or with `group` its whole process group, if it still is the one remembered. */
export function signal(target: ProcessId, name: NodeJS.Signals, group = false): void {
  if (!isAlive(target)) return;
  try {
    process.kill(group ? -target.pid : target.pid, name);
  } catch {
    // It ended in between: that is what was wanted.
  }
}

/** Waits until none of them lives; says whether they all ended in time. */
export async function ended(targets: readonly ProcessId[], patienceSeconds: number): Promise<boolean> {
  const until = Date.now() + patienceSeconds * 1_000;
  while (targets.some(isAlive) && Date.now() < until) await pause(50);
  return !targets.some(isAlive);
}

/** Asks a process group to end, waits, and ends it. Resolves when it is gone. */
export const endGroup = (target: ProcessId, patienceSeconds = 10): Promise<void> =>
  end([target], patienceSeconds, true);

/** Asks single processes to end, whatever group they are in, waits, and ends them; without patience at once. */
export const endAll = (targets: readonly ProcessId[], patienceSeconds = 0): Promise<void> =>
  end(targets, patienceSeconds, false);

async function end(targets: readonly ProcessId[], patienceSeconds: number, group: boolean): Promise<void> {
  if (patienceSeconds > 0) targets.forEach((target) => signal(target, "SIGTERM", group));
  if (await ended(targets, patienceSeconds)) return;
  targets.forEach((target) => signal(target, "SIGKILL", group));
  await ended(targets, 5);
}
