/** How large a value becomes where every alias is written out, found without writing any out. Pure. */

/** Values that aliases may add beyond those written: far above any manifest, far below what fills a memory. */
const MOST_ADDED = 1_000_000;

/** The deepest definitions of custom resources have fewer than a hundred levels. */
const DEEPEST = 500;

class TooDeep extends Error {}

/** Why a value must not be looked at; undefined when it may. What several aliases stand for is one part, met again. */
export function oversized(value: unknown): string | undefined {
  const measure = new Measure();
  try {
    const whole = measure.of(value, 0);
    return whole - measure.written > MOST_ADDED ? "aliases that stand for millions of values" : undefined;
  } catch (error) {
    if (error instanceof TooDeep) return `more than ${DEEPEST} levels`;
    throw error;
  }
}

class Measure {
  /** Values as they are written, each once. */
  written = 0;
  readonly #known = new Map<object, number>();

  of(value: unknown, depth: number): number {
    if (typeof value !== "object" || value === null) return this.#count(1);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (depth > DEEPEST) throw new TooDeep();
    let size = this.#count(1);
    for (const part of Object.values(value)) size += this.of(part, depth + 1);
    this.#known.set(value, size);
    return size;
  }

  #count(values: number): number {
    this.written += values;
    return values;
  }
}
