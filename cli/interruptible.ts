/** Ctrl-C for a verb: the first asks the run to finish what it has begun, the second ends it. */
import { Interruption } from "../embedded/engine/interruption";
import { type Terminal } from "./terminal";

/** @param again the command that goes on from where the run stops */
export function interruptible(again: string, terminal: Terminal): Interruption {
  const interruption = new Interruption(again);
  let times = 0;
  const ask = (): void => {
    times += 1;
    terminal.note(times === 1 ? "stopping: operations under way finish first; Ctrl-C again ends them" : "ending now");
    interruption.ask();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, ask);
  return interruption;
}
