/** A session on a stack of a checkout as the verbs open it, for tests that look at what the engine says beside them. */
import { parseCommand } from "../../cli/arguments";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { openStack, type Stack } from "../../cli/stack";
import { terminal } from "../../cli/terminal";
import { verbs } from "../../cli/verbs";
import { Interruption } from "../../embedded/engine/interruption";
import { openSession } from "../../embedded/engine/program";
import { type Session } from "../../embedded/engine/session";
import { silent } from "../../embedded/toolchain/progress";
import { type Checkout } from "./checkout";

export const stackIn = ({ folder }: Checkout, stack: string): Stack =>
  openStack(parseCommand(["plan", "-s", stack], verbs).args, terminal(folder));

export const sessionIn = (checkout: Checkout, stack: string): Promise<Session> =>
  openSession({
    checkout: checkout.folder,
    ...sessionFacts(stackIn(checkout, stack)),
    interruption: new Interruption(`keelson plan -s ${stack}`),
    progress: silent,
  });
