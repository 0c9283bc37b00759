/**
 * Owns a lock between processes: a file naming its owner by process id and start time. It is taken over only when that
 * owner is dead, by one process at a time; a lock of a living owner is waited for, or its owner named. Refuses to guess:
 * nothing times out.
 */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "../errors";
import { isAlive, self, type ProcessId } from "./identity";

export interface Owner extends ProcessId {
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

export interface LockOptions {
  /** Called once, when a living owner has to be waited for. */
  readonly onWait?: (owner: Owner) => void;
  /** Called when a dead owner's lock was taken over. */
  readonly onTakeover?: (owner: Owner) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks at most; the first ones come sooner. @default 300 */
  readonly pollMs?: number;
}

/** A lock that this process holds. */
export class Lock {
  constructor(
    private readonly path: string,
    private readonly owner: Owner,
  ) {}

  release(): void {
    if (isSame(lockOwner(this.path), this.owner)) rmSync(this.path, { force: true });
  }
}

/** Runs `work` while holding the lock at `path`. */
export async function withLock<T>(path: string, options: LockOptions, work: () => T | Promise<T>): Promise<T> {
  const lock = await acquired(path, options);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function acquired(path: string, { onWait, onTakeover, signal, pollMs = 300 }: LockOptions): Promise<Lock> {
  for (let attempt = 0; ; attempt += 1) {
    const got = tryLock(path, onTakeover);
    if (got instanceof Lock) return got;
    if (attempt === 0) onWait?.(got);
    signal?.throwIfAborted();
    await pause(1 + Math.random() * Math.min(2 ** attempt, pollMs)); // at random, or all who wait come back at once
  }
}

/** Takes the lock at `path`, or names the living process that holds it. */
export function tryLock(path: string, onTakeover?: (dead: Owner) => void): Lock | Owner {
  const me: Owner = { ...self(), since: new Date().toISOString() };
  const draft = `${path}.${me.pid}-${randomBytes(4).toString("hex")}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, JSON.stringify(me));
  try {
    return take(path, draft, onTakeover) ?? new Lock(path, me);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined when the draft became the lock, else the living owner. */
function take(path: string, draft: string, onTakeover?: (dead: Owner) => void): Owner | undefined {
  while (!claim(path, draft)) {
    const owner = lockOwner(path);
    if (owner === undefined) continue; // released in between
    if (isAlive(owner)) return owner;
    const heir = inherit(path, draft, owner);
    if (heir === "other") continue;
    if (heir === "me") onTakeover?.(owner);
    return heir === "me" ? undefined : heir;
  }
  return undefined;
}

/** Linking a finished file makes the lock appear with its owner already in it, and fails when the name is taken. */
function claim(path: string, draft: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Replaces a dead owner's lock. Several may find it dead at once: a second lock, named after the dead owner, lets one of
 * them through, and that one looks again before it replaces, so that it never replaces a living owner's lock. Says who
 * inherited: `me`, an `other` before, or the living process that is about to.
 */
function inherit(path: string, draft: string, dead: Owner): "me" | "other" | Owner {
  const claim = tryLock(`${path}.after-${dead.pid}-${dead.startTicks}`);
  if (!(claim instanceof Lock)) return claim;
  try {
    if (!isSame(lockOwner(path), dead)) return "other";
    renameSync(draft, path);
    return "me";
  } finally {
    claim.release();
  }
}

const NOBODY: Owner = { pid: 0, startTicks: 0, since: "an unknown time" };

/** Who holds the lock at `path`; undefined when nobody does. A torn file's owner cannot be told: it counts as dead. */
export function lockOwner(path: string): Owner | undefined {
  try {
    return { ...NOBODY, ...(JSON.parse(readFileSync(path, "utf8")) as Partial<Owner>) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return NOBODY;
    throw error;
  }
}

const isSame = (one: Owner | undefined, other: Owner): boolean =>
  one !== undefined && one.pid === other.pid && one.startTicks === other.startTicks;
