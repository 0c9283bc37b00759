/** Changes to plain data as values: nothing is changed in place, so that one pod can be the start of many. */

export type Fields = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

/** The same data with another value at a path; `undefined` takes the field away. What is missing on the way is made. */
export function put<T>(data: T, path: Path, value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  const inner = put(look(data, [key]), rest, value);
  if (typeof key === "number") return [...list(data).slice(0, key), inner, ...list(data).slice(key + 1)] as T;
  const others = without(data, [key]);
  return (inner === undefined ? others : { ...others, [key]: inner }) as T;
}

export const look = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (isHolder(inner) ? Reflect.get(inner, key) : undefined), data);

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A map without some of its fields; empty for what is no map. */
export const without = (value: unknown, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(record(value)).filter(([key]) => !keys.includes(key)));

const record = (value: unknown): Record<string, unknown> =>
  isHolder(value) && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const isHolder = (value: unknown): value is object => typeof value === "object" && value !== null;
