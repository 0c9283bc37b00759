/**
 * Progress of a run, from its events: how much of what was announced is done, by the part of the platform it belongs to.
 * Pure; the caller shows a line when it likes.
 */
import { type EngineEvent } from "./engine-events";
import { nameOf } from "./state";

export interface Part {
  readonly total: number;
  readonly done: number;
}

export interface Tally {
  /** Operations that were announced. */
  readonly total: number;
  readonly done: number;
  readonly parts: ReadonlyMap<string, Part>;
}

/** `keelson:network:Vpc$aws:ec2/vpc:Vpc` is part of `network`; a resource without a component, of its provider. */
export function partOf(urn: string): string {
  const types = (urn.split("::")[2] ?? "").split("$");
  const ours = types.find((type) => type.startsWith("keelson:"));
  return ours?.split(":")[1] ?? types.at(-1)?.split(":")[0] ?? "";
}

const isCounted = (urn: string): boolean => !/(^|[$:])pulumi:/.test(urn.split("::")[2] ?? "");

/** Before the first operation on any of these resources. */
export function nothingDone(urns: readonly string[]): Tally {
  const counted = urns.filter(isCounted);
  const parts = new Map<string, Part>();
  for (const name of counted.map(partOf)) parts.set(name, { total: (parts.get(name)?.total ?? 0) + 1, done: 0 });
  return { total: counted.length, done: 0, parts };
}

/** The tally after one more event. A replacement is several operations on one resource: none counts beyond the total. */
export function advance(tally: Tally, event: EngineEvent): Tally {
  if (event.kind !== "done" || event.op === "same") return tally;
  const name = partOf(event.urn);
  const part = tally.parts.get(name);
  if (part === undefined || part.done >= part.total) return tally;
  return {
    ...tally,
    done: tally.done + 1,
    parts: new Map([...tally.parts, [name, { ...part, done: part.done + 1 }]]),
  };
}

const isComplete = ({ total, done }: Part): boolean => done >= total;

/** The part that this step completed, such as `network`. */
export function completed(before: Tally, after: Tally): string | undefined {
  const [found] = [...after.parts].find(([name, part]) => part !== before.parts.get(name) && isComplete(part)) ?? [];
  return found;
}

/** `   87 of 254  network done` */
export const completeLine = ({ total, done }: Tally, name: string): string =>
  `  ${String(done).padStart(String(total).length)} of ${total}  ${name} done`;

/** `  131 of 254  at work on cluster (28 of 37), edge (3 of 18)` */
export function workLine({ total, done, parts }: Tally): string {
  const open = [...parts].filter(([, part]) => part.done > 0 && !isComplete(part));
  const named = open.map(([name, part]) => `${name} (${part.done} of ${part.total})`);
  const work = named.length === 0 ? "at work" : `at work on ${named.join(", ")}`;
  return `  ${String(done).padStart(String(total).length)} of ${total}  ${work}`;
}

/** Something to show at once, whatever the rhythm: a failure or a warning. */
export function notable(event: EngineEvent): string | undefined {
  if (event.kind === "failed") return `  failed: ${nameOf(event.urn)} (${event.type})`;
  if (event.kind === "diagnostic" && event.severity === "warning") return `  warning: ${event.message}`;
  return undefined;
}
