/** `keelson plan`: previews any stack with the policy pack, without credentials, cluster or network. */
import { type Plan, plan, undecided } from "../../embedded/engine/plan";
import { mandatory } from "../../embedded/engine/preview";
import { type Interruption } from "../../embedded/engine/interruption";
import { openSession } from "../../embedded/engine/program";
import { prepareToLook } from "../../embedded/engine/session";
import { progressOn } from "../../embedded/toolchain/progress";
import { difference, differenceText } from "../../graph/export/difference";
import { graphDocument } from "../../graph/export/json";
import { type ExitCode, exitCodes } from "../exit-codes";
import { interruptible } from "../interruptible";
import { comparedWith, type Judged, writeFiles } from "../plan-files";
import { planDocument } from "../plan-json";
import { planReport } from "../plan-report";
import { type Before } from "../review/before";
import { refuseShrinking } from "../shrinking";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { openStack, type Stack } from "../stack";
import { mandatoryDelivered, subjectsIn } from "../subjects";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

function reachLines({ graph }: Stack, past: Before | undefined): readonly string[] {
  if (past === undefined) return [];
  const changes = differenceText(difference(past.graph, graphDocument(graph)))
    .trimEnd()
    .split("\n");
  return [`who reaches whom, compared with ${past.ref}`, ...changes.map((line) => `  ${line}`), ""];
}

function show(stack: Stack, { plan: found, subjects }: Judged, asJson: boolean, past: Before | undefined) {
  const delivered = subjects.filter(({ by }) => by === "argocd").map(({ object }) => object);
  if (asJson) return [JSON.stringify(planDocument(stack.name, found, delivered), undefined, 2)];
  return [...reachLines(stack, past), ...planReport(stack.name, found, subjects)];
}

function judge({ plan: found, subjects }: Judged, strict: boolean): ExitCode {
  const forbidden = mandatory(found) + mandatoryDelivered(subjects);
  if (forbidden > 0 || (strict && undecided(found).length > 0)) return exitCodes.violations;
  return found.unsigned.length > 0 ? exitCodes.refused : exitCodes.done;
}

async function planOf(stack: Stack, interruption: Interruption, { checkout }: Terminal): Promise<Plan> {
  const progress = progressOn(process.stderr);
  const session = await openSession({ checkout, ...sessionFacts(stack), interruption, progress });
  await prepareToLook(session);
  return plan(session);
}

async function planAndTell(args: Arguments, stack: Stack, terminal: Terminal, interruption: Interruption) {
  const past = comparedWith(args, stack, terminal);
  const found = await planOf(stack, interruption, terminal);
  const judged = { plan: found, subjects: subjectsIn(stack, found) };
  writeFiles(args, stack, judged, { checkout: terminal.checkout, past });
  for (const line of show(stack, judged, args.flags["json"] === true, past)) terminal.out(line);
  return judge(judged, args.flags["strict"] === true);
}

export const run: Run = async (args, terminal) => {
  const stack = openStack(args, terminal);
  refuseShrinking(stack, terminal);
  const interruption = interruptible(`keelson plan -s ${stack.name}`, terminal);
  try {
    return await planAndTell(args, stack, terminal, interruption);
  } catch (error) {
    throw interruption.reason(error);
  }
};
