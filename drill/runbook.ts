/** The runbook as a page, made from the steps, the rules of the assessment and the faults, so that it cannot drift. */
import { RULES } from "./assessment";
import { FAULTS } from "./faults";
import { type Stage, STEPS } from "./steps";

const STAGES: readonly Stage[] = ["assess", "restore", "verify health", "DNS update"];

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Text of docs/region-loss.md before it is formatted. */
export const runbook = (): string =>
  [
    "# Losing a region, and getting it back",
    "",
    "Made from `drill/steps.ts`, `drill/assessment.ts` and `drill/faults.ts`; `npm run runbook` writes it anew, and a test",
    "fails when it is out of date. Do not edit it here.",
    "",
    "`npx keelson drill -s prod` does all of it on your machine, with a stand-in for the cloud, and says line by line what",
    "was real. Against a real account the steps are yours, in the source's four stages: assess, restore, verify health, DNS",
    "update. In a rehearsal the primary is left alone and the recovery stack is a throw-away; nothing below deletes a backup.",
    ...STAGES.flatMap(stageSection),
    "",
    "## Besides, in a rehearsal",
    ...STEPS.filter(({ stage }) => !STAGES.includes(stage)).flatMap(stepSection),
    "",
    "## What the assessment asks",
    "",
    "| blocker | holds when | what to do |",
    "| --- | --- | --- |",
    ...RULES.map(({ name, what, mend }) => `| \`${name}\` | ${cell(what)} | ${cell(mend)} |`),
    "",
    "## What breaks when a region is recreated, and what meets it",
    "",
    "| failure | evidence | found | what meets it |",
    "| --- | --- | --- | --- |",
    ...FAULTS.map(({ title, evidence, met, by }) => `| ${cell(title)} | ${cell(evidence)} | ${met} | ${cell(by)} |`),
    "",
  ].join("\n");

const stageSection = (stage: Stage): readonly string[] => [
  "",
  `## ${stage.charAt(0).toUpperCase()}${stage.slice(1)}`,
  ...STEPS.filter((step) => step.stage === stage).flatMap(stepSection),
];

const stepSection = ({ title, name, why, byHand }: (typeof STEPS)[number]): readonly string[] => [
  "",
  `### ${title}`,
  "",
  `Step \`${name}\`. ${why}`,
  "",
  ...byHand.map((each, index) => `${index + 1}. ${each}`),
];
