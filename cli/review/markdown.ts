/**
 * A review as Markdown, for a pull request or anywhere. Every name and message stands in a code span or is escaped: what
 * comes from the change itself can be no heading, link, image, mention or markup. Pure.
 */
import { isMust } from "../subjects";
import { grouped } from "../tally";
import { code, plain } from "./escape";
import { duration } from "./planned-time";
import { type Judgement, type Lists, type Review } from "./review";

/** The comment's first line: what updates it looks for this. */
export const titleOf = ({ system, stack }: Review): string => `### keelson: ${code(system)} on ${code(stack)}`;

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

function summary({ violations, mended, objectsJudged, waived, undecided, unchecked, ref }: Review): string {
  const must = violations.filter(({ found }) => isMust(found)).length;
  const verdict =
    must > 0
      ? `**${must} must hold and ${must === 1 ? "does" : "do"} not.**`
      : "**Nothing that must hold is violated.**";
  const fresh = violations.filter(({ isNew }) => isNew === true).length;
  const since = mended === undefined ? "" : ` This change brings ${plural(fresh, "violation")} and mends ${mended}.`;
  const rest = `${objectsJudged} objects: ${waived} waived, ${undecided} undecided, ${unchecked} judged by nobody.`;
  return `${verdict}${since} ${rest}${ref === undefined ? "" : ` Compared with ${code(ref)}.`}`;
}

const MOST = 12;

/** A list that does not bury the rest: what goes beyond some is folded away. */
function items(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST) return lines;
  const rest = lines.slice(MOST);
  return [
    ...lines.slice(0, MOST),
    "",
    `<details><summary>and ${rest.length} more</summary>`,
    "",
    ...rest,
    "",
    "</details>",
  ];
}

/** Who reaches whom: what widens stands first. */
function reach({ reach: found }: Review): readonly string[] {
  if (found === undefined) return [];
  const pair =
    (word: string) =>
    ({ from, to, ports }: (typeof found)["newlyReachable"][number]) =>
      `- ${word}: ${code(from)} → ${code(to)} on ${ports.map(code).join(", ")}`;
  const one = (word: string) => (id: string) => `- ${word}: ${code(id)}`;
  const lines = [
    ...found.newlyPublic.map(one("**newly public**")),
    ...found.newlyReachable.map(pair("**newly reachable**")),
    ...found.newlyExposed.map(one("**newly behind the public edge**, directly or through others")),
    ...found.addedNodes.map(one("new")),
    ...found.movedNodes.map(one("other namespace or labels")),
    ...found.noLongerPublic.map(one("no longer public")),
    ...found.noLongerReachable.map(pair("no longer reachable")),
    ...found.removedNodes.map(one("gone")),
  ];
  const shown = lines.length === 0 ? ["Nobody reaches more or less than before."] : items(lines);
  return ["#### Who reaches whom", "", ...shown, ""];
}

function listLines(what: string, lists: Lists | undefined): readonly string[] {
  if (lists === undefined) return [];
  const { added, removed, changed } = lists;
  const counts = [`${added.length} new`, `${changed.length} changed`, `${removed.length} gone`].join(", ");
  const lines = [
    ...added.map((name) => `- new: ${code(name)}`),
    ...removed.map((name) => `- gone: ${code(name)}`),
    ...changed.map((name) => `- changed: ${code(name)}`),
  ];
  if (lines.length === 0) return [`${what}: none changes.`, ""];
  return [`<details><summary>${what}: ${counts}</summary>`, "", ...items(lines), "", "</details>", ""];
}

function changes({ objects, resources }: Review): readonly string[] {
  if (objects === undefined && resources === undefined) return [];
  return [
    "#### What changes",
    "",
    ...listLines("Kubernetes objects", objects),
    ...listLines("Resources that Pulumi registers (what changes inside one is not compared)", resources),
  ];
}

/** One entry per rule and message, with every object it meets. */
function violationLines(violations: readonly Judgement[]): readonly string[] {
  const groups = grouped(violations, ({ found: { finding } }) => `${finding.rule}\n${finding.message}`);
  const sorted = [...groups.values()].sort(
    (a, b) => Number(b.some(({ found }) => isMust(found))) - Number(a.some(({ found }) => isMust(found))),
  );
  return sorted.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { rule, message, remedy } = first.found.finding;
    const fresh = members.some(({ isNew }) => isNew === true) ? " (new)" : "";
    const where = members.map(
      ({ found }) => `  - ${code(found.where)}${found.finding.path === "" ? "" : ` ${code(found.finding.path)}`}`,
    );
    return [
      `- **${isMust(first.found) ? "must" : "should"}**${fresh} ${code(rule)}: ${plain(message)}`,
      `  mend: ${plain(remedy)}`,
      ...where.slice(0, MOST),
      ...(where.length > MOST ? [`  - and ${where.length - MOST} more`] : []),
    ];
  });
}

const verdicts = ({ violations }: Review): readonly string[] => [
  "#### Verdicts",
  "",
  ...(violations.length === 0 ? ["No violations."] : violationLines(violations)),
  "",
];

function waivers({ waivers: touched }: Review): readonly string[] {
  if (touched === undefined) return [];
  const lines = [
    ...touched.added.map((name) => `- new: ${code(name)}`),
    ...touched.changed.map((name) => `- changed: ${code(name)}`),
    ...touched.removed.map((name) => `- gone: ${code(name)}`),
  ];
  return lines.length === 0 ? [] : ["#### Waivers touched", "", ...lines, ""];
}

function time({ time: { now, before } }: Review): readonly string[] {
  const whole = `Planned time from nothing to everything: ${duration(now)}, modelled`;
  if (before === undefined) return [`${whole}.`, ""];
  const change = now - before;
  const more = change === 0 ? "as before" : `${duration(change)} ${change > 0 ? "more" : "less"} than before`;
  return [`${whole}; ${more}.`, ""];
}

const missing = ({ missing: reasons }: Review): readonly string[] =>
  reasons.length === 0 ? [] : ["Not compared in full:", "", ...reasons.map((reason) => `- ${plain(reason)}`), ""];

export const reviewMarkdown = (review: Review): string =>
  [
    titleOf(review),
    "",
    summary(review),
    "",
    ...reach(review),
    ...changes(review),
    ...verdicts(review),
    ...waivers(review),
    ...time(review),
    ...missing(review),
  ].join("\n");
