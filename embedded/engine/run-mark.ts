/**
 * The mark that every process of an engine run inherits: which stack the run is of and who started it. By it the engine
 * and the plugins of a dead run are found, whatever their parent is by now.
 */
import { withEntry } from "../process/environment";
import { isAlive, type ProcessId } from "../process/identity";

/** The variable of the mark. */
export const runMark = "KEELSON_RUN";

/** The mark's value: the stack's folder and who started the run. */
export const markOf = (root: string, owner: ProcessId): string => `${root}#${owner.pid}#${owner.startTicks}`;

interface Started extends ProcessId {
  readonly by: ProcessId;
}

/** Processes of any run of the stack, without this one. */
const started = (root: string): readonly Started[] =>
  withEntry(`${runMark}=${root}#`)
    .filter(({ pid }) => pid !== process.pid)
    .map(({ pid, startTicks, rest }) => ({ pid, startTicks, by: ownerOf(rest) }));

function ownerOf(mark: string): ProcessId {
  const [pid, ticks] = mark.split("#");
  return { pid: Number(pid), startTicks: Number(ticks) };
}

/** Engines and plugins of runs of this stack whose starter is dead: nobody waits for them any more. */
export const orphans = (root: string): readonly ProcessId[] => started(root).filter(({ by }) => !isAlive(by));

/** Engines and plugins that this process started for the stack and that still live. */
export const ours = (root: string): readonly ProcessId[] =>
  started(root).filter(({ by }) => by.pid === process.pid && isAlive(by));
