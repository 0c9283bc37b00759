/**
 * Owns starting and ending the processes of one control plane. Each is a process group of its own that outlives the
 * command that started it, and carries a mark in its environment: those that a killed command did not get to write down
 * are found by it. Refuses to touch any process without that mark or a remembered start time.
 */

import { spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync, renameSync, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { codeOf } from "../errors";
import { endGroup } from "../process/ending";
import { withEnvironment } from "../process/environment";
import { commandOf, identityOf, type ProcessId } from "../process/identity";
import { lastLines } from "../toolchain/run";
import { logOf, type Layout, type PlaneProcess } from "./layout";

const MARK = "KEELSON_PLANE";

/** The order in which they may end: nobody writes to a store that is gone. */
const ENDING = ["kwok", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"];

/** Starts a process with its output in its log. @throws the system's error when it cannot be started. */
export async function startProcess(
  layout: Layout,
  name: string,
  { path, args }: { readonly path: string; readonly args: readonly string[] },
): Promise<PlaneProcess> {
  const log = freshLog(layout, name);
  try {
    const child = spawn(path, [...args], {
      detached: true,
      cwd: layout.plane,
      stdio: ["ignore", log, log],
      env: { PATH: process.env["PATH"], HOME: layout.plane, [MARK]: layout.dir },
    });
    const pid = await started(child);
    child.unref();
    return { name, ...identityOf(pid) };
  } finally {
    closeSync(log);
  }
}

function started(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
}

/** The log of the run before is kept beside the new one. */
function freshLog(layout: Layout, name: string): number {
  const path = logOf(layout, name);
  mkdirSync(layout.logs, { recursive: true });
  if (existsSync(path)) renameSync(path, `${path}.previous`);
  return openSync(path, "a", 0o600);
}

/** What lives of this control plane, whether it was written down or not. */
export function livingProcesses(layout: Layout): readonly PlaneProcess[] {
  return withEnvironment(`${MARK}=${layout.dir}`).map((found) => ({ ...found, name: nameOf(found) }));
}

/** The kernel cuts a command's name at 15 characters. */
const nameOf = ({ pid }: ProcessId): string => {
  const command = commandOf(pid);
  return ENDING.find((name) => name.slice(0, 15) === command) ?? command;
};

/**
 * Ends everything that lives of this control plane, in order, and says what that was. An API server whose store is gone
 * would go on trying to say goodbye to it: it gets a second, not ten.
 */
export async function endProcesses(layout: Layout): Promise<readonly PlaneProcess[]> {
  const living = livingProcesses(layout);
  const rank = ({ name }: PlaneProcess) => ENDING.indexOf(name);
  const clients = living.filter((one) => rank(one) < ENDING.indexOf("kube-apiserver"));
  const rest = living.filter((one) => !clients.includes(one)).sort((a, b) => rank(a) - rank(b));
  const patience = living.some(({ name }) => name === "etcd") ? 10 : 1;
  await Promise.all(clients.map((one) => endGroup(one, patience)));
  for (const one of rest) await endGroup(one, patience);
  return living;
}

/** The end of a process's log, for a message. */
export async function logTail(layout: Layout, name: string, lines = 8): Promise<string> {
  try {
    return lastLines(await readFile(logOf(layout, name), "utf8"), lines);
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "(it wrote no log)" : String(error);
  }
}
