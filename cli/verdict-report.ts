/** What the pack says about a plan, for a reviewer: by part, by category, then each thing to decide on. Pure. */
import { type Plan, undecided } from "../embedded/engine/plan";
import { type Finding, type ObjectVerdict, type Verdict } from "../embedded/engine/records";
import { isContainer, partOf } from "./parts";
import { table } from "./table";
import { grouped, mostFrequent, tally } from "./tally";
import { wrap } from "./wrap";

const verdictColumns = ["passed", "violated", "undecided", "unchecked"] as const satisfies readonly Verdict[];

const judgedOf = ({ verdicts }: Plan): readonly ObjectVerdict[] =>
  Object.values(verdicts).filter(({ urn }) => !isContainer(urn ?? ""));

function partTable(plan: Plan): readonly string[] {
  const rows = grouped(judgedOf(plan), ({ urn, namespace }) => partOf(urn ?? "", namespace));
  const line = (name: string, objects: readonly ObjectVerdict[]): readonly string[] => {
    const counts = tally(objects, ({ verdict }) => verdict);
    return [name, ...verdictColumns.map((verdict) => String(counts.get(verdict) ?? 0))];
  };
  const all = judgedOf(plan);
  const parts = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, objects]) => line(name, objects));
  return table([["objects by part", ...verdictColumns], ...parts, line("all", all)]);
}

interface Found {
  readonly where: string;
  readonly finding: Finding;
}

const nameOf = ({ kind, name, namespace }: ObjectVerdict): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

const foundIn = ({ verdicts, ofStack }: Plan): readonly Found[] => [
  ...Object.values(verdicts).flatMap((one) => one.violations.map((finding) => ({ where: nameOf(one), finding }))),
  ...ofStack.map((finding) => ({ where: "the stack", finding })),
];

const isMust = ({ finding }: Found): boolean => finding.enforcement === "mandatory";

function categoryTable(found: readonly Found[]): readonly string[] {
  const rows = [...grouped(found, ({ finding }) => finding.category)].sort(([a], [b]) => (a < b ? -1 : 1));
  const count = (of: readonly Found[]): readonly string[] => {
    const must = of.filter(isMust).length;
    return [String(must), String(of.length - must)];
  };
  const lines = rows.map(([category, of]) => [category, ...count(of)]);
  return rows.length === 0 ? [] : ["", ...table([["violations by category", "must", "should"], ...lines])];
}

/** One entry per rule and message, however many objects it meets. */
function violationLines(found: readonly Found[]): readonly string[] {
  const groups = grouped(found, ({ finding: { rule, path, message } }) => `${rule}\n${path}\n${message}`);
  const sorted = [...groups.values()].sort((a, b) => Number(b.some(isMust)) - Number(a.some(isMust)));
  return sorted.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { rule, path, message, remedy } = first.finding;
    const times = members.length === 1 ? "" : `, ${members.length} times`;
    return [
      `  ${isMust(first) ? "must  " : "should"}  ${rule}${times}`,
      ...wrap("          ", `${message}${path === "" ? "" : ` (${path})`}`),
      ...wrap("          in    ", members.map(({ where }) => where).join(", ")),
      ...wrap("          mend  ", remedy),
    ];
  });
}

function violations(plan: Plan): readonly string[] {
  const found = foundIn(plan);
  if (found.length === 0) return ["", "violations: none"];
  const must = found.filter(isMust).length;
  const should = found.length - must;
  const means = [
    must > 0 ? `${must} must hold and do not: \`up\` refuses` : "nothing that must hold is violated: `up` goes on",
    ...(should > 0 ? [`${should} should hold: told, and in this stage not refused`] : []),
  ];
  return [...categoryTable(found), "", `violations: ${means.join("; ")}`, ...violationLines(found)];
}

function undecidedLines(plan: Plan): readonly string[] {
  const open = undecided(plan).flatMap((one) =>
    one.undecided.map(({ rule, path, message }) => ({
      line: `${rule ?? "?"}: ${path ?? ""}`,
      name: nameOf(one),
      message,
    })),
  );
  if (open.length === 0) return [];
  const groups = [...grouped(open, ({ line, message }) => `${line}\n${message}`).values()];
  const lines = groups.flatMap((members) => [
    `  ${members[0]?.line ?? ""}`,
    ...wrap("      ", members[0]?.message ?? ""),
    ...wrap("      in    ", members.map(({ name }) => name).join(", ")),
  ]);
  return ["", "undecided, because a value is not known before `up` (--strict fails on these)", ...lines];
}

function uncheckedLines(plan: Plan): readonly string[] {
  const open = judgedOf(plan).filter(({ verdict }) => verdict === "unchecked");
  if (open.length === 0) return [];
  const reasons = grouped(open, ({ unchecked }) => unchecked[0]?.message ?? "no reason was given");
  const lines = [...reasons].flatMap(([reason, objects]) => [
    ...wrap("  ", `${objects.length}: ${reason}`),
    ...wrap(
      "      ",
      mostFrequent(
        objects.map(({ kind }) => shortKind(kind)),
        12,
      ),
    ),
  ]);
  return ["", "unchecked: nobody judged these, so look yourself if you care (`--json` names each)", ...lines];
}

const shortKind = (kind: string): string => kind.split(":").at(-1) ?? kind;

/** The verdicts of a plan, in sections. */
export const verdictReport = (plan: Plan): readonly string[] => [
  "verdicts of the policy pack",
  ...partTable(plan),
  ...violations(plan),
  ...undecidedLines(plan),
  ...uncheckedLines(plan),
];
