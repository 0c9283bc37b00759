/**
 * Owns the plain processes of a stand-in region beside its control plane: S3, Velero, PostgreSQL. Each outlives the command
 * that started it and is found again by a mark in its environment, so that a drill that was killed finds its region as it
 * left it. Refuses to start a second one of a name.
 */

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endAll } from "../process/ending";
import { withEntry, withEnvironment } from "../process/environment";
import { type ProcessId } from "../process/identity";
import { lastLines } from "../toolchain/run";
import { readFile } from "node:fs/promises";

const MARK = "KEELSON_REGION";

export interface Daemon {
  /** The region's folder. */
  readonly dir: string;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** User to run as, for what refuses to run as root. @default - ours */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether it does its work by now. */
  readonly isReady: () => Promise<boolean>;
}

const markOf = (dir: string, name: string): string => `${MARK}=${dir}#${name}`;

export const logOf = (dir: string, name: string): string => join(dir, "logs", `${name}.log`);

/** What lives of it, with everything it started. */
export const living = (dir: string, name: string): readonly ProcessId[] => withEnvironment(markOf(dir, name));

/** Starts it unless it lives, and waits until it is ready. @throws Error with the end of its log. */
export async function startDaemon(daemon: Daemon, patienceSeconds = 60): Promise<void> {
  if (living(daemon.dir, daemon.name).length === 0) await launch(daemon);
  const until = Date.now() + patienceSeconds * 1_000;
  while (!(await daemon.isReady())) {
    const dead = living(daemon.dir, daemon.name).length === 0;
    if (dead || Date.now() > until)
      throw await failure(daemon, dead ? "ended" : `gave no answer in ${patienceSeconds} s`);
    await pause(150);
  }
}

function launch({ dir, name, command, args, env, user }: Daemon): Promise<void> {
  mkdirSync(join(dir, "logs"), { recursive: true });
  const log = openSync(logOf(dir, name), "a", 0o600);
  const surroundings = { PATH: process.env["PATH"], HOME: process.env["HOME"] ?? dir, ...env };
  const [variable = "", value = ""] = markOf(dir, name).split(/=(.*)/s);
  const child = spawn(command, [...args], {
    detached: true,
    cwd: dir,
    stdio: ["ignore", log, log],
    env: { ...surroundings, [variable]: value },
    ...user,
  });
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => (child.unref(), resolve()));
  }).finally(() => closeSync(log));
}

async function failure({ dir, name }: Daemon, what: string): Promise<Error> {
  const text = await readFile(logOf(dir, name), "utf8").catch(() => "");
  return new Error(`${name} ${what}; the end of ${logOf(dir, name)}:\n${lastLines(text, 8)}`);
}

/** Ends it with everything it started; without patience at once, as a lost region would. */
export const endDaemon = (dir: string, name: string, patienceSeconds = 5): Promise<void> =>
  endAll(living(dir, name), patienceSeconds);

/** Ends every process of the region's folder. */
export const endAllOf = (dir: string, patienceSeconds = 5): Promise<void> =>
  endAll(withEntry(`${MARK}=${dir}#`), patienceSeconds);
