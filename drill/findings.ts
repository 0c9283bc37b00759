/** From a drill's journal and what it left to its document, written beside the earlier ones. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stackFiles, stateFile } from "../embedded/engine/stack-files";
import { readResources, type StateResource } from "../embedded/engine/state";
import { projectName } from "../embedded/engine/workspace";
import { compileStack } from "../stacks/compile";
import { recoveryPlan } from "../stacks/recovery";
import { recoveryStackName } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { drillFolder } from "./embedded-run";
import { isDone, type Journal } from "./journal";
import { modelRecovery } from "./model";
import { documentOf, type DrillDocument } from "./report/document";
import { reportFolder, writeReports } from "./report/history";

export interface Told {
  readonly document: DrillDocument;
  /** The reports, the one to read first. */
  readonly files: readonly string[];
}

/** @param resources of the stack that was recreated. @default - those of the embedded drill */
export function tell(
  checkout: string,
  settings: Settings,
  journal: Journal,
  resources: readonly StateResource[] | undefined = embeddedResources(checkout, settings),
): Told {
  const plan = recoveryPlan(settings, compileStack(settings));
  // only of a stack that was really recreated: its dependencies are in its state
  const modelled = resources === undefined || !isDone(journal, "recreate") ? undefined : modelRecovery(resources);
  const document = documentOf({ journal, plan, modelled });
  return { document, files: writeReports(reportFolder(checkout, settings.stack), document) };
}

function embeddedResources(checkout: string, { stack }: Settings): readonly StateResource[] | undefined {
  const root = join(drillFolder(checkout, stack), "recovery");
  const files = stackFiles(checkout, recoveryStackName(stack), { root, cloud: join(root, "cloud.json") });
  const path = stateFile(files, projectName(files));
  return existsSync(path) ? readResources(path) : undefined;
}
