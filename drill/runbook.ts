/** The runbook as a page, made from the steps, the rules of the assessment and the faults, so that it cannot drift. */
import { RULES } from "./assessment";
import { FAULTS } from "./faults";
import { type Stage, STEPS } from "./steps";

const STAGES: readonly Stage[] = ["assess", "restore", "verify health", "DNS update"];

const ACCESS = [
  "primary: { kubeconfig: /home/me/.kube/prod } # a user with the right to read",
  "recovery:",
  "  kubeconfig: /home/me/.kube/prod-rehearsal # read once the stack is up",
  "  backend: s3://acme-state-recovery?region=eu-central-1 # as `pulumi login` takes it, not in the lost region",
  "  secrets: awskms://alias/pulumi-state?region=eu-central-1",
  "  zones: [eu-central-1a, eu-central-1b, eu-central-1c]",
  "  databases: # aws rds describe-db-instance-automated-backups --region eu-central-1",
  "    orders: arn:aws:rds:eu-central-1:222222222222:auto-backup:ab-0123456789abcdef",
];

const INTRODUCTION = [
  "# Losing a region, and getting it back",
  "",
  "Made from `drill/steps.ts`, `drill/assessment.ts` and `drill/faults.ts`; `npm run runbook` writes it anew, and a test",
  "fails when it is out of date. Do not edit it here.",
  "",
  "`npx keelson drill -s prod` does all of it on your machine, with a stand-in for the cloud, and says line by line what",
  "was real; with `--fail-back` it goes back afterwards. With `--real` it rehearses in a real account. When the region is really lost the steps are yours, in the",
  "source's four stages: assess, restore, verify health, DNS update. Nothing below deletes a backup.",
  "",
  "## A rehearsal in a real account",
  "",
  "```sh",
  'npx keelson drill -s prod --real --confirm "rehearse the loss of prod" --access access.yaml',
  "```",
  "",
  "It reads the primary and writes nothing there, makes the throw-away stack `prod-rehearsal` in the region that stands in",
  "with plain `pulumi up`, restores the newest daily backup into it, verifies it, asks each route, and removes it again",
  "(`--keep` leaves it). Public names are its own, so nobody is sent there; the copies are read through a location that is",
  "read-only. What only the cloud's own tools can tell is `not run`, with what to ask. The words after `--confirm` name what",
  "is at stake; without them it is refused. The access says how to get there, and holds no secret:",
  "",
  "```yaml",
  ...ACCESS,
  "```",
  "",
  'On Azure: `backend: azblob://state?storage_account=acmestaterecovery`, `secrets: azurekeyvault://…`, `zones: ["1", "2", "3"]`,',
  "and no databases, which come back from the copied archive by themselves.",
];

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Text of docs/region-loss.md before it is formatted. */
export const runbook = (): string =>
  [
    ...INTRODUCTION,
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
