/** Runs of the engine that no verb of its own has, as the verbs do them: CHECKOUT STACK refresh|destroy. Prints the counts. */
import { stackOf, parseCommand } from "../../cli/arguments";
import { openStack } from "../../cli/stack";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { terminal } from "../../cli/terminal";
import { verbs } from "../../cli/verbs";
import { Interruption } from "../../embedded/engine/interruption";
import { openSession } from "../../embedded/engine/program";
import { holdingTheStack, type Session } from "../../embedded/engine/session";
import { destroy, refresh } from "../../embedded/engine/update";
import { silent } from "../../embedded/toolchain/progress";

const [, , checkout = "", stack = "", what = ""] = process.argv;

const runs: Readonly<Record<string, (session: Session) => ReturnType<typeof refresh>>> = {
  refresh,
  destroy: (session) => destroy(session, () => ""),
};

async function run(): Promise<void> {
  const { args } = parseCommand(["up", "-s", stack], verbs);
  const opened = openStack(args, terminal(checkout));
  const interruption = new Interruption(`${what} ${stackOf(args)}`);
  const session = await openSession({
    checkout,
    ...sessionFacts(opened),
    interruption,
    progress: silent,
    judged: false,
  });
  const { changes } = await holdingTheStack(session, () => runs[what]?.(session) ?? Promise.reject(new Error(what)));
  process.stdout.write(JSON.stringify(changes), () => process.exit(0));
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
