/**
 * The lock that the engine itself keeps in its file backend. It outlives an engine that was killed, and every later
 * run would then refuse. Removes it when the engine that wrote it is dead; refuses when it lives.
 */
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { identify, isAlive, type ProcessId } from "../process/identity";
import { Locked } from "./failures";

interface EngineLock {
  readonly pid: number;
  readonly timestamp: string;
}

function parse(path: string): EngineLock | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as EngineLock;
  } catch {
    return undefined; // torn by the death of its writer
  }
}

/** The engine writes its process id but not its start time: what we noted when we started it decides. */
function writerLives(lock: EngineLock | undefined, noted: ProcessId | undefined): boolean {
  if (lock === undefined) return false;
  if (noted?.pid === lock.pid) return isAlive(noted);
  return identify(lock.pid) !== undefined;
}

const lockFiles = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return []; // no run yet
  }
};

/** Removes the locks of dead engines; returns how many. Throws `Locked` for a living one. */
export function removeDeadLocks(folder: string, stack: string, noted: ProcessId | undefined): number {
  const files = lockFiles(folder).map((name) => join(folder, name));
  for (const file of files) {
    const lock = parse(file);
    if (writerLives(lock, noted))
      throw new Locked(stack, lock?.pid ?? 0, lock?.timestamp ?? statSync(file).mtime.toISOString());
    for (const path of [file, `${file}.attrs`]) rmSync(path, { force: true }); // the backend keeps attributes beside
  }
  return files.length;
}
