/** From a drill's journal and what it left to its document, written beside the earlier ones. */
import { join } from "node:path";
import { compileStack } from "../stacks/compile";
import { recoveryPlan } from "../stacks/recovery";
import { type Settings } from "../stacks/schema";
import { drillFolder } from "./embedded-run";
import { isDone, type Journal } from "./journal";
import { modelRecovery } from "./model";
import { recreated } from "./recreated";
import { SEATS } from "./region";
import { documentOf, type DrillDocument } from "./report/document";
import { reportFolder, writeReports } from "./report/history";

export interface Told {
  readonly document: DrillDocument;
  /** The reports, the one to read first. */
  readonly files: readonly string[];
}

/** @param folder Where the drill keeps what it recreated. @default - the embedded drill's */
export function tell(
  checkout: string,
  settings: Settings,
  journal: Journal,
  folder = join(drillFolder(checkout, settings.stack), SEATS.recovery.dir),
): Told {
  const plan = recoveryPlan(settings, compileStack(settings));
  const resources = recreated(folder);
  // only of a stack that was really recreated: its dependencies are in its state
  const modelled = resources === undefined || !isDone(journal, "recreate") ? undefined : modelRecovery(resources);
  const document = documentOf({ journal, plan, modelled });
  return { document, files: writeReports(reportFolder(checkout, settings.stack), document) };
}
