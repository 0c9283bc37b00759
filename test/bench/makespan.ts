/**
 * How long a deployment would take on a real cloud against what no parallelism can shorten, with that path by name: each
 * step with what it waits for, and whether it takes something from it or merely comes after it.
 */
import { readFileSync } from "node:fs";
import { criticalPath, schedule, type Task } from "../../embedded/makespan";
import { engine, type Session } from "../../embedded/engine/session";
import { nameOf } from "../../embedded/engine/state";
import { modelledDuration } from "../../embedded/standin/durations";
import { type Figure, type Section } from "./figures";
import { reasonFor } from "./reasons";

/** A resource as the engine writes it into a preview and into its state. */
interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  /** `urn::id`. */
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

export type Entries = readonly Entry[];

interface Step {
  readonly op: string;
  readonly newState?: Entry;
}

/** What a preview would register, with the providers its own report leaves out. */
export async function planned(session: Session): Promise<Entries> {
  const { stdout } = await engine(session, ["preview", "--json", "--show-sames"]);
  const digest = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { readonly steps: readonly Step[] };
  return digest.steps.flatMap(({ newState }) => (newState === undefined ? [] : [newState]));
}

/** What an `up` left in the state. */
export function registered(path: string): Entries {
  const state = JSON.parse(readFileSync(path, "utf8")) as {
    readonly checkpoint: { readonly latest: { readonly resources: Entries } };
  };
  return state.checkpoint.latest.resources;
}

const providerOf = ({ provider = "" }: Entry): string => provider.slice(0, provider.lastIndexOf("::"));

/** A child is registered after its parent, and a resource after its provider: the engine waits for both. */
const waitsFor = (entry: Entry): readonly string[] =>
  [...(entry.dependencies ?? []), entry.parent ?? "", providerOf(entry)].filter((urn) => urn !== "");

const taskOf = (entry: Entry): Task => ({
  urn: entry.urn,
  seconds: modelledDuration(entry.type, "create").p50,
  dependencies: waitsFor(entry),
});

const shortName = ({ urn, type }: Entry): string => `${type.split(":").at(-1) ?? type} ${nameOf(urn)}`;

const NEEDLESS = "NEEDLESS? nobody says why it waits";

const isNeedless = (line: string): boolean => line.endsWith(NEEDLESS);

function relation(entry: Entry, before: Entry): string {
  const takes = Object.entries(entry.propertyDependencies ?? {}).find(
    ([, urns]) => urns?.includes(before.urn) === true,
  );
  if (takes !== undefined) return `takes its ${takes[0]} from it`;
  if (entry.parent === before.urn) return "is a part of it";
  if (providerOf(entry) === before.urn) return "is made through it";
  return reasonFor(entry.type, before.type) ?? NEEDLESS;
}

/** One line a step: what it takes, after what, and why. */
function pathLines(entries: Entries, tasks: readonly Task[]): readonly string[] {
  const byUrn = new Map(entries.map((entry) => [entry.urn, entry]));
  const path = criticalPath(tasks).urns.flatMap((urn) => byUrn.get(urn) ?? []);
  return path.flatMap((entry, at) => {
    const before = path[at - 1];
    if (before === undefined) return [];
    const lasts = modelledDuration(entry.type, "create").p50;
    return [
      `${String(lasts).padStart(5)} s  ${shortName(entry)}: after ${shortName(before)}, ${relation(entry, before)}`,
    ];
  });
}

const SLOTS = [
  { slots: 32, aim: 1.05 },
  { slots: 8, aim: undefined },
  { slots: Infinity, aim: undefined },
] as const;

export function makespan(title: string, entries: Entries): Section {
  const tasks = entries.map(taskOf);
  const path = criticalPath(tasks);
  const against = SLOTS.map(({ slots, aim }): Figure => ({
    what: `makespan against the critical path, parallelism ${slots === Infinity ? "unlimited" : slots}`,
    value: schedule(tasks, slots).makespan / path.seconds,
    unit: "times",
    ...(aim !== undefined && { aim }),
  }));
  const lines = pathLines(entries, tasks);
  const serial = tasks.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    title: `modelled deployment of ${title} (${entries.length} resources)`,
    figures: [
      { what: "one after the other", value: serial, unit: "s" },
      { what: "critical path", value: path.seconds, unit: "s" },
      ...against,
      { what: "steps on it that wait without a reason", value: lines.filter(isNeedless).length, unit: "steps", aim: 0 },
    ],
    notes: ["critical path:", ...lines],
  };
}
