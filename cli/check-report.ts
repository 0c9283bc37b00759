/** What `keelson check` tells a person: each violation with its place and remedy, then what nobody judged, then a tally. Pure. */
import { type ObjectVerdict, type OpenQuestion, type VerdictDocument, type Violation } from "../policies/verdicts";
import { waivedIn } from "./check-json";
import { biggestFirst, grouped, mostFrequent, tally } from "./tally";
import { wrap } from "./wrap";

/** Columns. */
const WIDTH = 80;

const folded = (lead: string, text: string): readonly string[] => wrap(lead, text, WIDTH);

/** `pods.yaml:14` for a field of an object. */
export type Locate = (object: ObjectVerdict, path: string) => string;

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

const isMust = ({ enforcement }: Violation): boolean => enforcement === "mandatory";

/** One rule's finding, with every place in the object where it stands. */
function violationLines(found: readonly Violation[], placeOf: (path: string) => string): readonly string[] {
  const [first] = found;
  if (first === undefined) return [];
  const { rule, severity, standards, message, remedy } = first;
  const places = found.map(({ path }) => [placeOf(path), path].filter((part) => part !== ""));
  return [
    ...folded(`  ${isMust(first) ? "must  " : "should"}  `, `${rule} (${[severity, ...standards].join(", ")})`),
    ...folded("          ", message),
    ...places.filter((parts) => parts.length > 0).map((parts) => `          ${parts.join("  ")}`),
    ...folded("          mend  ", remedy),
  ];
}

const alike = (violations: readonly Violation[]): readonly (readonly Violation[])[] => [
  ...grouped(violations, ({ rule, message }) => `${rule}\n${message}`).values(),
];

const objectLines = (object: ObjectVerdict, locate: Locate): readonly string[] =>
  object.violations.length === 0
    ? []
    : [
        object.id,
        ...alike(object.violations).flatMap((found) => violationLines(found, (path) => locate(object, path))),
        "",
      ];

const stackLines = (violations: readonly Violation[]): readonly string[] =>
  violations.length === 0
    ? []
    : ["the waivers", ...violations.flatMap((violation) => violationLines([violation], () => "")), ""];

/** The same question about many objects is told once. */
function questionLines(title: string, objects: readonly ObjectVerdict[], of: (one: ObjectVerdict) => Questions) {
  const all = objects.flatMap((object) => of(object).map((question) => ({ object, question })));
  if (all.length === 0) return [];
  const groups = grouped(all, ({ question: { rule, message } }) => `${rule ?? ""}\n${message}`);
  const lines = [...groups.values()].flatMap((members) => {
    const { rule, message } = members[0]?.question ?? { message: "" };
    const names = members.map(({ object }) => object.kind);
    return [
      ...folded("  ", rule === undefined ? message : `${rule}: ${message}`),
      ...folded(
        "      ",
        names.length > 3 ? mostFrequent(names, 8) : members.map(({ object }) => object.id).join(", "),
      ),
    ];
  });
  return [title, ...lines, ""];
}

type Questions = readonly OpenQuestion[];

function waivedLines(objects: readonly ObjectVerdict[]): readonly string[] {
  const waived = waivedIn(objects);
  if (waived.length === 0) return [];
  const lines = waived.flatMap(({ rule, object, reason, owner, expires }) => [
    `  ${rule} on ${object}`,
    ...folded("      ", `${reason} (${owner}, until ${expires})`),
  ]);
  return ["waived", ...lines, ""];
}

function tallyLines({ objects, stack, summary }: VerdictDocument): readonly string[] {
  const { passed, violated, undecided, unchecked, mandatory, advisory, waived } = summary;
  const verdicts = `${passed} passed, ${violated} violated, ${undecided} undecided, ${unchecked} unchecked`;
  const found = [...objects.flatMap(({ violations }) => violations), ...stack.violations];
  const byCategory = biggestFirst(tally(found, ({ category }) => category)).map(([name, many]) => `${name} ${many}`);
  const count = `${mandatory} must hold and do not, ${advisory} should hold`;
  return [
    ...folded("", `${plural(summary.objects, "object")}: ${verdicts}`),
    ...folded(
      "",
      `${plural(found.length, "violation")}${found.length === 0 ? "" : `: ${count}; ${byCategory.join(", ")}`}`,
    ),
    ...(waived === 0 ? [] : [`${waived} waived`]),
  ];
}

/** Names come from files of anybody: what would steer the terminal is shown as what it is, a strange character. */
const printable = (line: string): string =>
  line.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

export const checkReport = (document: VerdictDocument, locate: Locate): readonly string[] =>
  [
    ...document.objects.flatMap((object) => objectLines(object, locate)),
    ...stackLines(document.stack.violations),
    ...questionLines("undecided: a value is not known", document.objects, ({ undecided }) => undecided),
    ...questionLines("unchecked: nobody judged these", document.objects, ({ unchecked }) => unchecked),
    ...waivedLines(document.objects),
    ...tallyLines(document),
  ].map(printable);
