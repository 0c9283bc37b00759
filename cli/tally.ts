/** Counting things by a key, and naming the most frequent. Pure. */

export function tally<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

export const biggestFirst = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));

/** `Role 9, Subnet 9, and 30 more kinds` */
export function mostFrequent(names: readonly string[], shown: number): string {
  const counts = biggestFirst(tally(names, (name) => name));
  const first = counts.slice(0, shown).map(([name, many]) => `${name} ${many}`);
  const rest = counts.length - shown;
  return first.join(", ") + (rest > 0 ? `, and ${rest} more kind${rest === 1 ? "" : "s"}` : "");
}
