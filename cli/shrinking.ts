/** Refuses sizes that would shrink against what the stack is made of here, before an engine starts. */
import { stackFiles, stateFile } from "../embedded/engine/stack-files";
import { readResources } from "../embedded/engine/state";
import { projectName } from "../embedded/engine/workspace";
import { refuse } from "../graph/problems";
import { shrinkProblems } from "../stacks/shrinking";
import { type Stack } from "./stack";
import { type Terminal } from "./terminal";

/** @throws InvalidInput with every size that is less than what is there. */
export function refuseShrinking({ name, settings }: Stack, { checkout }: Terminal): void {
  const files = stackFiles(checkout, name);
  refuse(shrinkProblems(settings, readResources(stateFile(files, projectName(files)))));
}
