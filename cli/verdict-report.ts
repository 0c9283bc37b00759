/** What the pack says about a plan, for a reviewer: each thing to decide on, then who has what, in two tables. Pure. */
import { type Plan } from "../embedded/engine/plan";
import { type ObjectVerdict, type Verdict } from "../embedded/engine/records";
import { type Found, isMust, nameOf, type Subject, violationsOf, waivedOf } from "./subjects";
import { table } from "./table";
import { grouped, mostFrequent, tally } from "./tally";
import { verdictTable } from "./verdict-table";
import { wrap } from "./wrap";

const verdictColumns = ["passed", "violated", "undecided", "unchecked"] as const satisfies readonly Verdict[];

const WHO = { pulumi: "Pulumi registers", argocd: "Argo CD applies" } as const;

/** Who brings how many objects, by verdict. */
function countTable(subjects: readonly Subject[]): readonly string[] {
  const line = (name: string, of: readonly Subject[]): readonly string[] => {
    const counts = tally(of, ({ object }) => object.verdict);
    return [name, ...verdictColumns.map((verdict) => String(counts.get(verdict) ?? 0))];
  };
  const rows = [...grouped(subjects, ({ by }) => by)].map(([, of]) => line(WHO[of[0]?.by ?? "pulumi"], of));
  return table([["objects", ...verdictColumns], ...rows, ...(rows.length > 1 ? [line("all", subjects)] : [])]);
}

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

function meaning(found: readonly Found[]): string {
  if (found.length === 0) return "violations: none";
  const must = found.filter(isMust).length;
  const should = found.length - must;
  const means = [
    must > 0 ? `${must} must hold and do not: \`up\` refuses` : "nothing that must hold is violated: `up` goes on",
    ...(should > 0 ? [`${should} should hold: told, and in this stage not refused`] : []),
  ];
  return `violations: ${means.join("; ")}`;
}

const violations = (found: readonly Found[]): readonly string[] => [
  ...categoryTable(found),
  "",
  meaning(found),
  ...violationLines(found),
];

function waivedLines(subjects: readonly Subject[]): readonly string[] {
  const waived = waivedOf(subjects);
  if (waived.length === 0) return [];
  const groups = grouped(waived, ({ finding: { rule, waiver } }) => `${rule}\n${waiver.reason}\n${waiver.expires}`);
  const lines = [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { rule, waiver } = first.finding;
    return [
      `  until ${waiver.expires}  ${rule} (${waiver.owner})`,
      ...wrap("                    ", waiver.reason),
      ...wrap("              in    ", members.map(({ where }) => where).join(", ")),
    ];
  });
  return ["", "waived: violated, and somebody answers for it until that day", ...lines];
}

function undecidedLines(subjects: readonly Subject[]): readonly string[] {
  const open = subjects.flatMap(({ object: one }) =>
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

function uncheckedLines(subjects: readonly Subject[]): readonly string[] {
  const open = subjects.map(({ object }): ObjectVerdict => object).filter(({ verdict }) => verdict === "unchecked");
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
export const verdictReport = (plan: Plan, subjects: readonly Subject[]): readonly string[] => [
  "verdicts of the policy pack",
  ...countTable(subjects),
  ...violations(violationsOf(subjects, plan)),
  ...waivedLines(subjects),
  ...undecidedLines(subjects),
  ...uncheckedLines(subjects),
];

/** How a plan ends: who has what, and whether it may go on. */
export const verdictEnd = (plan: Plan, subjects: readonly Subject[]): readonly string[] => [
  "verdicts by service and category",
  ...verdictTable(subjects),
  "",
  meaning(violationsOf(subjects, plan)),
];
