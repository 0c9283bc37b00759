/**
 * Compares combinations that must agree, line by line. What holds in some places and not in others must be named in
 * `differences.json`, with where it holds and why; what is named must occur. A name says exactly where: in all places of
 * that description, and in no other.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { matches } from "../../policies/waiver";
import { ROOT } from "../architecture/sources";
import { type Aspect, ASPECTS, type Line } from "./aspects";
import { type Combination, nameOf, type Place, type Subject } from "./combinations";

/** The aspects of plans and objects, and what the engine's own plan says of the clouds' resources. */
export type Compared = Aspect | "promises";

/** Lines that hold in certain places only, for one reason. */
export interface Difference {
  readonly aspect: Compared;
  /** The lines; `*` stands for any text. */
  readonly what: readonly string[];
  /** Where they hold: all places with these traits, and no other. */
  readonly only: Partial<Place>;
  /** @default every system, every stage */
  readonly of?: { readonly system?: string; readonly stage?: string };
  readonly because: string;
}

/** A line that not all places of a group have. */
export interface Deviation {
  readonly aspect: Compared;
  readonly line: string;
  readonly present: readonly Subject[];
  readonly absent: readonly Subject[];
}

export const FILE = "test/parity/differences.json";

/** Those that plans and objects show. */
export const readDifferences = (): readonly Difference[] => allDifferences().filter(({ aspect }) => aspect in ASPECTS);

/** Those that only the engine's plan shows. */
export const readPromised = (): readonly Difference[] => allDifferences().filter(({ aspect }) => aspect === "promises");

const allDifferences = (): readonly Difference[] =>
  (JSON.parse(readFileSync(join(ROOT, FILE), "utf8")) as { readonly differences: readonly Difference[] }).differences;

/** What one place has, by the text of each line. */
export interface Told {
  readonly subject: Subject;
  readonly has: ReadonlyMap<string, Line>;
}

export function deviationsIn(aspect: Compared, all: readonly Told[]): readonly Deviation[] {
  const every = new Map(all.flatMap(({ has }) => [...has]));
  return [...every.values()].flatMap(({ text, among }) => {
    const compared = among === undefined ? all : all.filter(({ has }) => has.has(among));
    const present = compared.filter(({ has }) => has.has(text)).map(({ subject }) => subject);
    const absent = compared.filter(({ has }) => !has.has(text)).map(({ subject }) => subject);
    return absent.length === 0 ? [] : [{ aspect, line: text, present, absent }];
  });
}

/** The lines of a combination, by their text. */
export type Lines = (aspect: Aspect, combination: Combination) => ReadonlyMap<string, Line>;

export const deviations = (group: readonly Combination[], lines: Lines): readonly Deviation[] =>
  (Object.keys(ASPECTS) as Aspect[]).flatMap((aspect) =>
    deviationsIn(
      aspect,
      group.map((subject) => ({ subject, has: lines(aspect, subject) })),
    ),
  );

/** Whether one of a difference's patterns is for this deviation: for its line, and for exactly the places where that holds. */
export const names = (difference: Difference, pattern: string, { aspect, line, present, absent }: Deviation): boolean =>
  difference.aspect === aspect &&
  [...present, ...absent].every((each) => carries(each, difference.of ?? {})) &&
  present.every((each) => carries(each, difference.only)) &&
  !absent.some((each) => carries(each, difference.only)) &&
  matches(pattern, line);

export const isNamed = (differences: readonly Difference[], deviation: Deviation): boolean =>
  differences.some((difference) => difference.what.some((pattern) => names(difference, pattern, deviation)));

/** Patterns that name nothing, with the difference each stands in. */
export const idle = (differences: readonly Difference[], found: readonly Deviation[]) =>
  differences.flatMap((difference) =>
    difference.what
      .filter((pattern) => !found.some((deviation) => names(difference, pattern, deviation)))
      .map((pattern) => ({ aspect: difference.aspect, only: difference.only, what: pattern })),
  );

const carries = (subject: Subject, traits: object): boolean =>
  Object.entries(traits).every(([trait, value]) => Reflect.get(subject, trait) === value);

/** What to read, and what to do about it. */
export function describe({ aspect, line, present, absent }: Deviation): string {
  const only = describingTraits(present, absent);
  const entry = { aspect, what: [line], only: only ?? "…", because: "…" };
  return [
    `${aspect}: ${line}`,
    `  holds on      ${present.map(nameOf).join("; ")}`,
    `  not on        ${absent.map(nameOf).join("; ")}`,
    only === undefined
      ? `  mend          no trait of cloud, edge or routes tells these places apart: make it hold on all, or on none`
      : `  mend          make it hold on all; or name it in ${FILE}, with the reason: ${JSON.stringify(entry)}`,
  ].join("\n");
}

/** The fewest traits that all the places with it have and none of the others; undefined when no traits do. */
function describingTraits(present: readonly Subject[], absent: readonly Subject[]): Partial<Place> | undefined {
  const [first] = present;
  if (first === undefined) return undefined;
  return SUBSETS.map(
    (traits) => Object.fromEntries(traits.map((trait) => [trait, first[trait]])) as Partial<Place>,
  ).find((traits) => present.every((each) => carries(each, traits)) && !absent.some((each) => carries(each, traits)));
}

const SUBSETS: readonly (readonly (keyof Place)[])[] = [
  ["edge"],
  ["cloud"],
  ["routes"],
  ["cloud", "edge"],
  ["edge", "routes"],
  ["cloud", "routes"],
  ["cloud", "edge", "routes"],
];
