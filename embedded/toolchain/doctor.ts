/**
 * Owns the report on this machine: what is installed and from where, what is missing, and the one command or action that
 * mends it. Data only; whoever prints it decides how. Looks, and changes nothing.
 */

import { existsSync } from "node:fs";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { InvalidInput } from "../../graph/problems";
import { bytes } from "../../graph/units";
import { expectedSeconds, moduleFolder } from "./build";
import { cacheRoot, inspectEntry } from "./cache";
import type { ToolContext } from "./context";
import { CRD_SOURCES, type CrdSet } from "./crd-sources";
import { findGo, goWanted } from "./go";
import { entryOf, findTool } from "./lookup";
import { showSeconds } from "./progress";
import { projectRoot } from "./project";
import { TOOLS, TOOL_NAMES, type Tool } from "./tools";
import { compareVersions, parseVersion } from "./versions";

export interface Finding {
  /** Such as `pulumi`, `disk`, `definitions of cert-manager`. */
  readonly what: string;
  /** `missing` is fetched or built by the next `make up`; `broken` stops it; `note` is worth knowing. */
  readonly state: "ok" | "missing" | "broken" | "note";
  readonly detail: string;
  /** The one command or action; absent when all is well. */
  readonly mend?: string;
}

const UP = "make up";

/** Everything but the ports, which belong to a stack's control plane. Reads each cached tool to its last byte. */
export async function doctorReport(sets: readonly CrdSet[], context: ToolContext): Promise<readonly Finding[]> {
  return [
    node(process.versions.node),
    packages(projectRoot()),
    ...(await Promise.all(TOOL_NAMES.map((name) => toolFinding(TOOLS[name], context)))),
    ...(await Promise.all(sets.map((set) => definitions(set, context)))),
    await go(context),
    await disk(context),
    memory(freemem(), totalmem()),
    { what: "processors", state: "ok", detail: `${availableParallelism()} cores` },
  ];
}

const OLDEST_NODE = "20.19.0";

/** Whether this Node is new enough. */
export function node(version: string): Finding {
  const [found, oldest] = [parseVersion(version), parseVersion(OLDEST_NODE)];
  if (found !== undefined && oldest !== undefined && compareVersions(found, oldest) >= 0)
    return { what: "node", state: "ok", detail: `${version}, from ${process.execPath}` };
  const mend = `install Node ${OLDEST_NODE} or newer`;
  return { what: "node", state: "broken", detail: `${version}, want ${OLDEST_NODE} or newer`, mend };
}

/** npm writes a copy of the lock into node_modules when an installation is complete. */
export function packages(root: string): Finding {
  if (existsSync(join(root, "node_modules", ".package-lock.json")))
    return { what: "npm packages", state: "ok", detail: join(root, "node_modules") };
  return { what: "npm packages", state: "missing", detail: "not, or not wholly, installed", mend: "npm ci" };
}

/** One tool: where it comes from, or what getting it takes. */
export async function toolFinding(tool: Tool, context: ToolContext): Promise<Finding> {
  const what = `${tool.name}`;
  try {
    const found = await findTool(tool, context);
    if (found !== undefined && found.origin !== "cache")
      return { what, state: "ok", detail: `${found.version}, from ${found.origin}: ${found.path}` };
  } catch (error) {
    if (error instanceof InvalidInput) return refused(what, error);
    throw error;
  }
  return cachedFinding(tool, context);
}

function refused(what: string, { problems }: InvalidInput): Finding {
  const [problem] = problems;
  return { what, state: "broken", detail: `${problem?.got}, want ${problem?.want}`, mend: problem?.mend ?? UP };
}

async function cachedFinding(tool: Tool, { env }: ToolContext): Promise<Finding> {
  const entry = await inspectEntry(cacheRoot(env), entryOf(tool), true);
  const what = tool.name;
  const takes = `about ${showSeconds(expectedSeconds(tool))} when it has to be built`;
  if (entry.state === "sound")
    return { what, state: "ok", detail: `${tool.version}, ${entry.from}, in the cache: ${entry.folder}` };
  if (entry.state === "damaged")
    return {
      what,
      state: "broken",
      detail: `${entry.folder}: ${entry.why}; ${takes}`,
      mend: `rm -r ${entry.folder} && ${UP}`,
    };
  return { what, state: "missing", detail: `${tool.version}, ${takes}`, mend: UP };
}

async function definitions(set: CrdSet, { env }: ToolContext): Promise<Finding> {
  const { real, standIn } = CRD_SOURCES[set];
  const what = `definitions of ${set}`;
  if (real === undefined) return { what, state: "note", detail: `stand-ins: ${standIn?.because}` };
  const entry = await inspectEntry(cacheRoot(env), { shelf: "crds", name: set, version: real.version }, true);
  if (entry.state === "sound") return { what, state: "ok", detail: `${real.version}, ${entry.from}` };
  const detail = entry.state === "damaged" ? entry.why : `${real.version}, not fetched yet`;
  return { what, state: "missing", detail, mend: UP };
}

/** Only needed while something has to be built. */
async function go(context: ToolContext): Promise<Finding> {
  const found = await findGo(context);
  const wanted = await goWanted(moduleFolder(TOOLS.pulumi));
  if (found !== undefined)
    return { what: "go", state: "ok", detail: `${found.version}, packages in ${found.buildCache}` };
  const mend = `install Go ${wanted} or newer from https://go.dev/dl`;
  return { what: "go", state: "note", detail: "not on PATH; needed only to build a tool that is missing", mend };
}

const gibibytes = (amount: number): string => `${(amount / 2 ** 30).toFixed(1)} GiB`;

async function disk({ env, freeBytes }: ToolContext): Promise<Finding> {
  const root = cacheRoot(env);
  const free = await freeBytes(root);
  const need = TOOL_NAMES.reduce(
    (sum, name) => sum + bytes(TOOLS[name].build.disk) + bytes(TOOLS[name].build.binary),
    0,
  );
  const detail = `${gibibytes(free)} free in ${root}; building everything takes ${gibibytes(need)}`;
  if (free >= need) return { what: "disk", state: "ok", detail };
  return { what: "disk", state: "note", detail, mend: "set KEELSON_CACHE and GOCACHE to folders on a disk with room" };
}

/** A running control plane with the definitions of one system, and the engine beside it. */
const RUNNING = bytes("2 GiB");

/** Free memory counts what the kernel would give back. */
export function memory(free: number, total: number): Finding {
  const need = Math.max(RUNNING, ...TOOL_NAMES.map((name) => bytes(TOOLS[name].build.memory)));
  const detail = `${gibibytes(free)} of ${gibibytes(total)} free; building takes up to ${gibibytes(need)}, running about ${gibibytes(RUNNING)}`;
  return free >= need
    ? { what: "memory", state: "ok", detail }
    : { what: "memory", state: "note", detail, mend: "close what uses memory before the first make up" };
}
