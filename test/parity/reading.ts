/** Reads plain data whose shape another program gave it. */
import { at } from "../objects/stacks";

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] =>
  (at(value, ...path) ?? []) as readonly unknown[];

export const text = (value: unknown): string => String(value ?? "");
