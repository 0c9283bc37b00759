/** `keelson plan`: previews any stack with the policy pack, without credentials, cluster or network. */
import { type Plan, plan, undecided } from "../../embedded/engine/plan";
import { mandatory } from "../../embedded/engine/preview";
import { type Interruption } from "../../embedded/engine/interruption";
import { openSession } from "../../embedded/engine/program";
import { prepareToLook } from "../../embedded/engine/session";
import { progressOn } from "../../embedded/toolchain/progress";
import { type ExitCode, exitCodes } from "../exit-codes";
import { interruptible } from "../interruptible";
import { planDocument } from "../plan-json";
import { planReport } from "../plan-report";
import { openStack, sessionFacts, type Stack } from "../stack";
import { mandatoryDelivered, type Subject, subjectsIn } from "../subjects";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

interface Judged {
  readonly plan: Plan;
  readonly subjects: readonly Subject[];
}

function show(stack: string, { plan: found, subjects }: Judged, { flags }: Arguments, terminal: Terminal): void {
  const delivered = subjects.filter(({ by }) => by === "argocd").map(({ object }) => object);
  if (flags["json"] === true) terminal.out(JSON.stringify(planDocument(stack, found, delivered), undefined, 2));
  else for (const line of planReport(stack, found, subjects)) terminal.out(line);
}

function judge({ plan: found, subjects }: Judged, strict: boolean): ExitCode {
  const forbidden = mandatory(found) + mandatoryDelivered(subjects);
  return forbidden > 0 || (strict && undecided(found).length > 0) ? exitCodes.violations : exitCodes.done;
}

async function planOf(stack: Stack, interruption: Interruption, { checkout }: Terminal): Promise<Plan> {
  const progress = progressOn(process.stderr);
  const session = await openSession({ checkout, ...sessionFacts(stack), interruption, progress });
  await prepareToLook(session);
  return plan(session);
}

export const run: Run = async (args, terminal) => {
  const stack = openStack(args, terminal);
  const { name } = stack;
  const interruption = interruptible(`keelson plan -s ${name}`, terminal);
  try {
    const found = await planOf(stack, interruption, terminal);
    const judged = { plan: found, subjects: subjectsIn(stack, found) };
    show(name, judged, args, terminal);
    return judge(judged, args.flags["strict"] === true);
  } catch (error) {
    throw interruption.reason(error);
  }
};
