/** One run of the product's own code on the soak's system, in a process of its own: CHECKOUT VERB SHAPE CRASH. */
import { readFileSync } from "node:fs";
import { type ProcessId } from "../../embedded/process/identity";
import { type EngineEvent } from "../../embedded/engine/engine-events";
import { holdingTheStack, type Session } from "../../embedded/engine/session";
import { stackFiles } from "../../embedded/engine/stack-files";
import { type Changes, destroy, refresh, up } from "../../embedded/engine/update";
import { standinSession } from "../support/standin-session";
import { programOf, type Shape } from "./system";

export interface Crash {
  /** The operation at whose beginning the engine is killed; 0 for never. */
  readonly at: number;
  /** Whether this process goes with it. */
  readonly all: boolean;
}

const [checkout = "", verb = "", wish = "", crash = ""] = process.argv.slice(2);
const files = stackFiles(checkout, "dev");
const fatal = JSON.parse(crash) as Crash;

let operations = 0;
let planned = false;

/** A preview announces operations too, and a crash there would cut nothing off: `up` says when it is over. */
function watch(event: EngineEvent): void {
  if (!planned || event.kind !== "begins" || event.op === "same") return;
  operations += 1;
  if (operations !== fatal.at) return;
  process.kill((JSON.parse(readFileSync(files.engine, "utf8")) as ProcessId).pid, "SIGKILL");
  if (fatal.all) process.kill(process.pid, "SIGKILL");
}

const VERBS: Readonly<Record<string, (session: Session) => Promise<Changes>>> = {
  up: (session) => up(session, { beforeChange: () => Promise.resolve(((planned = true), {})) }),
  refresh,
  down: (session) => ((planned = true), destroy(session, () => "")),
};

async function main(): Promise<void> {
  const program = programOf(JSON.parse(wish) as Shape, files.controlPlane);
  const session = { ...standinSession(files, program, files.controlPlane), onEvent: watch };
  const act = VERBS[verb];
  if (act === undefined) throw new Error(`no verb ${verb}`);
  const { changes } = await holdingTheStack(session, () => act(session));
  process.stdout.write(JSON.stringify(changes), () => process.exit(0));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  process.exit(1);
});
