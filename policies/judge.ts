/** The same rules on plain manifests: what `keelson check` and rendered output are judged by. Pure but for today's date. */
import { judgeAlone, judgeAmong } from "./court";
import type { Stage } from "./enforcement";
import { fromManifest } from "./object";
import type { Rule, Standard } from "./rule";
import { isObjectRule, isStackRule, RULES } from "./rules/all";
import { Stack } from "./stack";
import { isMet, verdictDocument, type Rulings, type VerdictDocument } from "./verdicts";
import { NO_WAIVERS, type WaiverFile } from "./waiver";

export interface JudgeOptions {
  /** How strict. @default prod, the strictest */
  readonly stage?: Stage;
  /** Only the rules of one Pod Security level; `restricted` includes `baseline`. @default every rule */
  readonly level?: "baseline" | "restricted";
  /** @default none */
  readonly waivers?: WaiverFile;
  /** The stack they are of, so that waivers of others waive nothing. @default - any stack's waivers do */
  readonly stackName?: string;
  /** Whether these are all objects of a stack, so that a waiver that meets nothing is a violation. @default false */
  readonly wholeStack?: boolean;
  /** `2026-11-21`. @default today, UTC */
  readonly today?: string;
}

/** Judges Kubernetes manifests; lists are taken apart. Never throws for what is in them. */
export function judge(manifests: readonly unknown[], options: JudgeOptions = {}): VerdictDocument {
  const objects = manifests.flatMap(fromManifest);
  const stack = new Stack(objects);
  const rules = RULES.filter((rule) => isOfLevel(rule, options.level));
  const [alone, among] = [rules.filter(isObjectRule), rules.filter(isStackRule)];
  const rulings = new Map(
    objects.map((object) => [object, [...judgeAlone(object, alone), ...judgeAmong(object, stack, among)]] as const),
  );
  const { waivers = NO_WAIVERS } = options;
  return verdictDocument(rulings, {
    stage: options.stage ?? "prod",
    waivers: options.wholeStack === true ? waivers : needed(waivers, rulings),
    today: options.today ?? new Date().toISOString().slice(0, 10),
    complete: options.wholeStack ?? false,
    ...(options.stackName === undefined ? {} : { stackName: options.stackName }),
  });
}

/** Of a stack's waivers, those that its other objects need are no matter of these manifests, expired or not. */
const needed = ({ waivers, problems }: WaiverFile, rulings: Rulings): WaiverFile => ({
  waivers: waivers.filter((waiver) => isMet(waiver, rulings)),
  problems,
});

const LEVELS: Readonly<Record<"baseline" | "restricted", readonly Standard[]>> = {
  baseline: ["pss-baseline"],
  restricted: ["pss-baseline", "pss-restricted"],
};

const isOfLevel = ({ standards }: Rule, level: JudgeOptions["level"]): boolean =>
  level === undefined || standards.some((standard) => LEVELS[level].includes(standard));
