/** The head of the report: which stack, against what, and the counts a reader decides by. Pure. */
import { type Verdict } from "../../embedded/engine/records";
import { against } from "../plan-json";
import { isMust, violationsOf, waivedOf } from "../subjects";
import { type Html, html } from "./html";
import { type ReportInput } from "./input";

const count = ({ subjects }: ReportInput, verdict: Verdict): number =>
  subjects.filter(({ object }) => object.verdict === verdict).length;

const tile = (kind: string, value: number, label: string, target: string): Html =>
  html`<a class="tile ${value === 0 ? "none" : kind}" href="#${target}"><b>${value}</b><span>${label}</span></a>`;

const share = (kind: string, value: number, all: number): Html =>
  html`<i class="${kind}" style="flex-grow:${value}" title="${value} of ${all} objects ${kind}"></i>`;

export function overview(input: ReportInput): Html {
  const { stack, graph, plan, subjects, today } = input;
  const found = violationsOf(subjects, plan);
  const must = found.filter(isMust).length;
  const verdicts = (["violated", "undecided", "unchecked", "passed"] as const).map(
    (verdict) => [verdict, count(input, verdict)] as const,
  );
  const line =
    must > 0
      ? html`<p class="verdict bad">
          ${must} must hold and ${must === 1 ? "does" : "do"} not: <code>up</code> refuses.
        </p>`
      : html`<p class="verdict good">Nothing that must hold is violated: <code>up</code> goes on.</p>`;
  return html`<header>
    <p class="eyebrow">keelson plan</p>
    <h1>${graph.system.name} <span>on ${stack}</span></h1>
    ${line}
    <div class="tiles">
      ${tile("must", must, "must hold and do not", "violations")}
      ${tile("should", found.length - must, "should hold and do not", "violations")}
      ${tile("waived", waivedOf(subjects).length, "waived", "waivers")}
      ${tile("undecided", count(input, "undecided"), "objects undecided", "undecided")}
      ${tile("unchecked", count(input, "unchecked"), "objects nobody judged", "unchecked")}
      ${tile("passed", count(input, "passed"), "objects passed", "verdicts")}
    </div>
    <div class="bar" role="img" aria-label="${verdicts.map(([verdict, many]) => `${many} ${verdict}`).join(", ")}">
      ${verdicts.map(([verdict, many]) => share(verdict, many, subjects.length))}
    </div>
    <p class="faint">
      ${subjects.length} objects. Compared with ${against(stack, plan.stateSize)}. Waivers counted from ${today}.
    </p>
  </header>`;
}
