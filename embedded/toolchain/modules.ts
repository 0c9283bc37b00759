/**
 * Owns having a Go module's files: Go downloads them into its own cache, where they stay, and checks them against the
 * checksum database. Refuses nothing itself: why a module cannot be had is said in Go's words.
 */

import type { ToolContext } from "./context";
import { goOutcome } from "./go";
import { lastLines } from "./run";

/** One module at one exact version, such as `v0.36.3`. */
export interface GoModule {
  readonly module: string;
  readonly version: string;
}

const DOWNLOAD_MS = 120_000;

/** The folder of the module's files. @throws Error when there is no Go, or the module cannot be had. */
export async function moduleFolder({ module, version }: GoModule, { env, signal }: ToolContext): Promise<string> {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  const limits = { timeoutMs: DOWNLOAD_MS, ...(signal === undefined ? {} : { signal }) };
  const outcome = await goOutcome(args, { env, cwd: "/", ...limits });
  if (outcome === undefined) throw new Error("there is no Go on PATH to fetch it with");
  const { Dir, Error: failure } = parseAnswer(outcome.stdout);
  if (Dir === undefined)
    throw new Error(failure ?? (lastLines(outcome.stderr, 2) || `go did not answer in ${DOWNLOAD_MS / 1_000} s`));
  return Dir;
}

interface ModuleAnswer {
  readonly Dir?: string;
  readonly Error?: string;
}

function parseAnswer(stdout: string): ModuleAnswer {
  try {
    return JSON.parse(stdout) as ModuleAnswer;
  } catch {
    return {};
  }
}
