/**
 * What the engine's checkpoint of a stack says. Refuses a damaged checkpoint and never overwrites one. The only change
 * made here is to take pending operations out, which keeps a copy first.
 */
import { copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { writeWhole } from "../files";
import { Damaged } from "./failures";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  delete: z.boolean().optional(),
  id: z.string().optional(),
  parent: z.string().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  dependencies: z.array(z.string()).nullish(),
  inputs: z.record(z.string(), z.unknown()).nullish(),
  outputs: z.record(z.string(), z.unknown()).nullish(),
  resourceHooks: z.record(z.string(), z.array(z.string()).nullish()).nullish(),
});
const operation = z.looseObject({ type: z.string(), resource });
const latest = z.looseObject({
  resources: z.array(resource).nullish(),
  pending_operations: z.array(operation).nullish(),
});
const checkpoint = z.looseObject({ checkpoint: z.looseObject({ latest: latest.nullish() }) });

export type StateResource = z.infer<typeof resource>;
export type PendingOperation = z.infer<typeof operation>;
type Checkpoint = z.infer<typeof checkpoint>;

function parse(path: string): Checkpoint | undefined {
  try {
    const parsed = checkpoint.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function damaged(path: string): Damaged {
  const backup = `${path}.bak`;
  const usable = parse(backup) !== undefined;
  const older = `${dirname(dirname(dirname(path)))}/backups`;
  return new Damaged({
    where: path,
    got: `a state file of ${statSync(path).size} bytes that cannot be read; it is kept as it is`,
    want: `the engine's checkpoint in JSON, as its backup ${backup} ${usable ? "is" : "should be, but is not either"}`,
    mend: usable
      ? `cp '${path}' '${path}.damaged' && cp '${backup}' '${path}'`
      : `copy the newest of ${older} that is whole to ${path}`,
  });
}

/** The checkpoint, undefined when the stack has none yet; throws `Damaged` for one that cannot be read. */
function readCheckpoint(path: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const state = parse(path);
  if (state === undefined) throw damaged(path);
  return state;
}

/** All resources of the stack as the engine recorded them; secrets in them are ciphertext. */
export const readResources = (path: string): readonly StateResource[] =>
  readCheckpoint(path)?.checkpoint.latest?.resources ?? [];

/** Operations the engine had begun and never finished. */
export const pendingOperations = (path: string): readonly PendingOperation[] =>
  readCheckpoint(path)?.checkpoint.latest?.pending_operations ?? [];

/**
 * Takes the pending operations out of the checkpoint and returns them. Nothing is lost by it: a creation that did
 * happen is adopted by the next run, because creation is idempotent by client token; an update or a deletion is
 * still described by its resource, and is planned anew.
 */
export function clearPendingOperations(path: string): readonly PendingOperation[] {
  const state = readCheckpoint(path);
  const pending = state?.checkpoint.latest?.pending_operations ?? [];
  if (state?.checkpoint.latest == null || pending.length === 0) return [];
  copyFileSync(path, `${path}.pending`);
  const rest = { ...state.checkpoint.latest, pending_operations: [] };
  writeWhole(path, JSON.stringify({ ...state, checkpoint: { ...state.checkpoint, latest: rest } }, null, 4));
  return pending;
}

/** The last part of a URN: the name the program gave. */
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** The type of a URN without the types of its parents. */
export const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
