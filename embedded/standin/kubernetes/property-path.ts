/** Property paths as the engine writes them, such as `spec.rules[*].backendRefs[0].weight` or `data["a.b"]`. */
import { isProperties, type Properties, type Value } from "../values";

export type Step = string | number;

/** Any element or key. */
export const ANY = "*";

const TOKEN = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[\*\]|([^.[\]]+)/g;

export function parsePath(written: string): readonly Step[] {
  return [...written.matchAll(TOKEN)].map(([, quoted, index, name]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
    return index === undefined ? (name ?? ANY) : Number(index);
  });
}

/** Whether `path` is at or below what `pattern` covers. */
export const covers = (pattern: readonly Step[], path: readonly Step[]): boolean =>
  pattern.length <= path.length && pattern.every((step, index) => step === ANY || String(step) === String(path[index]));

/** Every concrete path in a value that a pattern matches in full. */
export function matches(value: Value | undefined, [first, ...rest]: readonly Step[]): readonly (readonly Step[])[] {
  if (value === undefined) return [];
  if (first === undefined) return [[]];
  return children(value, first).flatMap(([step, child]) => matches(child, rest).map((tail) => [step, ...tail]));
}

function children(value: Value, step: Step): readonly (readonly [Step, Value])[] {
  if (Array.isArray(value)) {
    const all = value.map((item: Value, index): readonly [Step, Value] => [index, item]);
    return all.filter(([index]) => step === ANY || String(index) === String(step));
  }
  return isProperties(value) ? Object.entries(value).filter(([name]) => step === ANY || name === String(step)) : [];
}

export function valueAt(value: Value | undefined, path: readonly Step[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)] as Value | undefined;
    return isProperties(inner) ? inner[String(step)] : undefined;
  }, value);
}

/** A copy with the value at an existing path replaced; `undefined` removes it. */
export function replaceAt(value: Value, path: readonly Step[], by: Value | undefined): Value {
  const [first, ...rest] = path;
  if (first === undefined) return by ?? null;
  if (Array.isArray(value)) return replaceItem(value, Number(first), rest, by);
  return isProperties(value) ? replaceField(value, String(first), rest, by) : value;
}

function replaceItem(list: readonly Value[], index: number, rest: readonly Step[], by: Value | undefined): Value {
  const gone = rest.length === 0 && by === undefined;
  return list.flatMap((item, at) => (at !== index ? [item] : gone ? [] : [replaceAt(item, rest, by)]));
}

function replaceField(of: Properties, name: string, rest: readonly Step[], by: Value | undefined): Properties {
  const gone = rest.length === 0 && by === undefined;
  return Object.fromEntries(
    Object.entries(of).flatMap(([key, value]) =>
      key !== name ? [[key, value]] : gone ? [] : [[key, replaceAt(value, rest, by)]],
    ),
  );
}
