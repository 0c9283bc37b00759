/** The verdicts of a plan as one table: a row per service and part of the platform, a column per category of rules. Pure. */
import { RULES } from "../policies/rules/all";
import { type Category } from "../policies/rule";
import { type Owner } from "./parts";
import { type Subject } from "./subjects";
import { table } from "./table";
import { grouped } from "./tally";

/** What the rules of one category say of one service or part, each violation counted. */
export interface Cell {
  /** Objects that a rule of the category knows. */
  readonly judged: number;
  readonly must: number;
  readonly should: number;
  readonly undecided: number;
  readonly waived: number;
}

export interface VerdictRow {
  readonly owner: Owner;
  readonly objects: number;
  readonly unchecked: number;
  /** By category. */
  readonly cells: ReadonlyMap<Category, Cell>;
}

/** In the order in which the README names them. */
export const CATEGORIES: readonly Category[] = [
  "pod",
  "network",
  "tls",
  "rbac",
  "image",
  "secrets",
  "cloud",
  "resilience",
];

const CATEGORY_OF: ReadonlyMap<string, Category> = new Map(RULES.map(({ id, category }) => [id, category]));

function cellOf(subjects: readonly Subject[], category: Category): Cell {
  const objects = subjects.map(({ object }) => object);
  const found = objects.flatMap(({ violations }) => violations).filter((one) => one.category === category);
  const must = found.filter(({ enforcement }) => enforcement === "mandatory").length;
  const open = objects.flatMap(({ undecided }) => undecided);
  return {
    judged: objects.filter(({ judged }) => judged.some((rule) => CATEGORY_OF.get(rule) === category)).length,
    must,
    should: found.length - must,
    undecided: open.filter(({ rule }) => CATEGORY_OF.get(rule ?? "") === category).length,
    waived: objects.flatMap(({ waived }) => waived).filter((one) => one.category === category).length,
  };
}

export const labelOf = ({ kind, name }: Owner): string => (kind === "service" ? `service ${name}` : name);

/** Services first, each group by name. */
const order = (a: Owner, b: Owner): number =>
  a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind === "service" ? -1 : 1;

export function verdictRows(subjects: readonly Subject[]): readonly VerdictRow[] {
  const groups = [...grouped(subjects, ({ owner }) => labelOf(owner)).values()];
  const rows = groups.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const cells = new Map(CATEGORIES.map((category) => [category, cellOf(members, category)]));
    const unchecked = members.filter(({ object }) => object.verdict === "unchecked").length;
    return [{ owner: first.owner, objects: members.length, unchecked, cells }];
  });
  return rows.sort((a, b) => order(a.owner, b.owner));
}

/** The worst of a cell, counted: what must be mended, what should, what is open, what is waived, else that all is well. */
export function cellText({ judged, must, should, undecided, waived }: Cell): string {
  if (must > 0) return `${must} must`;
  if (should > 0) return `${should} should`;
  if (undecided > 0) return `${undecided} open`;
  if (waived > 0) return `${waived} waived`;
  return judged > 0 ? "ok" : "-";
}

export const NO_CELL: Cell = { judged: 0, must: 0, should: 0, undecided: 0, waived: 0 };

/** Categories that judge nothing in this stack have no column. */
export const categoriesIn = (rows: readonly VerdictRow[]): readonly Category[] =>
  CATEGORIES.filter((category) => rows.some(({ cells }) => cellText(cells.get(category) ?? NO_CELL) !== "-"));

export function verdictTable(subjects: readonly Subject[]): readonly string[] {
  const rows = verdictRows(subjects);
  const categories = categoriesIn(rows);
  const line = ({ owner, cells, unchecked }: VerdictRow): readonly string[] => [
    labelOf(owner),
    ...categories.map((category) => cellText(cells.get(category) ?? NO_CELL)),
    unchecked === 0 ? "-" : String(unchecked),
  ];
  return rows.length === 0 ? [] : table([["by service and part", ...categories, "unchecked"], ...rows.map(line)]);
}
