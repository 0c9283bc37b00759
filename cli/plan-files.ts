/** The files that `keelson plan` writes beside what it prints: SARIF, the report, the review of a change. */
import { type Plan } from "../embedded/engine/plan";
import { readWaivers, waiverPath } from "../policies/waiver";
import { renderStack } from "../stacks/render";
import { placesOf } from "./plan-places";
import { type ReportInput } from "./report/input";
import { page } from "./report/page";
import { type Before, before } from "./review/before";
import { reviewMarkdown } from "./review/markdown";
import { reviewOf } from "./review/review";
import { planRun } from "./sarif/plan-run";
import { writeSarif } from "./sarif/write";
import { type Stack } from "./stack";
import { type Subject } from "./subjects";
import { type Terminal } from "./terminal";
import { type Arguments } from "./verb";
import { fileOf, writeResult } from "./write-result";

export interface Judged {
  readonly plan: Plan;
  readonly subjects: readonly Subject[];
}

/** What `--against` names, asked before the plan is made: a name that stands for nothing is told at once. */
export function comparedWith(args: Arguments, { name }: Stack, { checkout, note }: Terminal): Before | undefined {
  const ref = fileOf(args, "against");
  return ref === undefined ? undefined : before({ checkout, stack: name, ref, note });
}

export function writeFiles(
  args: Arguments,
  stack: Stack,
  { plan, subjects }: Judged,
  site: { readonly checkout: string; readonly past?: Before | undefined },
): void {
  const today = new Date().toISOString().slice(0, 10);
  const placeOf = placesOf(stack, site.checkout);
  const input: ReportInput = { stack: stack.name, graph: stack.graph, plan, subjects, placeOf, today };
  const [sarif, report, markdown] = ["sarif", "report", "markdown"].map((flag) => fileOf(args, flag));
  if (sarif !== undefined) writeSarif(sarif, planRun(stack.name, plan, subjects, placeOf));
  if (report !== undefined) writeResult(report, page(input));
  if (markdown !== undefined) writeResult(markdown, reviewMarkdown(reviewOf(withObjects(stack, input), site.past)));
}

function withObjects({ graph, settings }: Stack, input: ReportInput) {
  const rendered = new Map(renderStack(graph, settings).map(({ path, text }) => [path, text]));
  return { ...input, rendered, waivers: readWaivers(waiverPath(process.env)).waivers };
}
