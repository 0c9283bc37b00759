/**
 * The stand-in cloud's memory: one JSON file, changed by one process at a time and only as a whole (written beside it,
 * then renamed). A file that cannot be read is left as it is: the message names it and its backup.
 */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, type Problem } from "../../graph/problems";
import { messageOf } from "../errors";
import { withLock } from "../process/lock";
import { Refused } from "./provider";
import type { Properties } from "./values";

/** `blocks`: the target cannot be deleted; `follows`: this object goes with it; `weak`: the cloud does not mind. */
export type RefKind = "blocks" | "follows" | "weak";

export interface CloudObject {
  readonly type: string;
  readonly id: string;
  /** `global` for services without regions. */
  readonly region: string;
  readonly urn: string;
  /** Who made it: `engine`, or the name of a played controller. */
  readonly owner: string;
  /** Repeating a creation with the same token returns the same object, until the engine has recorded its id. */
  readonly token: string;
  readonly recorded: boolean;
  readonly status: "live" | "pendingDeletion";
  /** What minted its identifiers, so that computing outputs again gives the same ones. */
  readonly seed: string;
  readonly created: string;
  /** Names of the properties its creator gave; the others were computed. */
  readonly given: readonly string[];
  readonly properties: Properties;
  /** Other names it goes by: ARN, name. */
  readonly handles: readonly string[];
  /** Objects that exist inside it, by type: a VPC's default security group. */
  readonly lends: Readonly<Record<string, readonly string[]>>;
  readonly refs: Readonly<Record<string, RefKind>>;
  /** Things stored in it (objects of a bucket, images of a repository): a non-empty one resists deletion. */
  readonly contents: number;
}

export interface Fault {
  readonly op: "create" | "read" | "update" | "delete" | "invoke";
  /** Every type when absent. */
  readonly type?: string;
  /** How many more calls fail. */
  readonly times: number;
  readonly error: string;
  /** The call takes effect, but its answer never arrives: what a crash in the wrong moment looks like. */
  readonly answerLost?: boolean;
}

export interface CloudState {
  readonly objects: Map<string, CloudObject>;
  counter: number;
  lostRegions: readonly string[];
  faults: readonly Fault[];
}

interface Held {
  readonly stamp: string;
  readonly state: CloudState;
}

/** Parsed once per version of the file, not once per call. */
const held = new Map<string, Held>();
const lines = new WeakMap<CloudObject, string>();
const queues = new Map<string, Promise<unknown>>();

/** Runs `work` on the state with nobody else at it, and writes the state back if `work` says it changed. */
export async function withState<T>(
  file: string,
  work: (state: CloudState) => { result: T; changed: boolean },
): Promise<T> {
  const before = queues.get(file) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => locked(file, work));
  queues.set(file, mine);
  return mine;
}

async function locked<T>(file: string, work: (state: CloudState) => { result: T; changed: boolean }): Promise<T> {
  return withLock(`${file}.lock`, { pollMs: 10 }, () => {
    const state = load(file);
    try {
      const { result, changed } = work(state);
      if (changed) save(file, state);
      return result;
    } catch (error) {
      held.delete(file); // half-done work must not be seen by the next caller
      throw error;
    }
  });
}

/** The state as it was last written, for looking only. */
export const peek = (file: string): CloudState => load(file);

function load(file: string): CloudState {
  const stamp = stampOf(file);
  const known = held.get(file);
  if (known !== undefined && known.stamp === stamp) return known.state;
  const state = stamp === "" ? empty() : parse(file, readFileSync(file, "utf8"));
  held.set(file, { stamp, state });
  return state;
}

const empty = (): CloudState => ({ objects: new Map(), counter: 0, lostRegions: [], faults: [] });

function stampOf(file: string): string {
  if (!existsSync(file)) return "";
  const { ino, mtimeNs, size } = statSync(file, { bigint: true });
  return `${ino} ${mtimeNs} ${size}`;
}

type Stored = Omit<CloudState, "objects"> & { readonly objects: Record<string, CloudObject> };

function parse(file: string, content: string): CloudState {
  try {
    const stored = JSON.parse(content) as Stored;
    return { ...stored, objects: new Map(Object.entries(stored.objects)) };
  } catch (error) {
    throw corrupt(file, error);
  }
}

/** A store that cannot be read: refused by every call, and left as it is. */
export class CorruptStore extends Refused {
  constructor(readonly problem: Problem) {
    super(describe(problem));
  }
}

function corrupt(file: string, error: unknown): CorruptStore {
  const backup = `${file}.bak`;
  const aside = `cp '${file}' '${file}.damaged'`;
  const known = existsSync(backup);
  return new CorruptStore({
    where: file,
    got: `a file that cannot be read (${messageOf(error)}); it was left as it is`,
    want: `the stand-in cloud in JSON${known ? `, as its backup ${backup} of one change earlier` : "; there is no backup"}`,
    mend: known
      ? `${aside} && cp '${backup}' '${file}'`
      : `to begin with an empty cloud: mv '${file}' '${file}.damaged'`,
  });
}

/** One object a line; objects are immutable, so an unchanged one is not written out anew. */
function save(file: string, state: CloudState): void {
  const { objects, ...rest } = state;
  const rows = [...objects].map(([key, object]) => `${JSON.stringify(key)}:${line(object)}`);
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(rest).slice(0, -1)},"objects":{\n${rows.join(",\n")}\n}}\n`);
  keepBackup(file);
  renameSync(draft, file);
  held.set(file, { stamp: stampOf(file), state });
}

function line(object: CloudObject): string {
  const known = lines.get(object) ?? JSON.stringify(object);
  lines.set(object, known);
  return known;
}

function keepBackup(file: string): void {
  if (!existsSync(file)) return;
  rmSync(`${file}.bak.draft`, { force: true });
  linkSync(file, `${file}.bak.draft`);
  renameSync(`${file}.bak.draft`, `${file}.bak`);
}
