/** From a drill's journal and what it left to its document, written beside the earlier ones. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stackFiles, stateFile } from "../embedded/engine/stack-files";
import { readResources } from "../embedded/engine/state";
import { projectName } from "../embedded/engine/workspace";
import { compileStack } from "../stacks/compile";
import { recoveryPlan } from "../stacks/recovery";
import { recoveryStackName } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { drillFolder } from "./embedded-run";
import { isDone, type Journal } from "./journal";
import { type Modelled, modelRecovery } from "./model";
import { documentOf, type DrillDocument } from "./report/document";
import { reportFolder, writeReports } from "./report/history";

export interface Told {
  readonly document: DrillDocument;
  /** The reports, the one to read first. */
  readonly files: readonly string[];
}

export function tell(checkout: string, settings: Settings, journal: Journal): Told {
  const plan = recoveryPlan(settings, compileStack(settings));
  const document = documentOf({ journal, plan, modelled: modelOf(checkout, settings, journal) });
  return { document, files: writeReports(reportFolder(checkout, settings.stack), document) };
}

/** Only of a stack that was really recreated: its dependencies are in its state. */
function modelOf(checkout: string, { stack }: Settings, journal: Journal): Modelled | undefined {
  if (!isDone(journal, "recreate")) return undefined;
  const root = join(drillFolder(checkout, stack), "recovery");
  const files = stackFiles(checkout, recoveryStackName(stack), { root, cloud: join(root, "cloud.json") });
  const path = stateFile(files, projectName(files));
  return existsSync(path) ? modelRecovery(readResources(path)) : undefined;
}
