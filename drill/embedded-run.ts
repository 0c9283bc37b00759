/** The embedded drill from its beginning, or from where an earlier run of it was cut off; and clearing it away. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acquire } from "../embedded/engine/lock";
import { recoveryStackName } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { activate, recreate, restore } from "./after-the-loss";
import { backUp, loseRegion, preflight, prepare, sentinels } from "./before-the-loss";
import { switchDns } from "./dns-switch";
import { type Drill, getTools } from "./embedded-drill";
import { exchanged, prepareReturn } from "./fail-back";
import { isDone, type Journal, newJournal, readJournal, writeJournal } from "./journal";
import { done, notRun } from "./line";
import { endRegion, SEATS } from "./region";
import { span } from "./report/words";
import { type StepName } from "./steps";
import { runSteps, type StepResult, type StepRun, type Watcher } from "./run";
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
  /** Whether it goes back to the region that was lost, when the other one serves. @default false */
  readonly failBack?: boolean;
  readonly interruption: Interruption;
  readonly progress: Progress;
  readonly watcher: Watcher;
}

export const drillFolder = (checkout: string, stack: string): string => join(checkout, ".keelson", "drill", stack);
export const journalFile = (checkout: string, stack: string): string =>
  join(drillFolder(checkout, stack), "journal.json");

/** Of a drill and of its way back; in the order of `STEPS`. */
const stepsOf = (drill: Drill, begin: () => Promise<StepResult>): readonly StepRun[] => [
  { name: "prepare", run: begin },
  { name: "preflight", run: () => preflight(drill) },
  { name: "sentinels", run: () => sentinels(drill) },
  { name: "back-up", run: (journal) => backUp(drill, journal) },
  { name: "lose-region", run: (journal) => loseRegion(drill, journal) },
  { name: "recreate", run: () => recreate(drill) },
  { name: "restore", run: (journal) => restore(drill, journal) },
  { name: "activate", run: () => activate(drill) },
  { name: "verify", run: (journal) => verify(drill, journal) },
  { name: "switch-dns", run: () => switchDns(drill) },
];

const STAYS: StepResult = { lines: [notRun("going back", "optional: --fail-back does it, also later")] };

/** The same steps with the regions exchanged, with a journal of their own: they too go on from where they were cut off. */
async function goBack(drill: Drill, { interruption, watcher }: DrillWish): Promise<StepResult> {
  const back = await exchanged(drill);
  const path = returnFile(drill.folder);
  const journal = readJournal(path) ?? newJournal(back.settings.stack, watcher.now());
  const steps = stepsOf(back, () => prepareReturn(drill, back)).map((step) => stoppable(step, interruption));
  const ended = await runSteps(path, journal, steps, { ...watcher, ended: () => undefined }); // told at the end, by this step
  const found = ended.steps.map(({ name, seconds, lines, blockers }) => ({
    lines: [...(blockers.length === 0 ? [done("real", `going back: ${name}`, `in ${span(seconds)}`)] : []), ...lines],
    blockers,
  }));
  return { lines: found.flatMap(({ lines }) => lines), blockers: found.flatMap(({ blockers }) => blockers) };
}

const returnFile = (folder: string): string => join(folder, "return.json");

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
    const ends = { from: SEATS.primary, to: SEATS.recovery, target: recoveryStackName(settings.stack) };
    const drill: Drill = { ...around, id: journal.id, settings, port, tools: await getTools(around), ...ends };
    const back = wish.failBack === true ? () => goBack(drill, wish) : () => Promise.resolve(STAYS);
    const steps = [...stepsOf(drill, () => prepare(drill)), { name: "fail-back", run: back } as const];
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

/**
 * Whoever only asks whether it would work asks about now, as long as there is a primary to look at. Who stayed in the other
 * region may go back later.
 */
function lookedAtAnew(journal: Journal, { until, failBack }: DrillWish): Journal {
  const asksNow = until === "preflight" && !isDone(journal, "lose-region");
  const anew = [...(asksNow ? ["preflight"] : []), ...(failBack === true ? ["fail-back"] : [])];
  return { ...journal, steps: journal.steps.filter(({ name }) => !anew.includes(name)) };
}

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

/** Whether nothing is left to do of what is asked for. */
export function isFinished(checkout: string, stack: string, failBack: boolean): boolean {
  const path = failBack ? returnFile(drillFolder(checkout, stack)) : journalFile(checkout, stack);
  const journal = readJournal(path);
  return journal !== undefined && isDone(journal, "switch-dns");
}

/** Ends every process of the drill and removes its folder; the tools and the reports stay. */
export async function clearEmbedded(checkout: string, stack: string): Promise<void> {
  const folder = drillFolder(checkout, stack);
  if (!existsSync(folder)) return;
  for (const { dir } of Object.values(SEATS)) await endRegion(join(folder, dir));
  rmSync(folder, { recursive: true, force: true });
}
