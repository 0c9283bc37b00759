/**
 * Applies rules to objects. A crash in one rule is that rule's failure on that object: it is recorded as a violation that
 * no stage may relax, and everything else goes on. The error's text is left out, because it may quote a value.
 */
import type { PolicyObject } from "./object";
import { decide, violated, type Finding, type ObjectRule, type RuleFacts, type StackRule } from "./rule";
import type { Stack } from "./stack";

/** What one rule found on one object. */
export interface Ruling {
  readonly rule: RuleFacts;
  readonly finding: Finding;
  /** The rule itself failed; the object may be innocent. */
  readonly crashed: boolean;
}

export const judgeAlone = (object: PolicyObject, rules: readonly ObjectRule[]): readonly Ruling[] =>
  rules.flatMap((rule) => rulings(rule, object, () => rule.check(object)));

export const judgeAmong = (object: PolicyObject, stack: Stack, rules: readonly StackRule[]): readonly Ruling[] =>
  rules.flatMap((rule) => rulings(rule, object, () => rule.check(object, stack)));

function rulings(rule: RuleFacts, object: PolicyObject, check: () => readonly Finding[]): readonly Ruling[] {
  try {
    const findings = decide(() => (rule.applies(object) ? check() : []));
    return findings.map((finding) => ({ rule, finding, crashed: false }));
  } catch (problem) {
    return [
      {
        rule,
        finding: violated({ path: "" }, `the rule itself failed (${origin(problem)}); the object is not judged by it`),
        crashed: true,
      },
    ];
  }
}

/** The kind of error and where it was thrown, never its text. */
function origin(problem: unknown): string {
  if (!(problem instanceof Error)) return typeof problem;
  const frame = /([\w-]+\.[jt]s:\d+)/.exec(problem.stack ?? "");
  return frame?.[1] === undefined ? problem.name : `${problem.name} at ${frame[1]}`;
}
