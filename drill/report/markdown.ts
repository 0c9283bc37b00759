/** The document for people who read text: what came of it first, then how, then what it rests on. */
import { type DrillDocument, type StepReport } from "./document";
import { type Stage } from "../steps";
import { type History, type Past } from "./history";
import { kept, keptModelled, span } from "./words";

export function markdown(document: DrillDocument, history: History): string {
  return [
    `# Disaster-recovery drill of ${document.stack}: ${document.outcome}`,
    "",
    `Began ${document.began}. Lines are marked: **real** was done and looked at, **modelled** rests on a stand-in or a`,
    "calculation, **not run** nobody did.",
    "",
    `![Timeline](${document.id}.svg)`,
    ...blockerSection(document),
    ...objectives(document),
    ...stageSection(document),
    ...historySection(document, history),
    ...document.steps.flatMap(stepSection),
    ...modelSection(document),
    "",
  ].join("\n");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  "",
  `| ${head.join(" | ")} |`,
  `| ${head.map(() => "---").join(" | ")} |`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`),
];

const blockerSection = ({ blockers }: DrillDocument): readonly string[] =>
  blockers.length === 0
    ? []
    : [
        "",
        "## What stands in the way",
        ...blockers.flatMap(({ name, step, got, want, mend }) => [
          "",
          `- **${name}** (${step}): got ${got}; want ${want}. Mend: ${mend}.`,
        ]),
      ];

const objectives = ({ rto, rpo }: DrillDocument): readonly string[] => [
  "",
  "## Promised and kept",
  ...table(
    ["what", "declared", "measured in this run", "modelled for a real cloud", "verdict"],
    [
      [
        "RTO",
        span(rto.declared),
        span(rto.measured),
        rto.modelled === undefined ? "not run" : `p50 ${span(rto.modelled.p50)}, p95 ${span(rto.modelled.p95)}`,
        rto.modelled === undefined ? "not run" : keptModelled(rto.modelled, rto.declared),
      ],
      ...rpo.map(({ node, declared, measured, by }) => [
        `RPO of ${node}`,
        span(declared),
        span(measured),
        by,
        by === "rebuild" || by === "given up" ? by : kept(measured, declared),
      ]),
    ],
  ),
  "",
  "The measured RTO is that of this machine with a stand-in for the cloud: it shows that nothing waits for a person. The",
  "modelled one is what to expect.",
];

const STAGES: readonly Stage[] = ["assess", "restore", "verify health", "DNS update"];

/** The stages that the source names, with what each took. */
const stageSection = ({ steps }: DrillDocument): readonly string[] => [
  "",
  "## In the source's four stages",
  ...table(
    ["stage", "steps", "took"],
    STAGES.map((stage) => {
      const own = steps.filter((step) => step.stage === stage);
      const ran = own.filter(({ state }) => state !== "not run");
      const took = ran.reduce((sum, { seconds }) => sum + seconds, 0);
      return [stage, own.map(({ name }) => name).join(", "), ran.length === 0 ? "not run" : span(took)];
    }),
  ),
];

function historySection(document: DrillDocument, history: History): readonly string[] {
  const before = history.findLast(({ id, steps }) => id !== document.id && steps !== undefined);
  if (history.length < 2) return [];
  return [
    "",
    "## Compared with earlier drills",
    ...table(
      ["drill", "outcome", "measured RTO", "greatest loss", "modelled RTO, p50 and p95"],
      history.map(({ id, outcome, measured, modelled, lost }) => [
        id,
        outcome,
        span(measured ?? undefined),
        span(lost ?? undefined),
        modelled === null ? "not run" : `${span(modelled.p50)}, ${span(modelled.p95)}`,
      ]),
    ),
    ...(before === undefined ? [] : stepChanges(document, before)),
  ];
}

const signed = (seconds: number): string =>
  Math.abs(seconds) < 0.5 ? "0 s" : `${seconds < 0 ? "−" : "+"}${span(Math.abs(seconds))}`;

const stepChanges = ({ steps }: DrillDocument, { id, steps: earlier = {} }: Past): readonly string[] => [
  "",
  `Step by step, against the drill ${id}:`,
  ...table(
    ["step", "then", "now", "difference"],
    steps.map(({ name, seconds, state }) => {
      const [then, now] = [earlier[name], state === "not run" ? undefined : seconds];
      const change = then === undefined || now === undefined ? "" : signed(now - then);
      return [name, then === undefined ? "not run" : span(then), now === undefined ? "not run" : span(now), change];
    }),
  ),
];

const stepSection = ({ name, title, stage, state, seconds, attempts, lines }: StepReport): readonly string[] => [
  "",
  `## ${title}`,
  "",
  `Step \`${name}\`, ${stage}: ${state}${state === "not run" ? "" : `, ${span(seconds)}`}${attempts > 1 ? `, ${attempts} attempts` : ""}.`,
  ...(lines.length === 0
    ? []
    : table(
        ["what", "how far to believe it", "fine", "detail"],
        lines.map(({ what, mark, fine, detail }) => [
          what,
          mark,
          mark === "not run" ? "" : fine ? "yes" : "NO",
          detail,
        ]),
      )),
];

function modelSection({ modelled }: DrillDocument): readonly string[] {
  if (modelled === undefined) return [];
  return [
    "",
    "## What the modelled time rests on",
    "",
    `${modelled.draws} draws over the recreated stack's own dependencies. The longest chain at the medians, in order:`,
    ...table(
      ["resource", "seconds"],
      modelled.criticalPath.map(({ urn, seconds }) => [urn.split("::").slice(2).join(" "), String(seconds)]),
    ),
    "",
    "What would shorten it, each alone:",
    ...table(
      ["what", "seconds gained"],
      modelled.shorter.map(({ what, seconds }) => [what, String(seconds)]),
    ),
    "",
    "Durations, the longest first. Unverified ones rest on experience; all tails (p95) are estimates.",
    ...table(
      ["what", "p50", "p95", "source", "read", "verified"],
      modelled.latencies.map(({ what, p50, p95, source, date, verified }) => [
        what,
        String(p50),
        String(p95),
        source,
        date,
        verified ? "yes" : "**no**",
      ]),
    ),
  ];
}
