/** A drill on a terminal: a line as each step begins and ends, and at the end what came of it. Pure. */
import { type StepRecord } from "../drill/journal";
import { type Line } from "../drill/line";
import { type DrillDocument } from "../drill/report/document";
import { kept, keptModelled, span } from "../drill/report/words";
import { stepNamed, type StepName } from "../drill/steps";
import { wrap } from "./wrap";

export const beginLine = (name: StepName): string => `${stepNamed(name).title} …`;

const mark = ({ mark: how, fine }: Line): string => (fine ? how : `${how}, NOT MET`);

/** What a step found; whatever is fine and real is only counted. */
export function endLines({ name, seconds, lines, blockers }: StepRecord): readonly string[] {
  const plain = lines.filter(({ fine, mark: how }) => fine && how === "real").length;
  const others = lines.filter(({ fine, mark: how }) => !fine || how !== "real");
  const state = blockers.length > 0 ? "BLOCKED" : "done";
  return [
    `  ${state} in ${span(seconds)}: ${name}, ${plain} found to be real`,
    ...others.flatMap((line) => wrap("    ", `${line.what}: ${line.detail} (${mark(line)})`)),
  ];
}

/** The end of a drill. */
export function drillReport(document: DrillDocument, files: readonly string[]): readonly string[] {
  const { stack, outcome, rto, rpo, blockers } = document;
  const modelled =
    rto.modelled === undefined
      ? "not run"
      : `p50 ${span(rto.modelled.p50)}, p95 ${span(rto.modelled.p95)} (${keptModelled(rto.modelled, rto.declared)})`;
  return [
    `${stack}: ${outcome}`,
    `  RTO    declared ${span(rto.declared)}; measured ${span(rto.measured)} in this run; modelled for a real cloud: ${modelled}`,
    ...rpo.map(({ node, declared, measured, by }) => {
      const verdict = by === "rebuild" || by === "given up" ? by : kept(measured, declared);
      return `  RPO    ${node}: declared ${span(declared)}, measured ${span(measured)} (${verdict})`;
    }),
    ...blockers.flatMap(({ name, step, got, want, mend }) => [
      `blocked by ${name}, in ${step}`,
      ...wrap("    got   ", got),
      ...wrap("    want  ", want),
      `    mend  ${mend}`,
    ]),
    ...files.slice(0, 2).map((file) => `report: ${file}`),
  ];
}

/** What `--json` prints; durations are seconds, and what was not measured is null. The report has more. */
export function drillJson({ stack, outcome, rto, rpo, steps, blockers }: DrillDocument): string {
  const told = { stack, outcome, rto, rpo, steps, blockers };
  return JSON.stringify(told, (_, value: unknown) => (value === undefined ? null : value), 2);
}
