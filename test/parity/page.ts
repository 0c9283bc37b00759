/** `npm run parity`: writes docs/parity.md from the combinations and the named differences, so that the page is never old. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { ROOT } from "../architecture/sources";
import { ASPECTS, type Aspect } from "./aspects";
import { COMBINATIONS, placeName, REFUSALS, type Subject } from "./combinations";
import { PROMISES, PROMISES_FILE, type Promised } from "./promises";
import { type Difference, FILE, readDifferences, readPromised } from "./compare";

export const PAGE = join(ROOT, "docs", "parity.md");

/** What each aspect compares, for a reader. */
const TITLES: Readonly<Record<Aspect, string>> = {
  settings: "Settings that had to give way",
  entrance: "What the edge does",
  reach: "Who reaches whom",
  posture: "How the rules judge the objects",
  telemetry: "What is measured, and who is told",
  backup: "What is saved, and how it comes back",
};

const HEAD = `# Parity: one system in every place that it allows

A system runs on each cloud and behind each edge that its routes allow. \`npm test -- test/parity\` takes the stack of this
repository that is at a place, or carries the nearest one there by settings alone, and compares the places line by line:
what the edge does, who reaches whom, how every rule judges every kind of object of every part, what is measured, what is
saved. In each place the reachability proof runs with the semantics of that network, and no rule that must hold may be
violated.

Whatever holds in one place and not in another stands below with its reason. It is written in
\`${FILE}\`, and this page is made from that by \`npm run parity\`. A difference without a name fails the
test, with the entry to write; so does a name for a difference that no longer occurs.
`;

export const page = (): string =>
  [
    HEAD,
    "## Places",
    places(),
    "## Differences",
    ...(Object.keys(ASPECTS) as Aspect[]).map(section),
    PROMISES_HEAD,
    table(["of", "promise", "AWS", "Azure"], PROMISES.map(promiseRow)),
    PROMISED_HEAD,
    entries(readPromised()),
  ].join("\n\n");

const PROMISES_HEAD = `## What each cloud keeps of its own resources

Rules over a cloud's own resources know the types of that cloud, so they are matched by what they promise
(\`${PROMISES_FILE}\`). A rule without a promise fails the test, and so does a promise that one cloud keeps by no
rule and without a reason.`;

const PROMISED_HEAD = `The engine's plan of every stack says which of them are kept (\`test/engine/golden.test.ts\`). What differs between
the stacks of one system in one stage:`;

const promiseRow = ({ of, what, because = "", ...promise }: Promised): readonly string[] => [
  of,
  what,
  ...[promise.aws, promise.azure].map((rules) =>
    rules.length === 0 ? `no rule: ${because}` : rules.map((rule) => `\`${rule}\``).join(", "),
  ),
];

function places(): string {
  const subjects: readonly Subject[] = [...COMBINATIONS, ...REFUSALS];
  const systems = [...new Set(subjects.map(({ system }) => system))].toSorted();
  const rows = systems.flatMap((system) => {
    const names = [...new Set(subjects.filter((each) => each.system === system).map(placeName))].toSorted();
    return names.map((name) => [system, name, standing(system, name)]);
  });
  return table(["system", "place", ""], rows);
}

/** Refused is a row as well: what is not allowed is told apart from what was forgotten. */
function standing(system: string, place: string): string {
  const isHere = (each: Subject): boolean => each.system === system && placeName(each) === place;
  const stages = COMBINATIONS.filter(isHere).map(({ stage }) => stage);
  if (stages.length > 0) return `compared: ${stages.toSorted().join(", ")}`;
  const refusals = REFUSALS.filter(isHere).flatMap(({ problems }) => problems.slice(0, 1).map(({ got }) => got));
  const [why] = refusals;
  return why === undefined ? SAME_ROUTES : `refused: ${why}`;
}

const SAME_ROUTES = "the system has one route table";

const section = (aspect: Aspect): string =>
  `### ${TITLES[aspect]}\n\n${entries(readDifferences().filter((difference) => difference.aspect === aspect))}`;

const entries = (differences: readonly Difference[]): string =>
  differences.length === 0 ? "None." : differences.map(entry).join("\n");

const entry = ({ what, only, of = {}, because }: Difference): string => {
  const scope = Object.values(of).length === 0 ? "" : `, of ${Object.values(of).join(" ")}`;
  return [
    `- **Only with ${traits(only).join(" and ")}**${scope}: ${because}`,
    ...what.map((line) => `  - \`${line.trim()}\``),
  ].join("\n");
};

const traits = (given: object): readonly string[] =>
  Object.entries(given).map(([trait, value]) => `${trait} ${String(value)}`);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** The page as the repository's own style has it. */
export const formatted = async (): Promise<string> =>
  format(page(), { ...(await resolveConfig(PAGE)), parser: "markdown" });

if (require.main === module) void formatted().then((text) => writeFileSync(PAGE, text));
