/**
 * Waivers: one rule, one object, with reason, owner and expiry, in `waivers.json` beside the pack. A waiver that has
 * expired or meets no violation is itself a violation, so that none outlives its reason.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Waiver {
  /** The rule's id. */
  readonly rule: string;
  /** The object's id, as verdicts print it; `*` stands for any text. */
  readonly object: string;
  readonly reason: string;
  /** Who answers for it: a team or a person. */
  readonly owner: string;
  /** The last day it holds, `2027-03-31`, UTC. */
  readonly expires: string;
  /** The stacks it is for, by name. @default every stack */
  readonly stacks?: readonly string[];
  /**
   * For what a stack does not always show: what is inside a chart, or delivered by Argo CD. Such a waiver may meet nothing; it
   * still expires. @default false
   */
  readonly standing?: boolean;
}

/** The waivers of a file, and what is wrong with it; a file with a mistake waives nothing. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly string[];
}

export const NO_WAIVERS: WaiverFile = { waivers: [], problems: [] };

const FIELDS = ["rule", "object", "reason", "owner", "expires"] as const;

/** `KEELSON_WAIVERS`, else beside the sources of the pack, wherever its compiled form runs from. */
export function waiverPath(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = [__dirname, join(__dirname, "..", "..", "policies"), process.cwd()];
  return (
    environment["KEELSON_WAIVERS"] ??
    folders.map((folder) => join(folder, "waivers.json")).find((path) => existsSync(path))
  );
}

export function readWaivers(path: string | undefined): WaiverFile {
  if (path === undefined) return NO_WAIVERS;
  try {
    return parseWaivers(JSON.parse(readFileSync(path, "utf8")));
  } catch (problem) {
    return {
      waivers: [],
      problems: [`cannot be read: ${problem instanceof SyntaxError ? "it is not JSON" : String(problem)}`],
    };
  }
}

/** Takes `{ "waivers": [...] }`. */
export function parseWaivers(document: unknown): WaiverFile {
  const listed: unknown =
    typeof document === "object" && document !== null && "waivers" in document ? document.waivers : undefined;
  if (!Array.isArray(listed)) return { waivers: [], problems: ['wants { "waivers": [ … ] }'] };
  const problems = listed.flatMap((entry: unknown, index) =>
    mistakes(entry).map((mistake) => `waivers[${index}]: ${mistake}`),
  );
  return { problems, waivers: problems.length > 0 ? [] : listed.filter(isWaiver) };
}

const isWaiver = (entry: unknown): entry is Waiver => mistakes(entry).length === 0;

function mistakes(entry: unknown): readonly string[] {
  if (typeof entry !== "object" || entry === null) return ["wants a map"];
  const value = (field: string): unknown => Object.getOwnPropertyDescriptor(entry, field)?.value;
  const missing = FIELDS.filter((field) => typeof value(field) !== "string" || value(field) === "");
  const expires = value("expires");
  return [
    ...missing.map((field) => `wants ${field}, a text`),
    ...(typeof expires === "string" && !isDay(expires) ? ["wants expires as 2027-03-31"] : []),
    ...(isNames(value("stacks")) ? [] : ["wants stacks, a list of stack names"]),
    ...(["undefined", "boolean"].includes(typeof value("standing")) ? [] : ["wants standing, true or false"]),
  ];
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const isNames = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((name) => typeof name === "string"));

/** Whether a waiver is for this violation. */
export const isFor = (waiver: Waiver, rule: string, object: string): boolean =>
  waiver.rule === rule && matches(waiver.object, object);

/** Whether a whole text is as a pattern says; `*` stands for any text. */
export const matches = (wanted: string, text: string): boolean => pattern(wanted).test(text);

const patterns = new Map<string, RegExp>();

function pattern(text: string): RegExp {
  const parts = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const found = patterns.get(text) ?? new RegExp(`^${parts.join(".*")}$`);
  patterns.set(text, found);
  return found;
}

export const isExpired = ({ expires }: Waiver, today: string): boolean => expires < today;

/** Whether the waiver names the stack itself, which then must need it. */
export const isOfStack = ({ stacks }: Waiver, stack: string | undefined): boolean =>
  stacks === undefined || stack === undefined || stacks.includes(stack);

/**
 * Whether it holds for the stack. `prod-recovery` stands in for `prod` in another region, `prod-rehearsal` tries that, and
 * `prod-return` comes back from there: the same program under the same waivers, some of which it may not need.
 */
export const isForStack = (waiver: Waiver, stack: string | undefined): boolean =>
  isOfStack(waiver, stack) || originsOf(stack ?? "").some((origin) => isOfStack(waiver, origin));

function originsOf(stack: string): readonly string[] {
  const [, origin, how] = /^(.+)-(recovery|rehearsal|return)$/.exec(stack) ?? [];
  if (origin === undefined) return [];
  return how === "recovery" ? [origin] : [origin, `${origin}-recovery`];
}
