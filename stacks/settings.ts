/** From raw configuration to settings: every problem of a stack's file in one report, each with the edit that mends it. */
import { z } from "zod";
import { nearest } from "../graph/nearest";
import { type Problem, refuse } from "../graph/problems";
import { edit } from "./examples";
import { type Part, relations, settingAt } from "./relations";
import { type Provider, SCHEMAS, type Settings } from "./schema";

/** Configuration by key without the project's name, structured values as they stand in the file. */
export type Raw = Readonly<Record<string, unknown>>;

/** Keys that hold secrets: `stripeCredential`. They are read as Pulumi secrets and are no settings. */
const SECRET_KEY = /Credential$/;

/**
 * @param stack name of the stack, for messages: its file is `Pulumi.<stack>.yaml`.
 * @throws InvalidInput with all problems of the file.
 */
export function readSettings(stack: string, raw: Raw): Settings {
  const plain = Object.fromEntries(Object.entries(raw).filter(([key]) => !SECRET_KEY.test(key)));
  const provider = providerOf(plain);
  const issues = SCHEMAS[provider].safeParse(plain).error?.issues ?? [];
  const sound = soundPart(provider, stack, plain);
  refuse([...issues.flatMap((issue) => toProblems(stack, issue, plain)), ...relations(sound)]);
  return provider === "azure"
    ? Object.freeze({ ...SCHEMAS.azure.parse(plain), stack, provider })
    : Object.freeze({ ...SCHEMAS.aws.parse(plain), stack, provider });
}

/** The shapes of a file follow from its cloud; one that names none is read as AWS, and told which there are. */
const providerOf = (plain: Raw): Provider => (valueAt(plain, ["cloud", "provider"]) === "azure" ? "azure" : "aws");

/** The top-level settings that are right by themselves: relations between them are reported together with what is wrong. */
const soundPart = (provider: Provider, stack: string, plain: Raw): Part =>
  provider === "azure"
    ? { ...SCHEMAS.azure.partial().parse(soundKeys(SCHEMAS.azure, plain)), stack, provider }
    : { ...SCHEMAS.aws.partial().parse(soundKeys(SCHEMAS.aws, plain)), stack, provider };

function soundKeys({ shape }: z.ZodObject, plain: Raw): Raw {
  const sound = Object.entries(shape).filter(([key, type]) => z.safeParse(type, plain[key]).success);
  return Object.fromEntries(sound.flatMap(([key]) => (key in plain ? [[key, plain[key]] as const] : [])));
}

function toProblems(stack: string, issue: z.core.$ZodIssue, raw: Raw): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path, raw);
    return issue.keys.map((key) => ({
      where: settingAt(stack, [...issue.path, key]),
      got: "a key that does not exist",
      want: known.length === 0 ? "a known key" : `one of ${known.join(", ")}`,
      mend: nearest(key, known) === undefined ? "remove it" : `write ${nearest(key, known)}`,
    }));
  }
  const got = shown(valueAt(raw, issue.path));
  return [{ where: settingAt(stack, issue.path), got, want: wanted(issue, raw), mend: edit(issue.path, raw) }];
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

const TYPES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  object: "an object of keys",
  record: "an object of keys",
  array: "a list",
};

function wanted(issue: z.core.$ZodIssue, raw: Raw): string {
  if (issue.path.join(".") === "cloud.provider") return `one of ${Object.keys(SCHEMAS).join(", ")}`;
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? `a ${issue.expected}`;
  if (issue.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "invalid_union") return `one of ${choices(issue.path, raw).join(", ")}`;
  if (issue.code === "too_small" && DEFAULT_MESSAGE.test(issue.message))
    return `at least ${issue.minimum}${units(issue)}`;
  if (issue.code === "too_big" && DEFAULT_MESSAGE.test(issue.message)) return `at most ${issue.maximum}${units(issue)}`;
  return issue.message;
}

/** The schema library's own words; ours say more. */
const DEFAULT_MESSAGE = /^Too (small|big)/;

const units = ({ origin }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string =>
  origin === "array" ? " entries" : origin === "string" ? " characters" : "";

/** What a key that picks the shape of its object may say. */
function choices(path: readonly PropertyKey[], raw: Raw): readonly string[] {
  const [union, key] = [typeAt(path.slice(0, -1), raw), String(path.at(-1))];
  if (!(union instanceof z.ZodDiscriminatedUnion)) return ["the known shapes"];
  return union.options.flatMap((option) => {
    const picked = option instanceof z.ZodObject ? option.shape[key] : undefined;
    return picked instanceof z.ZodLiteral || picked instanceof z.ZodEnum
      ? [...(picked instanceof z.ZodLiteral ? picked.values : picked.options)].map(String)
      : [];
  });
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined), value);

/** The keys the schema has at a path, in any of the shapes it may have there. */
function keysAt(path: readonly PropertyKey[], raw: Raw): readonly string[] {
  const type = typeAt(path, raw);
  const shapes = type instanceof z.ZodDiscriminatedUnion ? type.options : [type];
  return [
    ...new Set(shapes.flatMap((shape) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []))),
  ].toSorted();
}

/** The schema's type at a path, through defaults, records and lists. */
function typeAt(path: readonly PropertyKey[], raw: Raw): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = SCHEMAS[providerOf(raw)];
  for (const key of path) at = child(at, key);
  return unwrap(at);
}

function unwrap(type: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodOptional)
    return unwrap(type.unwrap());
  return type;
}

function child(type: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined {
  const inner = unwrap(type);
  if (inner instanceof z.ZodObject) return inner.shape[String(key)] as z.core.$ZodType | undefined;
  if (inner instanceof z.ZodArray) return inner.element as z.core.$ZodType;
  return inner instanceof z.ZodRecord ? inner.valueType : undefined;
}
