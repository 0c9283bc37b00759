/** Plain Pulumi on the throw-away stack: the same commands that a person types, with the state where the access says. */
import { spawn } from "node:child_process";
import { type StateResource } from "../../embedded/engine/state";
import { lastLines } from "../../embedded/toolchain/run";
import { type Access } from "./access";

export interface RealEngine {
  readonly access: Access;
  readonly checkout: string;
  readonly stack: string;
  /** The derived stack file. */
  readonly config: string;
  readonly note: (line: string) => void;
}

async function pulumi(engine: RealEngine, ...args: readonly string[]): Promise<string> {
  const { access, checkout, note } = engine;
  const env = { ...process.env, PULUMI_BACKEND_URL: access.recovery.backend, PULUMI_SKIP_UPDATE_CHECK: "true" };
  note(`pulumi ${args.join(" ")}`);
  const child = spawn(access.engine, [...args, "--non-interactive"], { cwd: checkout, env });
  let [out, notes] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (notes += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return out;
  throw new Error(`pulumi ${args[0]} ended with ${code}: ${lastLines(notes || out, 12)}`);
}

const onStack = ({ stack, config }: RealEngine) => ["--stack", stack, "--config-file", config] as const;

/** Makes the stack, unless an earlier attempt did. */
export async function ensureStack(engine: RealEngine): Promise<void> {
  const listed = JSON.parse(await pulumi(engine, "stack", "ls", "--json")) as readonly { readonly name: string }[];
  if (listed.some(({ name }) => name === engine.stack)) return;
  await pulumi(engine, "stack", "init", engine.stack, "--secrets-provider", engine.access.recovery.secrets);
}

/** Judged by the pack; whatever it forbids ends the step. */
export const up = (engine: RealEngine): Promise<string> =>
  pulumi(engine, "up", ...onStack(engine), "--policy-pack", "policies", "--yes", "--skip-preview");

export const destroy = (engine: RealEngine): Promise<string> =>
  pulumi(engine, "destroy", ...onStack(engine), "--yes", "--skip-preview", "--run-program");

/** What the state holds, with secrets as the engine stores them. */
export async function exported(engine: RealEngine): Promise<readonly StateResource[]> {
  const text = await pulumi(engine, "stack", "export", "--stack", engine.stack);
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: readonly StateResource[] } };
  return deployment?.resources ?? [];
}
