/** Shows a run's progress: failures at once, a line per part of the platform that is complete, and a sign of life. */
import { type EngineEvent } from "../embedded/engine/engine-events";
import {
  advance,
  completed,
  completeLine,
  notable,
  nothingDone,
  type Tally,
  workLine,
} from "../embedded/engine/progress";
import { type Terminal } from "./terminal";

/** After so long without a line, one says that it goes on. */
const silence = 10_000;

export class LiveProgress {
  #tally: Tally | undefined;
  #next = 0;

  constructor(readonly terminal: Terminal) {}

  /** From now on events are those of the run on these resources; before that, they are the plan's own. */
  begin(urns: readonly string[]): void {
    this.#tally = nothingDone(urns);
    this.#next = Date.now() + silence;
  }

  readonly see = (event: EngineEvent): void => {
    const before = this.#tally;
    if (before === undefined) return;
    const after = (this.#tally = advance(before, event));
    const urgent = notable(event);
    if (urgent !== undefined) this.terminal.note(urgent);
    const part = completed(before, after);
    if (part !== undefined) this.#show(completeLine(after, part));
    else if (Date.now() >= this.#next) this.#show(workLine(after));
  };

  #show(line: string): void {
    this.#next = Date.now() + silence;
    this.terminal.note(line);
  }
}
