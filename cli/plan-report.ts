/** A plan for a reviewer with five minutes: what changes, what the pack says, what nobody could look into. Pure. */
import { type Plan } from "../embedded/engine/plan";
import { type Chart } from "../embedded/engine/records";
import { typeOf } from "../embedded/engine/state";
import { impactLines } from "./impact-report";
import { against } from "./plan-json";
import { type Subject, subjectsOf } from "./subjects";
import { biggestFirst, grouped, mostFrequent, tally } from "./tally";
import { verdictEnd, verdictReport } from "./verdict-report";
import { wrap } from "./wrap";

const shortType = (urn: string): string => typeOf(urn).split(":").slice(-1)[0] ?? "";

const packageOf = (urn: string): string => typeOf(urn).split(":")[0] ?? "";

/** `create 120 kubernetes: Deployment 6, Service 6, …`; components hold no settings and are left out. */
function changeLines({ resources, removed }: Plan): readonly string[] {
  const changed = resources.filter(({ op, type }) => op !== "same" && !/^(pulumi|keelson):/.test(type));
  const groups = tally(changed, ({ op, urn }) => `${op}\t${packageOf(urn)}`);
  const lines = biggestFirst(groups).flatMap(([group, count]) => {
    const [op = "", name = ""] = group.split("\t");
    const members = changed.filter(({ op: its, urn }) => `${its}\t${packageOf(urn)}` === group);
    return wrap(
      `  ${op} ${count} ${name}: `,
      mostFrequent(
        members.map(({ urn }) => shortType(urn)),
        8,
      ),
    );
  });
  const gone = removed.length === 0 ? [] : wrap(`  delete ${removed.length}: `, removed.map(shortType).join(", "));
  return lines.length + gone.length === 0 ? ["  nothing"] : [...lines, ...gone];
}

const nameOf = ({ chart, version }: Chart): string => `${chart} ${version}`.trim();

function chartLines({ unexpanded }: Plan): readonly string[] {
  const lines = [...grouped(unexpanded, ({ reason }) => reason)].flatMap(([reason, charts]) => [
    ...wrap("  ", charts.map(nameOf).join(", ")),
    ...wrap("      ", reason),
  ]);
  return lines.length === 0 ? [] : ["", "unchecked charts: what they contain was not seen", ...lines];
}

function dryRunLine({ dryRun }: Plan): readonly string[] {
  if (dryRun.length === 0) return [];
  const tried = dryRun.filter((line) => line.dryRun).length;
  const why = [...new Set(dryRun.flatMap(({ reason }) => reason ?? []))];
  const more = why.length > 2 ? `; and ${why.length - 2} more such reasons` : "";
  const rest = tried === dryRun.length ? "" : `; the others: ${why.slice(0, 2).join("; ")}${more}`;
  return ["", ...wrap("Kubernetes objects tried on the API server: ", `${tried} of ${dryRun.length}${rest}`)];
}

/** The lines of `keelson plan`. */
export const planReport = (
  stack: string,
  plan: Plan,
  subjects: readonly Subject[] = subjectsOf(plan),
): readonly string[] => [
  `plan of ${stack}: ${plan.resources.length} resources in ${plan.seconds.toFixed(1)} s`,
  ...wrap("  compared with ", against(stack, plan.stateSize)),
  "",
  "changes",
  ...changeLines(plan),
  ...impactLines(plan),
  "",
  ...verdictReport(plan, subjects),
  ...chartLines(plan),
  ...dryRunLine(plan),
  ...(plan.warnings.length === 0 ? [] : ["", "warnings", ...plan.warnings.flatMap((warning) => wrap("  ", warning))]),
  "",
  ...verdictEnd(plan, subjects),
];
