/** Outputs of an object: what is given, what the cloud computes, and at preview what nobody knows yet. */
import { conceal, mergeTags } from "./minting";
import { facts } from "./sdk";
import type { Minting, TypeRow } from "./types";
import { hasUnknown, isProperties, UNKNOWN, type Properties, type Value } from "./values";

export interface Given {
  readonly type: string;
  readonly row: TypeRow;
  /** As the program wrote them: secrets in their envelopes. */
  readonly inputs: Properties;
  readonly defaultTags: Properties;
  readonly region: string;
}

/** The bridge's list of inputs it filled in itself; part of inputs, not of outputs. */
export const MARKS = "__defaults";

export const unmarked = ({ [MARKS]: _marks, ...inputs }: Properties): Properties => inputs;

/** What the cloud stores and answers. */
export function objectOutputs(given: Given, minting: Minting): Properties {
  const { row, type } = given;
  const computed = row.outputs?.(minting) ?? {};
  const own = new Set([...(facts(type)?.outputs ?? []), ...nestedBlocks(row)]);
  const forced = Object.fromEntries(Object.entries(computed).filter(([name]) => own.has(name)));
  const arn = minting.arn === "" ? {} : { arn: minting.arn };
  const plain = conceal(unmarked(given.inputs)) as Properties;
  return { ...row.defaults, ...arn, ...computed, ...plain, ...forced, ...standing(given) };
}

/** What is known before the object exists: inputs, defaults, region and tags; the rest is unknown. */
export function plannedOutputs(given: Given): Properties {
  const sdk = facts(given.type);
  const unknown = Object.fromEntries((sdk?.answers ?? []).map((name) => [name, UNKNOWN]));
  const known = { ...unknown, ...given.row.defaults, ...unmarked(given.inputs), ...standing(given) };
  return (given.row.nested ?? []).reduce<Properties>((outputs, path) => withUnknown(outputs, path.split(".")), known);
}

/** An update keeps every output except those that it may change. */
export function updatedOutputs(given: Given, olds: Properties, oldInputs: Properties): Properties {
  const dropped = new Set(Object.keys(oldInputs).filter((name) => given.inputs[name] === undefined));
  const kept = Object.fromEntries(Object.entries(olds).filter(([name]) => !dropped.has(name)));
  const unstable = Object.fromEntries((given.row.unstable ?? []).map((name) => [name, UNKNOWN]));
  const blocks = nestedBlocks(given.row).map((name) => [name, mergeBlock(olds[name], given.inputs[name])] as const);
  const merged = Object.fromEntries(blocks.filter((block): block is [string, Value] => block[1] !== undefined));
  return { ...given.row.defaults, ...kept, ...unmarked(given.inputs), ...merged, ...unstable, ...standing(given) };
}

/** Region and tags are known as soon as the provider is configured. */
function standing({ type, row, inputs, defaultTags, region }: Given): Properties {
  const sdk = facts(type);
  const tagged = sdk?.outputs.includes("tagsAll") === true;
  return {
    ...(sdk?.inputs.has("region") === true && row.global !== true ? { region } : {}),
    ...(tagged ? { tagsAll: mergeTags(defaultTags, inputs["tags"]) } : {}),
  };
}

const nestedBlocks = (row: TypeRow): readonly string[] => [
  ...new Set((row.nested ?? []).map((path) => path.split(".")[0] ?? path)),
];

function mergeBlock(old: Value | undefined, now: Value | undefined): Value | undefined {
  if (!isProperties(old) || !isProperties(now) || hasUnknown(now)) return now ?? old;
  return { ...old, ...now };
}

function withUnknown(of: Properties, [head = "", ...rest]: readonly string[]): Properties {
  const inner = of[head];
  if (rest.length === 0) return { ...of, [head]: inner ?? UNKNOWN };
  return isProperties(inner) ? { ...of, [head]: withUnknown(inner, rest) } : of;
}
