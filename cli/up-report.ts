/** How `keelson up` ends: what changed, where things are, what to look at next, what is not real, what keeps running. Pure. */
import { type RunningPlane } from "../embedded/engine/plane-session";
import { type Brought } from "../embedded/engine/update";
import { wrap } from "./wrap";

export interface UpResult {
  readonly stack: string;
  readonly brought: Brought;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly running: RunningPlane;
  /** Whether other than the default stack is meant, so that commands name it. */
  readonly command: string;
  /** Two nodes by name, the first of which reaches the second. */
  readonly pair: readonly [string, string];
  /** Kinds of objects that are there and whose controller is not, by group. */
  readonly accepted: readonly string[];
}

const order = ["create", "update", "replace", "delete", "same"];

/** `created 254`, `nothing to change (254 resources as they were)`. */
export function changesLine({ brought: { changes } }: UpResult): string {
  const known = Object.entries(changes).filter(([op, count]) => count > 0 && op !== "same");
  if (known.length === 0) return `0 changes: ${changes["same"] ?? 0} resources are as they should be`;
  const sorted = known.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return `done: ${sorted.map(([op, count]) => `${op} ${count}`).join(", ")}, same ${changes["same"] ?? 0}`;
}

const longest = 90;

/** A kubeconfig with its certificates is pages: its beginning and its length are shown. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= longest ? text : `${text.slice(0, 60)}… (${text.length} characters)`;
}

/** An object of texts takes a line per member. */
function outputRows([name, value]: readonly [string, unknown]): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[name, shown(value)]];
  return Object.entries(value).map(([key, member]) => [`${name}.${key}`, shown(member)]);
}

function outputLines({ outputs }: UpResult): readonly string[] {
  const rows = Object.entries(outputs).flatMap(outputRows);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

const nextLines = ({ running, command, pair }: UpResult): readonly string[] => [
  `  the cluster        (Kubernetes ${running.record.version})`,
  `      kubectl --kubeconfig ${running.record.kubeconfig} get pods -A`,
  `  who reaches whom   npx keelson why ${pair.join(" ")}${command}`,
  `  the graph          npx keelson graph${command}`,
  `  the verdicts       npx keelson plan${command}`,
];

function honestLines({ brought, running, accepted }: UpResult): readonly string[] {
  const charts = (brought.records ?? brought.plan).unexpanded.map(({ chart }) => chart);
  const played = [...new Set((brought.records?.played ?? []).map((line) => line.played))];
  const rows: readonly (readonly [string, string])[] = [
    ["real", "the Pulumi engine, the policy pack, etcd, the Kubernetes API server, its controllers and scheduler"],
    [
      "stands in",
      "the cloud's API (nothing was created in any account) and the nodes; no container runs, no address answers",
    ],
    ["not opened", charts.length === 0 ? "" : `for want of network, the charts ${charts.join(", ")}`],
    ["played", played.join(", ")],
    ["accepted", accepted.length === 0 ? "" : `without a controller of theirs here: ${accepted.join("; ")}`],
  ];
  const told = rows.flatMap(([head, text]) => (text === "" ? [] : wrap(`  ${head.padEnd(10)}  `, text)));
  return [...told, ...running.remarks.flatMap((remark) => wrap("  ", remark))];
}

const processLines = ({ running, command }: UpResult): readonly string[] => [
  ...wrap("  ", running.record.processes.map(({ name, pid }) => `${name} ${pid}`).join(", ")),
  `  npx keelson down${command} ends them and removes all of it`,
];

/** The lines of the result. */
export const upReport = (result: UpResult): readonly string[] => [
  changesLine(result),
  "",
  "outputs",
  ...outputLines(result),
  "",
  "look at",
  ...nextLines(result),
  "",
  "what this is",
  ...honestLines(result),
  "",
  "keeps running (name and process id)",
  ...processLines(result),
];
