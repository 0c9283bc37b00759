/**
 * What a rule is: data that people read (id, severity, why, remedy) and a pure check. A check returns what it found; it
 * never throws for a value that is not known yet and never prints a value.
 */
import type { AdmissionForm } from "./admission/form";
import type { PolicyObject } from "./object";
import type { Stack } from "./stack";
import { Undecided, type Field } from "./value";

/** `pack` is the pack's own bookkeeping: a rule that crashed, a waiver that no longer holds. */
export type Category = "pod" | "network" | "tls" | "rbac" | "image" | "secrets" | "cloud" | "resilience" | "pack";
export type Severity = "critical" | "high" | "medium" | "low";
export type Standard = "pss-baseline" | "pss-restricted" | "nsa" | "cis-eks" | "cis-aks" | "cis-aws";

/** `violated` fails the rule; `undecided` waits for a value; `unchecked` says why the rule has nothing to judge. */
export interface Finding {
  readonly outcome: "violated" | "undecided" | "unchecked";
  /** The field, as in `spec.template.spec.containers[0].securityContext`. */
  readonly path: string;
  readonly message: string;
}

export interface RuleFacts {
  /** Unique, kebab-case, starting with its category. */
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly standards: readonly Standard[];
  /** One sentence that is true of every object that passes. */
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly link: string;
  /** Whether this rule knows objects of this type. */
  readonly applies: (object: PolicyObject) => boolean;
  /** Reads every object alike, whatever its kind is: an object that only such rules read counts as unknown. @default false */
  readonly readsAll?: boolean;
  /** The same check as the API server can make it, for what nobody planned. @default none: it needs more than one object */
  readonly admission?: AdmissionForm;
}

/** Judges one object by itself, before it is created. */
export interface ObjectRule extends RuleFacts {
  readonly scope: "object";
  readonly check: (object: PolicyObject) => readonly Finding[];
}

/** Judges one object among all others of the stack. */
export interface StackRule extends RuleFacts {
  readonly scope: "stack";
  readonly check: (object: PolicyObject, stack: Stack) => readonly Finding[];
}

export type Rule = ObjectRule | StackRule;

export const violated = ({ path }: { readonly path: string }, message: string): Finding => ({
  outcome: "violated",
  path,
  message,
});

export const undecided = ({ path }: { readonly path: string }, message = "is not known yet"): Finding => ({
  outcome: "undecided",
  path,
  message,
});

export const unchecked = ({ path }: { readonly path: string }, message: string): Finding => ({
  outcome: "unchecked",
  path,
  message,
});

/** Runs one part of a check; a value that is not known yet leaves that part undecided and the others alone. */
export function decide(part: () => readonly Finding[]): readonly Finding[] {
  try {
    return part();
  } catch (problem) {
    if (problem instanceof Undecided) return [undecided(problem, problem.message)];
    throw problem;
  }
}

/** The findings of one check over many fields, each decided by itself. */
export const each = (fields: readonly Field[], check: (field: Field) => readonly Finding[]): readonly Finding[] =>
  fields.flatMap((field) => decide(() => check(field)));

/** One violation when the condition holds. */
export const violatedIf = (condition: boolean, at: { readonly path: string }, message: string): readonly Finding[] =>
  condition ? [violated(at, message)] : [];
