/**
 * Owns finding a finished tool: a suitable one the user brought, else the one in the cache. Refuses an engine on PATH
 * that is older than the stated minimum, rather than quietly running another one than the user would by hand.
 */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { cacheRoot, inspectEntry, type EntryId, type EntryState } from "./cache";
import type { ToolContext } from "./context";
import { ToolchainError } from "./errors";
import { run } from "./run";
import type { Tool } from "./tools";
import { isSuitable, parseVersion, showVersion, type Version } from "./versions";

export type Origin = "PATH" | "KUBEBUILDER_ASSETS" | "cache" | "installed" | "built";

export interface FoundTool {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly version: string;
  readonly origin: Origin;
}

export const entryOf = ({ name, version }: Tool): EntryId => ({ shelf: "tools", name, version });

/** Installers make a `bin` folder too, so that every entry looks the same. */
export const binaryIn = (folder: string, { name }: Tool): string => join(folder, "bin", name);

/** A tool that can be used at once; undefined when it has to be installed or built. */
export async function findTool(tool: Tool, context: ToolContext): Promise<FoundTool | undefined> {
  return (await findBrought(tool, context)) ?? (await findCached(tool, context)).found;
}

/** The cache's own, and what is at its place otherwise. */
export async function findCached(
  tool: Tool,
  { env }: ToolContext,
): Promise<{ readonly found?: FoundTool; readonly entry: EntryState }> {
  const entry = await inspectEntry(cacheRoot(env), entryOf(tool));
  if (entry.state !== "sound") return { entry };
  const path = binaryIn(entry.folder, tool);
  return { entry, found: { name: tool.name, path, version: tool.version, origin: "cache" } };
}

interface Candidate {
  readonly path: string;
  readonly origin: Origin;
}

/** One the user brought. Only the first on PATH counts, because that is the one the user runs. */
async function findBrought(tool: Tool, context: ToolContext): Promise<FoundTool | undefined> {
  if (tool.asks === undefined) return undefined;
  for (const { path, origin } of await candidates(tool, context)) {
    const version = await versionOf(path, tool, context);
    if (version !== undefined && isSuitable(version, tool.suits, tool.version))
      return { name: tool.name, path, version: showVersion(version), origin };
    if (tool.suits.rule === "minimum") throw tooOld(tool, path, version);
    const has = version === undefined ? "which tells no version" : showVersion(version);
    context.progress.note(`${path} is passed over: ${has}, want the minor version of ${tool.version}`);
  }
  return undefined;
}

async function candidates(tool: Tool, { env }: ToolContext): Promise<readonly Candidate[]> {
  if (tool.suits.rule === "minimum" && env[tool.suits.override] === "own") return [];
  const folder = tool.folderVariable === undefined ? undefined : env[tool.folderVariable];
  const given = folder ? await firstExecutable([folder], tool.name) : undefined;
  const onPath = await firstExecutable((env["PATH"] ?? "").split(delimiter).filter(isAbsolute), tool.name);
  return [
    ...(given === undefined ? [] : [{ path: given, origin: "KUBEBUILDER_ASSETS" } as const]),
    ...(onPath === undefined || onPath === given ? [] : [{ path: onPath, origin: "PATH" } as const]),
  ];
}

async function firstExecutable(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) if (await isExecutable(join(folder, name))) return join(folder, name);
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What the tool says of itself; undefined when it cannot be run, takes too long, or prints no version. */
export async function versionOf(path: string, { asks = [] }: Tool, { env }: ToolContext): Promise<Version | undefined> {
  try {
    const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { code, stdout, stderr } = await run(path, asks, { env: quiet, timeoutMs: 20_000 });
    return code === 0 ? parseVersion(stdout || stderr) : undefined;
  } catch {
    return undefined;
  }
}

function tooOld(tool: Tool, path: string, version: Version | undefined): ToolchainError {
  const { suits } = tool;
  const own = suits.rule === "minimum" ? suits.override : "";
  const wanted = suits.rule === "minimum" ? suits.version : tool.version;
  return new ToolchainError({
    where: `${tool.name} on PATH (${path})`,
    got: version === undefined ? "no version it would tell" : `version ${showVersion(version)}`,
    want: `${wanted} or newer, of the same major version`,
    mend: `upgrade it, or set ${own}=own to use one that Keelson installs or builds for itself`,
  });
}
