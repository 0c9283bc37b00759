/** Checks inputs against the SDK's facts and the type's row; everything wrong is reported at once. */
import { isIPv6 } from "node:net";
import { parseCidr } from "../../graph/cidr";
import { unmarked } from "./outputs";
import type { CheckFailure } from "./provider";
import { facts } from "./sdk";
import { valuesAt, type Rule, type TypeRow } from "./types";
import { hasUnknown, reveal, type Properties, type Value } from "./values";

export function failuresOf(type: string, row: TypeRow, inputs: Properties): readonly CheckFailure[] {
  const given = unmarked(inputs);
  return [...nameFailures(type, given), ...ruleFailures(row, given)];
}

function nameFailures(type: string, given: Properties): readonly CheckFailure[] {
  const sdk = facts(type);
  if (sdk === undefined) return [];
  const unknown = Object.keys(given).filter((name) => !sdk.inputs.has(name));
  const missing = sdk.required.filter((name) => (given[name] ?? null) === null);
  return [
    ...unknown.map((property) => ({ property, reason: `unknown property of ${type}` })),
    ...missing.map((property) => ({ property, reason: `required by ${type}` })),
  ];
}

function ruleFailures(row: TypeRow, given: Properties): readonly CheckFailure[] {
  return Object.entries(row.valid ?? {}).flatMap(([path, rule]) =>
    valuesAt(given, path)
      .filter((value) => !hasUnknown(value))
      .map((value) => ({ property: path, reason: reasonAgainst(rule, reveal(value)) }))
      .filter((failure): failure is CheckFailure => failure.reason !== undefined),
  );
}

/** Why the value breaks the rule; undefined when it does not. Values may be secret: long ones are not repeated. */
function reasonAgainst(rule: Rule, value: Value): string | undefined {
  const got = typeof value === "string" && value.length > 60 ? `${value.length} characters` : JSON.stringify(value);
  if (rule === "cidr") return isCidr(value) ? undefined : `got ${got}, want a CIDR block such as 10.0.0.0/16`;
  if (rule === "json") return isJson(value) ? undefined : `got ${got}, want a JSON document`;
  if (rule === "arn") return /^arn:aws[\w-]*:/.test(String(value)) ? undefined : `got ${got}, want an ARN`;
  if (rule instanceof RegExp) return rule.test(String(value)) ? undefined : `got ${got}, want ${rule.source}`;
  if (isRange(rule)) return inRange(rule, value) ? undefined : `got ${got}, want ${rule.min} to ${rule.max}`;
  return rule.includes(String(value)) ? undefined : `got ${got}, want one of ${rule.join(", ")}`;
}

type Range = { readonly min: number; readonly max: number };

const isRange = (rule: Range | readonly string[]): rule is Range => !Array.isArray(rule);

const inRange = ({ min, max }: Range, value: Value): boolean => Number(value) >= min && Number(value) <= max;

/** The address part must be the network's own: AWS refuses 10.0.0.1/16. */
export function isCidr(value: Value): boolean {
  const [address = "", bits = ""] = String(value).split("/");
  if (!/^\d+$/.test(bits)) return false;
  return isIPv6(address) ? Number(bits) <= 128 : parseCidr(String(value)) !== undefined;
}

function isJson(value: Value): boolean {
  if (typeof value !== "string") return false;
  try {
    return typeof JSON.parse(value) === "object";
  } catch {
    return false;
  }
}
