/** From raw configuration to settings: every problem of a stack's file in one report, each with the edit that mends it. */
import { z } from "zod";
import { formatCidr, interval, overlaps, parseCidr, prefixOf, rangeAround } from "../graph/cidr";
import { nearest } from "../graph/nearest";
import { type Problem, refuse } from "../graph/problems";
import { days } from "../graph/units";
import { edit } from "./examples";
import { dataRelations } from "./relations-data";
import { schema, type Settings } from "./schema";

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
  const parsed = schema.safeParse(plain);
  const sound = { ...(parsed.success ? parsed.data : soundPart(plain)), stack };
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => toProblems(stack, issue, plain));
  refuse([...issues, ...relations(sound)]);
  return Object.freeze({ ...schema.parse(plain), stack });
}

type Part = { readonly [K in keyof Settings]?: Settings[K] | undefined } & { readonly stack: string };

/** The top-level settings that are right by themselves: relations between them are reported together with what is wrong. */
function soundPart(plain: Raw): Omit<Part, "stack"> {
  const wrong = Object.entries(schema.shape).filter(([key, type]) => !type.safeParse(plain[key]).success);
  const mask = Object.fromEntries(wrong.map(([key]) => [key, true] as const));
  const known = Object.fromEntries(Object.entries(plain).filter(([key]) => key in schema.shape && !(key in mask)));
  return schema.partial().parse(known);
}

const file = (stack: string, path: readonly PropertyKey[]): string =>
  `Pulumi.${stack}.yaml: keelson:${path.map(String).join(".")}`;

function toProblems(stack: string, issue: z.core.$ZodIssue, raw: Raw): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => ({
      where: file(stack, [...issue.path, key]),
      got: "a key that does not exist",
      want: known.length === 0 ? "a known key" : `one of ${known.join(", ")}`,
      mend: nearest(key, known) === undefined ? "remove it" : `write ${nearest(key, known)}`,
    }));
  }
  const got = shown(valueAt(raw, issue.path));
  return [{ where: file(stack, issue.path), got, want: wanted(issue), mend: edit(issue.path, raw) }];
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

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? `a ${issue.expected}`;
  if (issue.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "invalid_union") return `one of ${choices(issue.path).join(", ")}`;
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
function choices(path: readonly PropertyKey[]): readonly string[] {
  const [union, key] = [typeAt(path.slice(0, -1)), String(path.at(-1))];
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
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const type = typeAt(path);
  const shapes = type instanceof z.ZodDiscriminatedUnion ? type.options : [type];
  return [
    ...new Set(shapes.flatMap((shape) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []))),
  ].toSorted();
}

/** The schema's type at a path, through defaults, records and lists. */
function typeAt(path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
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

// Relations between settings, which no single key can show. Each looks at what is sound.

const relations = (part: Part): readonly Problem[] => [
  ...sizeRelation(part),
  ...alignRelation(part),
  ...overlapRelation(part),
  ...zoneRelation(part),
  ...slotRelation(part),
  ...lockRelation(part),
  ...protectionRelation(part),
  ...dataRelations(part),
];

function sizeRelation({ stack, network }: Part): readonly Problem[] {
  const prefix = network === undefined ? 16 : prefixOf(network.cidr);
  if (network === undefined || (prefix >= 16 && prefix <= 20)) return [];
  const better = prefix < 16 ? 16 : 20;
  return [
    {
      where: file(stack, ["network", "cidr"]),
      got: `${network.cidr}, which is too ${prefix < 16 ? "large" : "small"}`,
      want: "a range from /16 (the largest a VPC takes) to /20 (the least that three zones of four tiers need)",
      mend: `write cidr: ${formatCidr(rangeAround(network.cidr, better))} under keelson:network`,
    },
  ];
}

function alignRelation({ stack, network }: Part): readonly Problem[] {
  if (network === undefined || parseCidr(network.cidr) !== undefined) return [];
  const want = "an address that ends where the prefix does";
  const mend = `write cidr: ${formatCidr(rangeAround(network.cidr, prefixOf(network.cidr)))} under keelson:network`;
  return [{ where: file(stack, ["network", "cidr"]), got: network.cidr, want, mend }];
}

function overlapRelation({ stack, network }: Part): readonly Problem[] {
  if (network === undefined || !overlaps(interval(network.cidr), interval(network.services))) return [];
  const free = ["172.20.0.0/16", "10.100.0.0/16", "192.168.0.0/16"] as const;
  const apart = free.find((each) => !overlaps(interval(each), interval(network.cidr)));
  return [
    {
      where: file(stack, ["network", "services"]),
      got: `${network.services}, which overlaps network.cidr ${network.cidr}`,
      want: "a range outside the network",
      mend: `write services: ${apart ?? free[0]} under keelson:network`,
    },
  ];
}

function zoneRelation({ stack, cloud }: Part): readonly Problem[] {
  const strange = (cloud?.zones ?? []).filter((zone) => !zone.startsWith(cloud?.region ?? ""));
  if (cloud === undefined || strange.length === 0) return [];
  const right = ["a", "b", "c"].map((letter) => cloud.region + letter);
  return [
    {
      where: file(stack, ["cloud", "zones"]),
      got: `${strange.join(", ")} outside cloud.region ${cloud.region}`,
      want: `three zones of ${cloud.region}`,
      mend: `write zones: [${right.join(", ")}] under keelson:cloud`,
    },
  ];
}

/** A slot is a store's own part of the data subnets: two stores in one could not be told apart by address. */
function slotRelation({ stack, stores = {} }: Part): readonly Problem[] {
  const slots = Object.entries(stores).flatMap(([name, store]) =>
    "slot" in store ? [{ name, slot: store.slot }] : [],
  );
  const taken = new Set(slots.map(({ slot }) => slot));
  const free = [...Array(16).keys()].find((slot) => !taken.has(slot));
  return slots.flatMap(({ name, slot }, index) => {
    const first = slots.findIndex((other) => other.slot === slot);
    if (first === index) return [];
    return [
      {
        where: file(stack, ["stores", name, "slot"]),
        got: `${slot}, which ${slots[first]?.name} has too`,
        want: "a slot of its own",
        mend: free === undefined ? "place one of the stores in the cluster" : `write slot: ${free}`,
      },
    ];
  });
}

function lockRelation({ stack, backup }: Part): readonly Problem[] {
  if (backup === undefined || backup.lock.mode === "none") return [];
  const shortest = days(backup.daily) <= days(backup.weekly) ? backup.daily : backup.weekly;
  if (days(backup.lock.for) <= days(shortest)) return [];
  return [
    {
      where: file(stack, ["backup", "lock", "for"]),
      got: backup.lock.for,
      want: `at most the shortest retention, ${shortest}: what is locked cannot be deleted when it expires`,
      mend: `write for: ${shortest} under keelson:backup.lock`,
    },
  ];
}

function protectionRelation({ stack, stage, protection }: Part): readonly Problem[] {
  if (stage !== "prod" || protection === undefined || protection.mode === "retain") return [];
  if (protection.confirms === stack) return [];
  return [
    {
      where: file(stack, ["protection", "mode"]),
      got: "disposable stores in stage prod",
      want: "retain: production data is not disposable by a slip",
      mend: `remove keelson:protection, or write confirms: ${stack} under it to give the data up`,
    },
  ];
}
