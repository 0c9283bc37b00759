/**
 * Owns which ports a control plane listens on: a block of six from one base, remembered per control plane. Refuses a port
 * another program holds, naming that program, before anything is started.
 */

import { readFile, readdir, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { InvalidInput, type Problem } from "../../graph/problems";
import { commandOf } from "../process/identity";
import { DEFAULT_PORT } from "../toolchain/tools";

export interface Ports {
  readonly api: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** Room between two control planes of one checkout. */
const BLOCK = 10;
const HIGHEST_BASE = 65_535 - BLOCK;

/** The API server listens on the base itself. */
export const portsFrom = (base: number): Ports => ({
  api: base,
  etcd: base + 1,
  etcdPeer: base + 2,
  controllerManager: base + 3,
  scheduler: base + 4,
  kwok: base + 5,
});

/** `KEELSON_PORT`, or the default. @throws InvalidInput when it is no usable port. */
export function portBase(env: NodeJS.ProcessEnv): number {
  const given = env["KEELSON_PORT"];
  if (!given) return DEFAULT_PORT;
  const base = Number(given);
  if (/^\d+$/.test(given) && base >= 1_024 && base <= HIGHEST_BASE) return base;
  const want = `a number from 1024 to ${HIGHEST_BASE}`;
  throw new InvalidInput([
    { where: "KEELSON_PORT", got: JSON.stringify(given), want, mend: "set it to one, or unset it" },
  ]);
}

/** The first block from the base on that no other control plane of this checkout remembers as its own. */
export async function choosePorts(dir: string, base: number): Promise<Ports> {
  const taken = await rememberedBases(dir);
  let free = base;
  while (free < HIGHEST_BASE && taken.some((other) => Math.abs(other - free) < BLOCK)) free += BLOCK;
  return portsFrom(free);
}

async function rememberedBases(dir: string): Promise<readonly number[]> {
  const siblings = await readdir(dirname(dir)).catch((): string[] => []);
  const others = siblings.map((name) => join(dirname(dir), name)).filter((path) => path !== dir);
  const bases = await Promise.all(others.map(rememberedBase));
  return bases.filter((base) => base !== undefined);
}

async function rememberedBase(dir: string): Promise<number | undefined> {
  try {
    const record = JSON.parse(await readFile(join(dir, "control-plane.json"), "utf8")) as { ports?: Partial<Ports> };
    return record.ports?.api;
  } catch {
    return undefined;
  }
}

/**
 * Every port of the block is free, or held by a process of ours that is about to be ended.
 * @throws InvalidInput naming each port that is not, and who holds it.
 */
export async function requireFree(ports: Ports, ours: readonly number[] = []): Promise<void> {
  const check = (port: number) => portProblem(port, ports.api, ours);
  const problems = await Promise.all((Object.values(ports) as number[]).map(check));
  const held = problems.filter((problem) => problem !== undefined);
  if (held.length > 0) throw new InvalidInput(held);
}

async function portProblem(port: number, base: number, ours: readonly number[]): Promise<Problem | undefined> {
  if (await isFree(port)) return undefined;
  const owner = await portOwner(port);
  if (owner === undefined ? await isAbandoned(port) : ours.includes(owner)) return undefined;
  const by = owner === undefined ? "another program" : `${commandOf(owner)} (process ${owner})`;
  const mend = `end that program, or choose other ports with KEELSON_PORT=${elsewhere(base)}`;
  return { where: `port ${port} on 127.0.0.1`, got: `in use by ${by}`, want: "a free port", mend };
}

/** The sockets of a process that was just killed outlive it by a moment, in which nobody owns them. */
async function isAbandoned(port: number): Promise<boolean> {
  for (let looks = 20; looks > 0 && (await portOwner(port)) === undefined; looks -= 1) {
    if (await isFree(port)) return true;
    await pause(100);
  }
  return false;
}

const elsewhere = (base: number): number => (base + 1_000 <= HIGHEST_BASE ? base + 1_000 : DEFAULT_PORT);

/** Whether we could listen there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The process listening on a port, as far as /proc tells us: not for processes of other users. */
export async function portOwner(port: number): Promise<number | undefined> {
  const sockets = new Set((await Promise.all(["tcp", "tcp6"].map((table) => listening(table, port)))).flat());
  if (sockets.size === 0) return undefined;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) if (await holdsSocket(pid, sockets)) return Number(pid);
  return undefined;
}

/** `socket:[inode]` of every listening socket on the port. State 0A is LISTEN. */
async function listening(table: string, port: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.filter((row) => row[3] === "0A" && row[1]?.endsWith(suffix)).map((row) => `socket:[${row[9]}]`);
}

async function holdsSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const handles = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
  const links = await Promise.all(handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => "")));
  return links.some((target) => sockets.has(target));
}
