/** Reading Kubernetes objects, whose fields may all be absent. Nothing here throws. */
import { isProperties, type Properties, type Value } from "../values";

/** The value at a path of names, or undefined. */
export function at(object: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((value, step) => (isProperties(value) ? value[step] : undefined), object);
}

export function textAt(object: Value | undefined, ...path: readonly string[]): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

export function numberAt(object: Value | undefined, ...path: readonly string[]): number {
  const value = at(object, ...path);
  return typeof value === "number" ? value : 0;
}

/** The object at a path; empty when there is none. */
export function record(object: Value | undefined, ...path: readonly string[]): Properties {
  const value = at(object, ...path);
  return isProperties(value) ? value : {};
}

/** The objects in the list at a path. */
export function items(object: Value | undefined, ...path: readonly string[]): readonly Properties[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value.filter((item: Value): item is Properties => isProperties(item)) : [];
}

/** The texts in the list at a path. */
export function texts(object: Value | undefined, ...path: readonly string[]): readonly string[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value.filter((item: Value): item is string => typeof item === "string") : [];
}

export const annotation = (object: Properties, name: string): string => textAt(object, "metadata", "annotations", name);

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function condition(object: Properties, type: string): Condition | undefined {
  const found = items(object, "status", "conditions").find((each) => each["type"] === type);
  return (
    found && { status: textAt(found, "status"), reason: textAt(found, "reason"), message: textAt(found, "message") }
  );
}

/** A copy with one field set, parents made as needed; `null` removes it. */
export function withField(object: Properties, path: readonly string[], value: Value): Properties {
  const [first, ...rest] = path;
  if (first === undefined) return object;
  if (rest.length === 0 && value === null) return without(object, first);
  return { ...object, [first]: rest.length === 0 ? value : withField(record(object, first), rest, value) };
}

export const without = (object: Properties, ...names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
