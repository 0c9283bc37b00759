/**
 * `keelson check --state -s STACK`: the pack on what `up` made, so that what a plan had to leave undecided is decided. A
 * value that the state keeps as a secret and nobody can open stays undecided.
 */
import { analyze } from "../embedded/engine/analyze";
import { openSession } from "../embedded/engine/program";
import { sessionFacts } from "../embedded/engine/session-facts";
import { prepareToLook } from "../embedded/engine/session";
import { readResources } from "../embedded/engine/state";
import { stackFiles, stateFile } from "../embedded/engine/stack-files";
import { projectName } from "../embedded/engine/workspace";
import { progressOn } from "../embedded/toolchain/progress";
import { InvalidInput } from "../graph/problems";
import { type VerdictDocument } from "../policies/verdicts";
import { interruptible } from "./interruptible";
import { isContainer } from "./parts";
import { openStack, type Stack } from "./stack";
import { type Terminal } from "./terminal";
import { type Arguments } from "./verb";

export interface StateVerdicts {
  readonly stack: Stack;
  readonly document: VerdictDocument;
}

const never = (name: string): InvalidInput =>
  new InvalidInput([
    {
      where: "--state",
      got: `stack ${name}, of which no state is here`,
      want: "a stack that was brought up on this machine",
      mend: `run \`keelson up -s ${name}\` first, or \`keelson plan -s ${name}\` for what it would be`,
    },
  ]);

/** Components, providers and the stack itself hold nothing of their own; what they contain is there one by one. */
const withoutContainers = (document: VerdictDocument): VerdictDocument => {
  const objects = document.objects.filter(({ urn }) => !isContainer(urn ?? ""));
  const count = (verdict: string): number => objects.filter((object) => object.verdict === verdict).length;
  const counts = { objects: objects.length, unchecked: count("unchecked"), passed: count("passed") };
  return { ...document, objects, summary: { ...document.summary, ...counts } };
};

/** @throws InvalidInput when the stack was never brought up here. */
export async function checkState(args: Arguments, terminal: Terminal): Promise<StateVerdicts> {
  const { checkout } = terminal;
  const stack = openStack(args, terminal);
  const files = stackFiles(checkout, stack.name);
  if (readResources(stateFile(files, projectName(files))).length === 0) throw never(stack.name);
  const interruption = interruptible(`keelson check --state -s ${stack.name}`, terminal);
  const progress = progressOn(process.stderr);
  const session = await openSession({ checkout, ...sessionFacts(stack), interruption, progress });
  await prepareToLook(session);
  const verdicts = await analyze(session, stack.settings.stage);
  return { stack, document: withoutContainers(verdicts as VerdictDocument) }; // as the pack of this checkout wrote it
}
