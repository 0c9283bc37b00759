/** The part of the report on this machine that concerns one stack's runs: its lock, its state, what a dead run left. */
import { existsSync } from "node:fs";
import { isAlive } from "../process/identity";
import { lockOwner } from "../process/lock";
import { CorruptStore, peek } from "../standin/store";
import { type Finding } from "../toolchain/doctor";
import { Damaged } from "./failures";
import { orphans } from "./run-mark";
import { type StackFiles, stateFile } from "./stack-files";
import { pendingOperations, readResources } from "./state";
import { projectName } from "./workspace";

function lockFinding({ lock, stack }: StackFiles): Finding {
  const owner = lockOwner(lock);
  const what = `lock of ${stack}`;
  if (owner === undefined) return { what, state: "ok", detail: "nobody works on it" };
  if (isAlive(owner)) return { what, state: "note", detail: `process ${owner.pid} works on it since ${owner.since}` };
  return { what, state: "note", detail: `its owner ${owner.pid} is dead; the next run takes it over` };
}

function stateFinding(files: StackFiles): Finding {
  const what = `state of ${files.stack}`;
  const path = stateFile(files, projectName(files));
  try {
    const pending = pendingOperations(path).length;
    const left = pending === 0 ? "" : `, ${pending} operations were cut off: the next run begins them anew`;
    return { what, state: "ok", detail: `${readResources(path).length} resources${left}` };
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return { what, state: "broken", detail: `${path}: ${error.problem.got}`, mend: error.problem.mend };
  }
}

function cloudFinding({ cloud, stack }: StackFiles): Finding {
  const what = `stand-in cloud of ${stack}`;
  try {
    return { what, state: "ok", detail: `${peek(cloud).objects.size} objects` };
  } catch (error) {
    if (!(error instanceof CorruptStore)) throw error;
    return { what, state: "broken", detail: `${cloud}: ${error.problem.got}`, mend: error.problem.mend };
  }
}

function orphanFinding({ root, stack }: StackFiles): Finding {
  const left = orphans(root).map(({ pid }) => pid);
  const what = `processes of dead runs of ${stack}`;
  if (left.length === 0) return { what, state: "ok", detail: "none" };
  return { what, state: "note", detail: `${left.join(", ")}: the next run ends them` };
}

/** Looks, and changes nothing; nothing to say about a stack that was never run here. */
export const engineReport = (files: StackFiles): readonly Finding[] =>
  existsSync(files.root) ? [lockFinding(files), stateFinding(files), cloudFinding(files), orphanFinding(files)] : [];
