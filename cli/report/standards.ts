/** The standards that rules answer to, as people name them, and how far the rules of a stack hold. Pure. */
import { type Rule, type Standard } from "../../policies/rule";
import { RULES } from "../../policies/rules/all";
import { type Subject } from "../subjects";

export const STANDARDS: readonly (readonly [Standard, string, string])[] = [
  ["pss-baseline", "Pod Security baseline", "https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
  ["pss-restricted", "Pod Security restricted", "https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
  [
    "nsa",
    "NSA/CISA hardening",
    "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
  ],
  ["cis-eks", "CIS Amazon EKS", "https://www.cisecurity.org/benchmark/kubernetes"],
  ["cis-aks", "CIS Azure AKS", "https://www.cisecurity.org/benchmark/kubernetes"],
  ["cis-aws", "CIS AWS", "https://www.cisecurity.org/benchmark/amazon_web_services"],
];

/** What one rule says of a stack. */
export interface RuleState {
  readonly rule: Rule;
  /** Objects it knows. */
  readonly judged: number;
  readonly violated: number;
  readonly waived: number;
  readonly undecided: number;
}

export function ruleStates(subjects: readonly Subject[]): readonly RuleState[] {
  const objects = subjects.map(({ object }) => object);
  const count = (ids: readonly string[]): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };
  const judged = count(objects.flatMap((object) => object.judged));
  const violated = count(objects.flatMap(({ violations }) => violations.map(({ rule }) => rule)));
  const waived = count(objects.flatMap((object) => object.waived.map(({ rule }) => rule)));
  const undecided = count(objects.flatMap((object) => object.undecided.map(({ rule }) => rule ?? "")));
  return RULES.map((rule) => ({
    rule,
    judged: judged.get(rule.id) ?? 0,
    violated: violated.get(rule.id) ?? 0,
    waived: waived.get(rule.id) ?? 0,
    undecided: undecided.get(rule.id) ?? 0,
  }));
}

export type Standing = "violated" | "undecided" | "waived" | "holds" | "nothing to judge";

/** The worst that a rule says. */
export function standingOf({ judged, violated, waived, undecided }: RuleState): Standing {
  if (violated > 0) return "violated";
  if (undecided > 0) return "undecided";
  if (waived > 0) return "waived";
  return judged > 0 ? "holds" : "nothing to judge";
}

/** A standard and how many of its rules stand how. */
export interface Coverage {
  readonly standard: Standard;
  readonly name: string;
  readonly link: string;
  readonly rules: number;
  readonly standings: Readonly<Record<Standing, number>>;
}

export const coverage = (states: readonly RuleState[]): readonly Coverage[] =>
  STANDARDS.map(([standard, name, link]) => {
    const own = states.filter(({ rule }) => rule.standards.includes(standard));
    const of = (wanted: Standing): number => own.filter((state) => standingOf(state) === wanted).length;
    const standings = {
      violated: of("violated"),
      undecided: of("undecided"),
      waived: of("waived"),
      holds: of("holds"),
      "nothing to judge": of("nothing to judge"),
    };
    return { standard, name, link, rules: own.length, standings };
  }).filter(({ rules }) => rules > 0);
