/** The rehearsal from its beginning, or from where an earlier run of it was cut off. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acquire } from "../../embedded/engine/lock";
import { type Settings } from "../../stacks/schema";
import { type Journal, newJournal, readJournal, writeJournal } from "../journal";
import { runSteps, type StepRun, type Watcher } from "../run";
import { type Access } from "./access";
import { preflight } from "./preflight";
import { rehearsalName } from "./rehearsal";
import * as steps from "./steps";
import { verify } from "./verify";

export interface RealWish {
  readonly checkout: string;
  readonly settings: Settings;
  readonly access: Access;
  /** Leave the throw-away stack. */
  readonly keep: boolean;
  /** Only look whether it would work. */
  readonly assess: boolean;
  readonly watcher: Watcher;
  readonly note: (line: string) => void;
}

/** Apart from the embedded drill of the same stack. */
export const rehearsalFolder = (checkout: string, stack: string): string =>
  join(checkout, ".keelson", "drill", rehearsalName(stack));

export const rehearsalJournal = (checkout: string, stack: string): string =>
  join(rehearsalFolder(checkout, stack), "journal.json");

/** In the order of `STEPS`. */
const stepsOf = (rehearsal: steps.Rehearsal, keep: boolean): readonly StepRun[] => [
  { name: "prepare", run: () => steps.prepare(rehearsal) },
  { name: "preflight", run: () => preflight(rehearsal) },
  { name: "sentinels", run: () => steps.sentinels(rehearsal) },
  { name: "back-up", run: () => steps.backUp(rehearsal) },
  { name: "lose-region", run: (journal) => steps.loseRegion(rehearsal, journal) },
  { name: "recreate", run: () => steps.recreate(rehearsal) },
  { name: "restore", run: (journal) => steps.restore(rehearsal, journal) },
  { name: "activate", run: () => steps.activate(rehearsal) },
  { name: "verify", run: (journal) => verify(rehearsal, journal) },
  { name: "switch-dns", run: () => steps.switchDns() },
  { name: "fail-back", run: () => steps.clearAway(rehearsal, keep) },
];

/** @throws Locked when another process is at it. */
export async function runReal(wish: RealWish): Promise<Journal> {
  const { checkout, settings, access, watcher, note } = wish;
  const folder = rehearsalFolder(checkout, settings.stack);
  mkdirSync(folder, { recursive: true });
  const lock = acquire(join(folder, "lock.json"), rehearsalName(settings.stack));
  try {
    const path = rehearsalJournal(checkout, settings.stack);
    const journal = readJournal(path) ?? newJournal(settings.stack, watcher.now());
    writeJournal(path, journal);
    const all = stepsOf({ checkout, folder, id: journal.id, settings, access, note }, wish.keep);
    return await runSteps(path, journal, wish.assess ? all.slice(0, 2) : all, watcher);
  } finally {
    lock.release();
  }
}

export const forgetRehearsal = (checkout: string, stack: string): void =>
  rmSync(rehearsalFolder(checkout, stack), { recursive: true, force: true });
