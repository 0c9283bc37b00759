/** The pack as the engine sees it: one policy per rule, so that each is named, levelled and configured by itself. */
import type {
  Policy,
  Policies,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { enforcement, type Stage } from "./enforcement";
import type { Recorder } from "./recorder";
import type { ObjectRule, RuleFacts, StackRule } from "./rule";
import { isObjectRule, isStackRule, RULES } from "./rules/all";
import { WAIVER_RULE, type Violation } from "./verdicts";

/** One line per violation; the engine prints the rule's title above it. */
const say = ({ path, message, remedy }: Violation): string => `${path === "" ? "" : `${path}: `}${message}; ${remedy}`;

const facts = (rule: RuleFacts, stage: Stage): Policy => ({
  name: rule.id,
  description: rule.title,
  enforcementLevel: enforcement(rule, stage),
  severity: rule.severity,
  tags: [rule.category, ...rule.standards],
  remediationSteps: `${rule.why} To mend it, ${rule.remedy}.`,
  url: rule.link,
});

const objectPolicy = (rule: ObjectRule, stage: Stage, recorder: Recorder): ResourceValidationPolicy => ({
  ...facts(rule, stage),
  validateResource: ({ urn }, report) => reportAll(recorder, urn, rule, report),
});

const stackPolicy = (rule: StackRule, stage: Stage, recorder: Recorder): StackValidationPolicy => ({
  ...facts(rule, stage),
  validateStack: (_, report) => recorder.urns.forEach((urn) => reportAll(recorder, urn, rule, report)),
});

function reportAll(recorder: Recorder, urn: string, { id }: RuleFacts, report: ReportViolation): void {
  const violations = recorder.violations(urn, ({ rule, crashed }) => rule.id === id && !crashed);
  for (const violation of violations) report(say(violation), urn);
}

const crashes = (recorder: Recorder, urn: string, report: ReportViolation): void => {
  for (const violation of recorder.violations(urn, ({ crashed }) => crashed)) {
    report(`${violation.rule}: ${violation.message}`, urn);
  }
};

/**
 * The SDK goes through its list for every object, and unpacks the object anew for every policy there. Policies over objects
 * leave the list at the first object, once the engine knows them all, and come back to its end when their rule first finds
 * something: rules that hold cost nothing.
 */
class Sleepers {
  readonly #asleep = new Map<string, ResourceValidationPolicy>();

  constructor(private readonly listed: Policies) {}

  /** Takes these off the list, the first time. */
  rest(policies: readonly ResourceValidationPolicy[]): void {
    if (!policies.every((policy) => this.listed.includes(policy))) return;
    for (const policy of policies) this.#asleep.set(policy.name, policy);
    const kept = this.listed.filter(({ name }) => !this.#asleep.has(name));
    this.listed.splice(0, this.listed.length, ...kept);
  }

  /** Puts those of these rules back that still rest. */
  wake(rules: Iterable<string>): void {
    for (const rule of rules) {
      const policy = this.#asleep.get(rule);
      if (policy !== undefined) this.listed.push(policy);
      this.#asleep.delete(rule);
    }
  }
}

/** Comes first: judges the object once, for all the policies after it. */
function watch(
  recorder: Recorder,
  rules: readonly ResourceValidationPolicy[],
  listed: Policies,
): ResourceValidationPolicy {
  const sleepers = new Sleepers(listed);
  return {
    name: "pack-rule-failed",
    description: "Every rule must come to an end on every object.",
    enforcementLevel: "mandatory",
    severity: "critical",
    validateResource: (args, report) => {
      sleepers.rest(rules);
      recorder.observe(args);
      sleepers.wake(recorder.violations(args.urn, () => true).map((violation) => violation.rule));
      crashes(recorder, args.urn, report);
    },
  };
}

const STACK_CRASH = "pack-stack-rule-failed";

/** Comes first at the end: judges the whole stack once, for all the policies after it. */
const conclude = (recorder: Recorder, listed: Policies): StackValidationPolicy => ({
  name: WAIVER_RULE.id,
  description: WAIVER_RULE.title,
  enforcementLevel: "mandatory",
  severity: WAIVER_RULE.severity,
  validateStack: ({ resources }, report) => {
    const { stack, objects } = recorder.conclude(resources);
    const broken = objects.flatMap(({ violations }) => violations.map(({ rule }) => rule));
    silence(listed, new Set([...broken, ...(recorder.hasCrash ? [STACK_CRASH] : [])]));
    for (const violation of stack.violations) report(say(violation));
  },
});

/**
 * The SDK unpacks the whole stack anew for every policy over it, and goes through this very list: stack policies that
 * have nothing to say leave it before their turn.
 */
function silence(listed: Policies, broken: ReadonlySet<string>): void {
  const names = [STACK_CRASH, ...RULES.filter(isStackRule).map(({ id }) => id)];
  const quiet = new Set(names.filter((name) => !broken.has(name)));
  const kept = listed.filter(({ name }) => !quiet.has(name));
  listed.splice(0, listed.length, ...kept);
}

const stackCrashes = (recorder: Recorder): StackValidationPolicy => ({
  name: STACK_CRASH,
  description: "Every rule must come to an end on every object.",
  enforcementLevel: "mandatory",
  severity: "critical",
  validateStack: (_, report) => recorder.urns.forEach((urn) => crashes(recorder, urn, report)),
});

/** The stack's first policy stands before every other stack policy, so that taking those off the list skips none. */
export function policies(stage: Stage, recorder: Recorder): Policies {
  const objects = RULES.filter(isObjectRule).map((rule) => objectPolicy(rule, stage, recorder));
  const stacks = RULES.filter(isStackRule).map((rule) => stackPolicy(rule, stage, recorder));
  const listed: Policies = [];
  listed.push(watch(recorder, objects, listed), ...objects);
  listed.push(conclude(recorder, listed), stackCrashes(recorder), ...stacks);
  return listed;
}
