/** The embedded drill from its beginning, or from where an earlier run of it was cut off; and clearing it away. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acquire } from "../embedded/engine/lock";
import { type Settings } from "../stacks/schema";
import { activate, recreate, restore } from "./after-the-loss";
import { backUp, loseRegion, preflight, prepare, sentinels } from "./before-the-loss";
import { switchDns } from "./dns-switch";
import { type Drill, getTools } from "./embedded-drill";
import { isDone, type Journal, newJournal, readJournal, writeJournal } from "./journal";
import { notRun } from "./line";
import { endRegion } from "./region";
import { type StepName } from "./steps";
import { runSteps, type StepRun, type Watcher } from "./run";
import { verify } from "./verification";
import type { Interruption } from "../embedded/engine/interruption";
import type { Progress } from "../embedded/toolchain/progress";

export interface DrillWish {
  readonly checkout: string;
  readonly settings: Settings;
  /** The first of sixty ports on 127.0.0.1. */
  readonly port: number;
  /** The last step to be done. @default - all are done */
  readonly until?: StepName;
  readonly interruption: Interruption;
  readonly progress: Progress;
  readonly watcher: Watcher;
}

export const drillFolder = (checkout: string, stack: string): string => join(checkout, ".keelson", "drill", stack);
export const journalFile = (checkout: string, stack: string): string =>
  join(drillFolder(checkout, stack), "journal.json");

/** In the order of `STEPS`. */
const stepsOf = (drill: Drill): readonly StepRun[] => [
  { name: "prepare", run: () => prepare(drill) },
  { name: "preflight", run: () => preflight(drill) },
  { name: "sentinels", run: () => sentinels(drill) },
  { name: "back-up", run: (journal) => backUp(drill, journal) },
  { name: "lose-region", run: (journal) => loseRegion(drill, journal) },
  { name: "recreate", run: () => recreate(drill) },
  { name: "restore", run: (journal) => restore(drill, journal) },
  { name: "activate", run: () => activate(drill) },
  { name: "verify", run: (journal) => verify(drill, journal) },
  { name: "switch-dns", run: () => switchDns(drill) },
  {
    name: "fail-back",
    run: () =>
      Promise.resolve({ lines: [notRun("going back", "optional; the same drill with the regions exchanged")] }),
  },
];

/** Runs what is left of the drill. @throws Locked when another process is at it, Interrupted when somebody stopped it. */
export async function runEmbedded(wish: DrillWish): Promise<Journal> {
  const { checkout, settings, interruption, progress, port, watcher } = wish;
  const folder = drillFolder(checkout, settings.stack);
  mkdirSync(folder, { recursive: true });
  const lock = acquire(join(folder, "lock.json"), settings.stack);
  try {
    const path = journalFile(checkout, settings.stack);
    const journal = lookedAtAnew(readJournal(path) ?? newJournal(settings.stack, watcher.now()), wish);
    writeJournal(path, journal);
    const around = { checkout, folder, interruption, progress };
    const drill: Drill = { ...around, id: journal.id, settings, port, tools: await getTools(around) };
    const steps = stepsOf(drill);
    const wanted =
      wish.until === undefined ? steps : steps.slice(0, 1 + steps.findIndex(({ name }) => name === wish.until));
    return await runSteps(
      path,
      journal,
      wanted.map((step) => stoppable(step, interruption)),
      watcher,
    );
  } finally {
    lock.release();
  }
}

/** Whoever only asks whether it would work asks about now, as long as there is a primary to look at. */
const lookedAtAnew = (journal: Journal, { until }: DrillWish): Journal =>
  until !== "preflight" || isDone(journal, "lose-region")
    ? journal
    : { ...journal, steps: journal.steps.filter(({ name }) => name !== until) };

/** Between two steps somebody may stop it. */
const stoppable = ({ name, run }: StepRun, interruption: Interruption): StepRun => ({
  name,
  run: async (journal) => {
    interruption.check();
    try {
      return await run(journal);
    } catch (error) {
      throw interruption.reason(error);
    }
  },
});

export const isFinished = (journal: Journal): boolean => isDone(journal, "switch-dns");

/** Ends every process of the drill and removes its folder; the tools and the reports stay. */
export async function clearEmbedded(checkout: string, stack: string): Promise<void> {
  const folder = drillFolder(checkout, stack);
  if (!existsSync(folder)) return;
  for (const role of ["primary", "recovery"]) await endRegion(join(folder, role));
  rmSync(folder, { recursive: true, force: true });
}
