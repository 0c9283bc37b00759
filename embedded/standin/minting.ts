/** Makes identifiers and outputs from an object's seed: in the cloud's real shapes, unique, and the same when made again. */
import { createHash } from "node:crypto";
import type { CloudObject } from "./store";
import type { Minting } from "./types";
import { isProperties, isSecret, mapValues, reveal, secret, UNKNOWN, type Properties, type Value } from "./values";

/** Hexadecimal digits of a hash, repeated hashing giving as many as wanted. */
export function hexOf(seed: string, length: number): string {
  const hash = createHash("sha256").update(seed).digest("hex");
  return length <= 64 ? hash.slice(0, length) : hash + hexOf(hash, length - 64);
}

/** `hex` bound to one object. */
export const digits =
  (seed: string): Minting["hex"] =>
  (length, purpose = "") =>
    hexOf(`${seed} ${purpose}`, length);

export const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

export const objectKey = (of: Pick<CloudObject, "type" | "region" | "id">): string =>
  `${of.type} ${of.region} ${of.id}`;

const DIGEST = "sha256 of a secret";

/** The cloud's file keeps no secret, only enough to notice that one changed. */
export function conceal(value: Value): Value {
  if (Array.isArray(value)) return value.map(conceal);
  if (!isProperties(value)) return value;
  return isSecret(value) ? { [DIGEST]: digest(value) } : mapValues(value, conceal);
}

/** A stored value with its secrets put back from the engine's own state. */
export function restore(stored: Value, state: Value | undefined): Value {
  if (Array.isArray(stored)) return stored.map((part, at) => restore(part as Value, elementOf(state, at)));
  if (!isProperties(stored)) return stored;
  if (stored[DIGEST] === undefined) return mapValues(stored, (part, name) => restore(part, partOf(state, name)));
  return state !== undefined && digest(state) === stored[DIGEST] ? secret(state) : secret(UNREADABLE);
}

const UNREADABLE = "changed outside the program; the cloud does not give it back";

const digest = (value: Value): string => hexOf(JSON.stringify(reveal(value)), 64);

const elementOf = (value: Value | undefined, at: number): Value | undefined =>
  Array.isArray(value) ? (value[at] as Value | undefined) : undefined;

const partOf = (value: Value | undefined, name: string): Value | undefined =>
  isProperties(value) && value !== undefined ? value[name] : undefined;

/** Default tags of the provider, overridden by the resource's own; unknown while one of them is. */
export function mergeTags(defaults: Properties, own: Value | undefined): Value {
  if (own === UNKNOWN) return UNKNOWN;
  return { ...defaults, ...(isProperties(own) ? own : {}) };
}
