/** What a plan does to what exists already, worst first: kind, root, and for lost data what is lost and who signed. Pure. */
import { rootText, waiverDraft, LOSS_WAIVERS } from "../embedded/engine/data-loss";
import { type Impact, type ImpactKind, isLoss, onExisting } from "../embedded/engine/impact";
import { type Plan } from "../embedded/engine/plan";
import { typeOf } from "../embedded/engine/state";
import { grouped, mostFrequent } from "./tally";
import { wrap } from "./wrap";

const WORST_FIRST: readonly ImpactKind[] = [
  "replace with data loss",
  "delete with data loss",
  "replace",
  "replace because a value is unknown",
  "delete",
  "rolling",
  "in place",
];

const shortType = ({ urn }: Impact): string => typeOf(urn).split(":").at(-1) ?? "";

/** One line per root: a replaced network takes much with it, for one reason. */
function plainLines(kind: string, members: readonly Impact[]): readonly string[] {
  const roots = [...grouped(members, rootText)];
  return roots.flatMap(([because, of]) => [
    ...wrap(`  ${kind} ${of.length}: `, mostFrequent(of.map(shortType), 8)),
    ...(because === "" || kind === "delete" ? [] : wrap("      because  ", because)),
  ]);
}

function lossLines(impact: Impact, isOpen: boolean): readonly string[] {
  const { kind, type, name, loses = "" } = impact;
  return [
    ...wrap(`  ${kind}: `, `${type} ${name}`),
    ...wrap("      because  ", rootText(impact)),
    ...wrap("      loses    ", loses),
    ...(isOpen
      ? ["      signed   by nobody: `up` refuses", `      waive    ${waiverDraft(impact)}`]
      : [`      signed   in ${LOSS_WAIVERS}: \`up\` goes on`]),
  ];
}

/** Nothing at all where the plan touches nothing that exists. */
export function impactLines({ impact, unsigned }: Pick<Plan, "impact" | "unsigned">): readonly string[] {
  const touched = onExisting(impact).filter(({ urn }) => !/^(pulumi|keelson):/.test(typeOf(urn)));
  const byKind = grouped(touched, ({ kind }) => kind);
  const lines = WORST_FIRST.flatMap((kind) => {
    const members = byKind.get(kind) ?? [];
    return members.some(isLoss)
      ? members.flatMap((each) => lossLines(each, unsigned.includes(each)))
      : plainLines(kind, members);
  });
  return lines.length === 0 ? [] : ["", "what happens to what exists", ...lines];
}
