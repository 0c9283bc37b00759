/**
 * Owns having the tools: finds what is there, says what the rest will take, and installs or builds it, one after another.
 * Refuses to build anything twice: a tool another process is building is waited for.
 */

import { bytes } from "../../graph/units";
import { buildTool, expectedSeconds } from "./build";
import { cacheRoot, entryLock, prepareRoot } from "./cache";
import type { ToolContext } from "./context";
import { cacheFailure } from "./errors";
import { installTool } from "./installer";
import { withLock } from "../process/lock";
import { binaryIn, entryOf, findCached, findTool, type FoundTool } from "./lookup";
import { showSeconds, silent } from "./progress";
import { DEFAULT_PORT, PORT_COUNT, TOOLS, type Tool, type ToolName } from "./tools";

/** What has to be installed or built before the named tools can be used. */
export interface WorkAhead {
  readonly missing: readonly ToolName[];
  /** Expected, when all of them have to be built. */
  readonly seconds: number;
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

/** Looks, and changes nothing. @throws ToolchainError for an engine on PATH below the minimum. */
export async function workAhead(names: readonly ToolName[], context: ToolContext): Promise<WorkAhead> {
  const quiet = { ...context, progress: silent };
  const found = await Promise.all(names.map((name) => findTool(TOOLS[name], quiet)));
  const missing = names.filter((_, index) => found[index] === undefined);
  const tools = missing.map((name) => TOOLS[name]);
  const sum = (of: (tool: Tool) => number) => tools.reduce((total, tool) => total + of(tool), 0);
  return {
    missing,
    seconds: sum((tool) => expectedSeconds(tool)),
    diskBytes: sum(({ build }) => bytes(build.disk) + bytes(build.binary)),
    memoryBytes: Math.max(0, ...tools.map(({ build }) => bytes(build.memory))),
  };
}

const gibibytes = (amount: number): string => `${(amount / 2 ** 30).toFixed(1)} GiB`;

/** Lines to print before a long first build; none when nothing is missing. */
export function describeWork(work: WorkAhead, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  if (work.missing.length === 0) return [];
  const [disk, memory] = [gibibytes(work.diskBytes), gibibytes(work.memoryBytes)];
  const first = Number(env["KEELSON_PORT"] || DEFAULT_PORT);
  return [
    `Not on this machine yet: ${work.missing.join(", ")}. What cannot be downloaded is built from Go modules, once:`,
    `  about ${showSeconds(work.seconds)}, ${disk} of disk, up to ${memory} of memory; kept in ${cacheRoot(env)}`,
    `  the control plane then listens on 127.0.0.1, ports ${first} to ${first + PORT_COUNT - 1}; KEELSON_PORT moves them`,
  ];
}

/** The named tools, each found, installed or built. */
export async function ensureTools<N extends ToolName>(
  names: readonly N[],
  context: ToolContext,
): Promise<Readonly<Record<N, FoundTool>>> {
  const found: [N, FoundTool][] = [];
  for (const name of names) found.push([name, await ensureTool(TOOLS[name], context)]);
  return Object.fromEntries(found) as Record<N, FoundTool>;
}

/** `ensureTools` that is started now and waited for later: a failure is kept until then. */
export function startTools<N extends ToolName>(
  names: readonly N[],
  context: ToolContext,
): Promise<Readonly<Record<N, FoundTool>>> {
  const tools = ensureTools(names, context);
  tools.catch(() => undefined);
  return tools;
}

/** One tool, found, installed or built. */
export async function ensureTool(tool: Tool, context: ToolContext): Promise<FoundTool> {
  return (await findTool(tool, context)) ?? inTurn(() => make(tool, context));
}

/** Builds of this process run one at a time: two linkers at once need twice the memory and are no faster. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

async function make(tool: Tool, context: ToolContext): Promise<FoundTool> {
  const root = cacheRoot(context.env);
  await prepareRoot(root);
  const onWait = ({ pid }: { pid: number }) => context.progress.note(waitingLine(tool, pid));
  const waiting = { onWait, ...(context.signal === undefined ? {} : { signal: context.signal }) };
  try {
    return await withLock(entryLock(root, entryOf(tool)), waiting, () => makeLocked(tool, context));
  } catch (error) {
    throw cacheFailure(root, error);
  }
}

const waitingLine = ({ name, version }: Tool, pid: number): string =>
  `process ${pid} is getting ${name} ${version} already: waiting for it`;

/** Another process may have made it while the lock was waited for. */
async function makeLocked(tool: Tool, context: ToolContext): Promise<FoundTool> {
  const { found, entry } = await findCached(tool, context);
  if (found !== undefined) return found;
  if (entry.state === "damaged")
    context.progress.note(`${entry.folder} is damaged (${entry.why}): making ${tool.name} again`);
  const installed = await installTool(tool, context);
  const folder = installed ?? (await buildTool(tool, context));
  const origin = installed === undefined ? "built" : "installed";
  return { name: tool.name, path: binaryIn(folder, tool), version: tool.version, origin };
}
