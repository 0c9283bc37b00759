/** Runs sequences of steps on a stack, and says what did not hold; shrinks a sequence that fails to what matters. */
import { Chance } from "./chance";
import { FIRST, type Shape } from "./system";
import { sequence, type Step, wishedAfter } from "./steps";
import { type Ended, NEVER, World } from "./world";

const ERRORS = { throttled: "ThrottlingException: Rate exceeded", failed: "InternalFailure: try again" } as const;

/** What was wrong with a sequence; empty when everything held. */
export type Troubles = readonly string[];

/** One sequence on one stack: what may fail because something was broken on purpose, and what may not. */
class Episode {
  #shape: Shape = FIRST;
  /** Whether objects vanished that no refresh has looked for yet: until then a run may fail over them. */
  #vanished = false;

  constructor(readonly world: World) {}

  async play(steps: readonly Step[]): Promise<Troubles> {
    for (const [at, step] of steps.entries()) {
      const wrong = await this.#take(step);
      if (wrong.length > 0) return wrong.map((each) => `step ${at + 1} (${step.do}): ${each}`);
    }
    return [...(await this.#settle()), ...(await this.#leave())];
  }

  async #take(step: Step): Promise<Troubles> {
    this.#shape = wishedAfter(step, this.#shape);
    switch (step.do) {
      case "fault":
        return this.world.inject({ op: step.op, times: step.times, error: ERRORS[step.how] }).then(() => []);
      case "vanish":
        this.#vanished = (await this.#vanish(step)) !== undefined || this.#vanished;
        return [];
      case "crash":
        return this.world.run("up", this.#shape, step).then(() => []);
      case "lost answer":
        return this.world.losingAnAnswer(step.type, this.#shape).then(() => []);
      case "crashing down":
        return this.world.run("down", this.#shape, { at: step.at, all: false }).then(() => []);
      case "change":
        return this.#undisturbed("up");
      default:
        return this.#undisturbed(step.do);
    }
  }

  #vanish({ where, nth }: Step & { readonly do: "vanish" }): Promise<string | undefined> {
    return where === "cloud" ? this.world.vanishFromCloud(nth) : this.world.vanishFromCluster(nth);
  }

  /** A run that nobody kills must end well, and leave everything in order, unless something is broken on purpose. */
  async #undisturbed(verb: "up" | "refresh" | "down"): Promise<Troubles> {
    const mayFail = this.#vanished || this.world.faultsLeft() > 0;
    const { code, said } = await this.#run(verb);
    if (code !== 0) return mayFail ? [] : [`ended with ${code}: ${said}`];
    if (verb === "refresh") this.#vanished = false;
    return mayFail || verb === "refresh" ? [] : this.world.troubles();
  }

  /** With everything well again the stack comes to rest, as it was wished, and stays there. */
  async #settle(): Promise<Troubles> {
    await this.world.heal();
    const [seen, brought] = [await this.#run("refresh"), await this.#run("up")];
    if (seen.code !== 0 || brought.code !== 0) return [`did not converge: ${seen.said}${brought.said}`];
    const troubles = await this.world.troubles();
    const again = await this.#run("up");
    const drift = await this.#run("refresh");
    return [...troubles, ...unchanged("a second up", again), ...unchanged("a refresh after it", drift)];
  }

  async #leave(): Promise<Troubles> {
    const down = await this.#run("down");
    if (down.code !== 0) return [`down ended with ${down.code}: ${down.said}`];
    return (await this.world.remains()).map((each) => `after down still ${each}`);
  }

  readonly #run = (verb: "up" | "refresh" | "down"): Promise<Ended> => this.world.run(verb, this.#shape, NEVER);
}

function unchanged(what: string, { code, changes, said }: Ended): Troubles {
  if (code !== 0) return [`${what} ended with ${code}: ${said}`];
  const changed = Object.entries(changes).filter(([op, count]) => op !== "same" && count > 0);
  return changed.length === 0 ? [] : [`${what} changed something: ${JSON.stringify(changes)}`];
}

/** Plays the steps on a stack of their own. */
export async function play(steps: readonly Step[], plane: string): Promise<Troubles> {
  const world = new World(plane);
  try {
    return await new Episode(world).play(steps);
  } finally {
    await world.rid();
  }
}

export const stepsOf = (seed: number): readonly Step[] => sequence(new Chance(seed));

/** Leaves out one step after another as long as the rest still fails. */
export async function shrunk(
  steps: readonly Step[],
  fails: (some: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  for (const at of steps.keys()) {
    const fewer = steps.filter((_, index) => index !== at);
    if (await fails(fewer)) return shrunk(fewer, fails);
  }
  return steps;
}
