/** Time and memory, taken so that a busy machine disturbs them as little as it can: medians, and ratios within one round. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** Milliseconds that `work` takes. */
export function milliseconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** MiB that the result of `work` holds on to. */
export function heldBy(work: () => unknown): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = [work()];
  collect();
  const after = process.memoryUsage().heapUsed;
  return held.length * ((after - before) / 2 ** 20);
}

/** Each round does every work once, so that what slows the machine down slows all of them: medians need no quiet machine. */
export async function rounds<N extends string>(
  count: number,
  works: Readonly<Record<N, () => Promise<unknown>>>,
): Promise<readonly Readonly<Record<N, number>>[]> {
  const all: Record<N, number>[] = [];
  const names = Object.keys(works) as N[];
  for (let round = 0; round < count; round += 1) {
    const times = {} as Record<N, number>;
    for (const name of names) times[name] = await seconds(works[name]);
    all.push(times);
  }
  return all;
}
