/**
 * Property values as the engine sends them: plain JavaScript, in which a value not known yet is the `UNKNOWN` string and
 * a secret is a tagged envelope. Both survive whatever a handler echoes; this file is the only one that knows the tags.
 */
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Value = null | boolean | number | string | readonly Value[] | Properties;

export interface Properties {
  readonly [name: string]: Value;
}

/** Stands for a value the engine does not know yet (a preview, before creation). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const TAG = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export const isUnknown = (value: Value | undefined): boolean => value === UNKNOWN;

export const isProperties = (value: Value | undefined): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isSecret = (value: Value | undefined): boolean => isProperties(value) && value[TAG] === SECRET;

/** Marks a value secret; the engine then encrypts it in state and hides it in output. */
export const secret = (value: Value): Value => (isSecret(value) ? value : { [TAG]: SECRET, value });

/** The value itself, with every secret envelope in it opened. */
export function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isProperties(value)) return value;
  if (isSecret(value)) return reveal(value["value"] ?? null);
  return mapValues(value, reveal);
}

/** Whether anything inside is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isProperties(value) ? Object.values(value).some(hasUnknown) : isUnknown(value);
}

export const mapValues = (of: Properties, change: (value: Value, name: string) => Value): Properties =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]));

/** Text, or undefined when the value is absent, not text, or not known yet. Opens a secret. */
export function text(value: Value | undefined): string | undefined {
  const open = value === undefined ? undefined : reveal(value);
  return typeof open === "string" && open !== UNKNOWN ? open : undefined;
}

/** Order of object keys does not matter to equality; secrecy does not either. */
export const canonical = (value: Value): string => JSON.stringify(sorted(reveal(value)));

export const equal = (a: Value | undefined, b: Value | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b));

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isProperties(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] ?? null)]),
  );
}

/** A message with every secret value of these inputs blotted out; whoever refuses something quotes it. */
export function redacted(message: string, inputs: Properties): string {
  const texts = secretTexts(inputs).filter((value) => value.length > 3);
  const spelled = [...new Set(texts.flatMap(spellings))].sort((a, b) => b.length - a.length);
  return spelled.reduce((text, value) => text.replaceAll(value, "[secret]"), message);
}

/** As it is, as JSON and Go quote it, as Secrets and URLs carry it. */
const spellings = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString("base64"),
  encodeURIComponent(value),
];

function secretTexts(value: Value | undefined, within = false): readonly string[] {
  if (typeof value === "string") return within && value !== UNKNOWN ? [value] : [];
  if (typeof value === "number") return within ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap((item: Value) => secretTexts(item, within));
  if (!isProperties(value)) return [];
  if (isSecret(value)) return secretTexts(value["value"], true);
  return Object.values(value).flatMap((inner) => secretTexts(inner, within));
}

/** From and to the engine's wire form. */
export const fromWire = (struct: Struct | undefined): Properties =>
  struct === undefined ? {} : (struct.toJavaScript() as Properties);

export const toWire = (properties: Properties): Struct =>
  Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
