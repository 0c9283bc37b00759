/** Brings a toy stack up in a process of its own, so that tests can end it at any moment: toy-up CHECKOUT PLAN-JSON. */
import { Interrupted, Locked } from "../../embedded/engine/failures";
import { holdingTheStack } from "../../embedded/engine/session";
import { stackFiles } from "../../embedded/engine/stack-files";
import { up } from "../../embedded/engine/update";
import { type ToyPlan, toyProgram, toySession } from "./toy";

const [checkout = "", plan = ""] = process.argv.slice(2);
const session = toySession(stackFiles(checkout, "dev"), toyProgram(JSON.parse(plan) as ToyPlan));
process.on("SIGINT", () => session.interruption.ask());
holdingTheStack(session, () => up(session)).then(
  ({ changes }) => console.log(JSON.stringify(changes)),
  (error: unknown) => {
    console.log(String(error));
    process.exitCode = error instanceof Interrupted ? 6 : error instanceof Locked ? 7 : 1;
  },
);
