/** The document that people and programs read: every object with its verdict, and what holds for the stack as a whole. */
import type { Ruling } from "./court";
import { enforcement, type Enforcement, type Stage } from "./enforcement";
import { objectId, type PolicyObject } from "./object";
import type { Category, Severity, Standard } from "./rule";
import { RULES } from "./rules/all";
import { leftUnchecked, levelsOf, type Levels } from "./unseen";
import { isExpired, isFor, isForStack, isOfStack, type Waiver, type WaiverFile } from "./waiver";

export type Verdict = "passed" | "violated" | "undecided" | "unchecked";

export interface Violation {
  readonly rule: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly enforcement: Enforcement;
  readonly standards: readonly Standard[];
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export type Waived = Violation & { readonly waiver: Pick<Waiver, "reason" | "owner" | "expires"> };

/** Something a rule could not judge, or not yet. `rule` is absent where no rule knows the object. */
export interface OpenQuestion {
  readonly rule?: string;
  readonly path?: string;
  readonly message: string;
}

export interface ObjectVerdict {
  /** Only of Pulumi resources. */
  readonly urn?: string;
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly violations: readonly Violation[];
  readonly undecided: readonly OpenQuestion[];
  readonly unchecked: readonly OpenQuestion[];
  readonly waived: readonly Waived[];
  /** The rules that know objects of its type, by id. */
  readonly judged: readonly string[];
}

export interface VerdictDocument {
  readonly stage: Stage;
  /** Whether the joins saw every object of the stack; false when the engine stopped before it had all. */
  readonly complete: boolean;
  readonly objects: readonly ObjectVerdict[];
  readonly stack: { readonly violations: readonly Violation[] };
  readonly summary: Readonly<Record<Verdict, number>> & {
    readonly objects: number;
    readonly mandatory: number;
    readonly advisory: number;
    readonly waived: number;
  };
}

export interface Terms {
  readonly stage: Stage;
  readonly waivers: WaiverFile;
  /** `2026-11-21`, UTC. */
  readonly today: string;
  /** The stack's name; decides which waivers are for it. */
  readonly stackName?: string;
  /** Whether every object has been seen; only then can a waiver be said to meet nothing. */
  readonly complete: boolean;
}

export type Rulings = ReadonlyMap<PolicyObject, readonly Ruling[]>;

export function verdictDocument(rulings: Rulings, terms: Terms): VerdictDocument {
  const levels = levelsOf(rulings.keys());
  const objects = [...rulings].map(([object, found]) => objectVerdict({ object, found, levels }, terms));
  const stack = { violations: staleWaivers(rulings, terms) };
  return { stage: terms.stage, complete: terms.complete, objects, stack, summary: summary(objects, stack.violations) };
}

export function violationOf({ rule, finding, crashed }: Ruling, stage: Stage): Violation {
  const { id, category, severity, standards, remedy } = rule;
  const level = crashed ? "mandatory" : enforcement(rule, stage);
  return {
    rule: id,
    category,
    severity,
    enforcement: level,
    standards,
    path: finding.path,
    message: finding.message,
    remedy,
  };
}

/** The waiver in force for a ruling; a rule that crashed is never waived. */
export const waiverFor = ({ rule, crashed }: Ruling, object: PolicyObject, terms: Terms): Waiver | undefined =>
  crashed
    ? undefined
    : inForce(terms).find((waiver) => waiver.rule === rule.id && isFor(waiver, rule.id, objectId(object)));

const inForce = ({ waivers, today, stackName }: Terms): readonly Waiver[] =>
  waivers.waivers.filter((waiver) => !isExpired(waiver, today) && isForStack(waiver, stackName));

interface Judged {
  readonly object: PolicyObject;
  readonly found: readonly Ruling[];
  readonly levels: Levels;
}

function objectVerdict({ object, found, levels }: Judged, terms: Terms): ObjectVerdict {
  const violated = found.filter(({ finding }) => finding.outcome === "violated");
  const waived = violated.flatMap((ruling) =>
    waivedBy(waiverFor(ruling, object, terms), violationOf(ruling, terms.stage)),
  );
  const violations = violated.filter((ruling) => waiverFor(ruling, object, terms) === undefined);
  const undecided = questions(found, "undecided");
  const judging = RULES.filter((rule) => rule.applies(object));
  const known = judging.some(({ readsAll }) => readsAll !== true);
  const left = leftUnchecked(object, levels, known).map((message) => ({ message }));
  const unchecked = [...questions(found, "unchecked"), ...left];
  return {
    ...identity(object),
    verdict: verdictOf(violations.length, undecided.length, known),
    violations: violations.map((ruling) => violationOf(ruling, terms.stage)),
    undecided,
    unchecked,
    waived,
    judged: judging.map(({ id }) => id),
  };
}

const identity = (
  object: PolicyObject,
): Pick<ObjectVerdict, "urn" | "id" | "apiVersion" | "kind" | "namespace" | "name"> => ({
  ...(object.urn === undefined ? {} : { urn: object.urn }),
  id: objectId(object),
  apiVersion: object.apiVersion,
  kind: object.kind,
  ...(object.namespace === undefined ? {} : { namespace: object.namespace }),
  name: object.name,
});

const waivedBy = (waiver: Waiver | undefined, violation: Violation): readonly Waived[] =>
  waiver === undefined
    ? []
    : [{ ...violation, waiver: { reason: waiver.reason, owner: waiver.owner, expires: waiver.expires } }];

const questions = (found: readonly Ruling[], outcome: "undecided" | "unchecked"): readonly OpenQuestion[] =>
  found
    .filter(({ finding }) => finding.outcome === outcome)
    .map(({ rule, finding }) => ({ rule: rule.id, path: finding.path, message: finding.message }));

function verdictOf(violations: number, undecided: number, known: boolean): Verdict {
  if (violations > 0) return "violated";
  if (undecided > 0) return "undecided";
  return known ? "passed" : "unchecked";
}

/** What a waiver that no longer holds is told as. */
export const WAIVER_RULE = {
  id: "pack-waiver-in-force",
  category: "pack",
  severity: "critical",
  standards: [],
  title: "Every waiver must be valid, unexpired and needed.",
  why: "A waiver that outlives its reason hides the next violation.",
  remedy: "remove the waiver, or have its owner decide on a new date",
} as const;

function staleWaivers(rulings: Rulings, terms: Terms): readonly Violation[] {
  const { waivers, problems } = terms.waivers;
  const own = waivers.filter((waiver) => isForStack(waiver, terms.stackName));
  const expired = own.filter((waiver) => isExpired(waiver, terms.today));
  const needed = own.filter((waiver) => isOfStack(waiver, terms.stackName) && !expired.includes(waiver));
  const unmet = terms.complete ? needed.filter((waiver) => !isMet(waiver, rulings)) : [];
  return [
    ...problems.map(waiverViolation),
    ...expired.map((waiver) => waiverViolation(`${named(waiver)} expired on ${waiver.expires}`)),
    ...unmet.map((waiver) => waiverViolation(`${named(waiver)} meets no violation`)),
  ];
}

const named = ({ rule, object }: Waiver): string => `the waiver of ${rule} for ${object}`;

/** Whether a rule found something on an object that the waiver is for, or the waiver stands whether it does or not. */
export const isMet = (waiver: Waiver, rulings: Rulings): boolean =>
  waiver.standing === true ||
  [...rulings].some(([object, found]) =>
    found.some(({ rule, finding }) => finding.outcome !== "unchecked" && isFor(waiver, rule.id, objectId(object))),
  );

function waiverViolation(message: string): Violation {
  const { id, category, severity, standards, remedy } = WAIVER_RULE;
  return { rule: id, category, severity, enforcement: "mandatory", standards, path: "waivers.json", message, remedy };
}

function summary(objects: readonly ObjectVerdict[], stack: readonly Violation[]): VerdictDocument["summary"] {
  const count = (verdict: Verdict): number => objects.filter((object) => object.verdict === verdict).length;
  const violations = [...objects.flatMap((object) => object.violations), ...stack];
  const mandatory = violations.filter((violation) => violation.enforcement === "mandatory").length;
  return {
    objects: objects.length,
    passed: count("passed"),
    violated: count("violated"),
    undecided: count("undecided"),
    unchecked: count("unchecked"),
    mandatory,
    advisory: violations.length - mandatory,
    waived: objects.reduce((total, object) => total + object.waived.length, 0),
  };
}
