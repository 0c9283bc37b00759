/** What is derived from a value that never changes is derived once. The result lives as long as the value. */
export function once<G extends object, T>(derive: (from: G) => T): (from: G) => T {
  const known = new WeakMap<G, { readonly derived: T }>();
  return (from) => {
    const found = known.get(from) ?? { derived: derive(from) };
    known.set(from, found);
    return found.derived;
  };
}

/** Values by key, in their order: what is asked for each of many is not searched among all. */
export function groupedBy<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}
