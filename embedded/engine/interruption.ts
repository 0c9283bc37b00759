/**
 * What Ctrl-C does to a run, wherever it is: the first one cancels gracefully, the second one ends the engine. Between
 * two engine runs it stops the verb at the next step.
 */
import { type EngineEnd, type EngineRun } from "./engine-process";
import { Interrupted } from "./failures";

export class Interruption {
  #run: EngineRun | undefined;
  readonly #stop = new AbortController();

  /** @param again the command that goes on from where the run was stopped */
  constructor(readonly again: string) {}

  /** Ends what takes long and is no engine run, such as building a tool. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  ask(): void {
    this.#stop.abort();
    this.#run?.interrupt();
  }

  /** Waits for an engine run, which can be interrupted meanwhile. */
  async during(starting: Promise<EngineRun>): Promise<EngineEnd> {
    this.check();
    this.#run = await starting;
    if (this.signal.aborted) this.#run.interrupt();
    const end = await this.#run.end.finally(() => (this.#run = undefined));
    this.check();
    return end;
  }

  /** Throws when somebody asked to stop. */
  check(): void {
    if (this.signal.aborted) throw new Interrupted(this.again);
  }

  /** Why a run ended: whatever failed after somebody asked to stop, failed because of that. */
  reason(error: unknown): unknown {
    return this.signal.aborted ? new Interrupted(this.again) : error;
  }
}
