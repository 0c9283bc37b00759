/**
 * Owns building one tool from its Go module, in a copy of the module's folder, so that the checkout is never written to.
 * Refuses what does not run and tell the version it was built as.
 */

import { cp, mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import { bytes } from "../../graph/units";
import { cacheRoot, entryLock, publishEntry } from "./cache";
import type { ToolContext } from "./context";
import { ToolchainError } from "./errors";
import { requireGo, runGo, type Go } from "./go";
import { binaryIn, entryOf, versionOf } from "./lookup";
import { endAll } from "../process/ending";
import { withEnvironment } from "../process/environment";
import { during, type Step } from "./progress";
import { projectRoot } from "./project";
import type { RunOptions } from "./run";
import type { Tool } from "./tools";
import { showVersion } from "./versions";

/** Marks every process of a build by its lock: whoever holds the lock next ends what is left of an interrupted one. */
const MARK = "KEELSON_BUILD";

export const moduleFolder = ({ module }: Tool): string =>
  isAbsolute(module) ? module : join(projectRoot(), "embedded", "toolchain", module);

/** Seconds a build should take here: measured on two cores, and no faster beyond eight. */
export function expectedSeconds({ build }: Tool, cores: number = availableParallelism()): number {
  return build.minutes * 60 * (2 / Math.min(8, Math.max(1, cores)));
}

/** Builds the tool into the cache and returns the entry's folder. The caller holds the entry's lock. */
export async function buildTool(tool: Tool, context: ToolContext): Promise<string> {
  const root = cacheRoot(context.env);
  const go = await requireGo(moduleFolder(tool), context);
  await requireRoom(tool, go, context);
  await endLeftovers(entryLock(root, entryOf(tool)));
  return publishEntry(root, entryOf(tool), async (folder) => {
    await compile(tool, folder, context).finally(() => endLeftovers(entryLock(root, entryOf(tool))));
    await prove(tool, folder, context);
    return `built with go${go.version}`;
  });
}

/** What an interrupted build left running: it would compile for nobody, and write into a folder that is cleared. */
const endLeftovers = (lock: string): Promise<void> => endAll(withEnvironment(`${MARK}=${lock}`));

async function requireRoom(tool: Tool, go: Go, { env, freeBytes }: ToolContext): Promise<void> {
  const needs = [
    { path: go.buildCache, need: bytes(tool.build.disk) },
    { path: cacheRoot(env), need: bytes(tool.build.binary) * 2 },
  ];
  for (const { path, need } of needs) {
    const free = await freeBytes(path);
    if (free < need) throw noRoom(tool, path, { free, need });
  }
}

const mebibytes = (amount: number): string => `${Math.floor(amount / 2 ** 20)} MiB`;

const noRoom = (tool: Tool, path: string, { free, need }: { free: number; need: number }): ToolchainError =>
  new ToolchainError({
    where: `building ${tool.name} ${tool.version}, disk of ${path}`,
    got: `${mebibytes(free)} free`,
    want: `${mebibytes(need)}`,
    mend: "free some space, or set KEELSON_CACHE (finished tools) and GOCACHE (compiled packages) to folders on a disk with room",
  });

async function compile(tool: Tool, folder: string, context: ToolContext): Promise<void> {
  const source = join(folder, "source");
  await cp(moduleFolder(tool), source, { recursive: true });
  await mkdir(join(folder, "bin"));
  const options = await buildOptions(tool, source, context);
  const named = `${tool.name} ${tool.version}`;
  await during(context.progress, { what: `fetching the modules of ${named}` }, () =>
    runGo(`fetching the modules of ${named}`, ["list", "-deps", "-f", "{{.Name}}", tool.package], options),
  );
  const step: Step = { what: `building ${named}`, expectedSeconds: expectedSeconds(tool) };
  await during(context.progress, step, () => runGo(step.what, buildArguments(tool, folder), options));
  await rm(source, { recursive: true, force: true });
}

/** Temporary files go beside the result: they are cleared with it, and the disk with room is used. */
async function buildOptions(tool: Tool, cwd: string, { env, signal }: ToolContext): Promise<RunOptions> {
  const temporary = join(cwd, "tmp");
  await mkdir(temporary);
  const mark = { [MARK]: entryLock(cacheRoot(env), entryOf(tool)), GOTMPDIR: temporary };
  return { cwd, env: { ...env, ...mark }, gentle: true, ...(signal === undefined ? {} : { signal }) };
}

const buildArguments = (tool: Tool, folder: string): readonly string[] => [
  "build",
  "-trimpath",
  "-ldflags",
  tool.ldflags.join(" "),
  "-o",
  binaryIn(folder, tool),
  tool.package,
];

async function prove(tool: Tool, folder: string, context: ToolContext): Promise<void> {
  if (tool.asks === undefined) return;
  const version = await versionOf(binaryIn(folder, tool), tool, context);
  if (version !== undefined && showVersion(version) === tool.version) return;
  throw new ToolchainError({
    where: `${tool.name}, just built`,
    got: version === undefined ? "a program that does not run here" : `version ${showVersion(version)}`,
    want: `version ${tool.version}`,
    mend: "run npx keelson doctor, and report what it prints",
  });
}
