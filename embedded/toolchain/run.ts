/** Owns running one command to its end with its output kept: the exit, what was printed, and how long it may take. */

import { spawn, type ChildProcess } from "node:child_process";
import { setPriority } from "node:os";

export interface RunOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Killed after this; `Outcome.signal` is then SIGKILL. */
  readonly timeoutMs?: number;
  /** Leaves the machine usable while it runs. @default false */
  readonly gentle?: boolean;
  /** Told the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

export interface Outcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws the system's error when the command cannot be started, such as ENOENT. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, options);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const stop = limit(child, options.timeoutMs);
    child.on("error", (error) => (stop(), reject(error)));
    child.on("close", (code, signal) => (stop(), resolve({ code, signal, stdout: stdout(), stderr: stderr() })));
    const { pid } = child;
    if (pid === undefined) return;
    if (options.gentle === true) lowerPriority(pid);
    options.onStart?.(pid);
  });
}

function start(command: string, args: readonly string[], { cwd, env, signal }: RunOptions): ChildProcess {
  return spawn(command, [...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Of our own: Node's keeps the process alive for its full length when the command could not be started. */
function limit(child: ChildProcess, timeoutMs: number | undefined): () => void {
  if (timeoutMs === undefined) return () => undefined;
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  return () => clearTimeout(timer);
}

/** What it starts inherits the priority. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 10);
  } catch {
    // It has ended, or may not be changed: a matter of comfort only.
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

/** The last lines of what a command printed. */
export const lastLines = (text: string, count: number): string => text.trimEnd().split("\n").slice(-count).join("\n");
