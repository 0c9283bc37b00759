/**
 * Where the engine meets the rest of the repository: the program it runs, the pack that judges it, the stand-in plugins
 * and the tools. Nothing else here knows of them.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Account } from "../../stacks/site";
import { prepareAccount } from "../standin/accounts";
import { layoutOf, readRecord } from "../plane/layout";
import { installPlugins } from "../standin/plugins";
import { CorruptStore } from "../standin/store";
import { toolContext } from "../toolchain/context";
import { ensureTools } from "../toolchain/ensure";
import { type Progress } from "../toolchain/progress";
import { type EngineEvent } from "./engine-events";
import { Damaged } from "./failures";
import { type Interruption } from "./interruption";
import { type Program } from "./language-server";
import { type Session } from "./session";
import { type Place, type StackFiles, stackFiles } from "./stack-files";

/** The same index.ts that plain Pulumi runs, compiled. */
const program: Program = async () => {
  const { default: run } = await import("../../index.js");
  return run();
};

export interface Wish {
  readonly checkout: string;
  readonly stack: string;
  /** Where the stack's state lies. @default - where `keelson up` has it */
  readonly place?: Place;
  /** The account of the settings, with what a team made there before: the stand-in cloud answers for it and holds it. */
  readonly account: Account;
  readonly secrets: readonly string[];
  readonly interruption: Interruption;
  readonly progress: Progress;
  readonly onEvent?: (event: EngineEvent) => void;
  /** Judge with the policy pack. @default true */
  readonly judged?: boolean;
}

/** Only when there is one: a plan works without, and says so per object. */
const environment = (files: StackFiles): Readonly<Record<string, string>> => ({
  KEELSON_CLOUD: files.cloud,
  ...(existsSync(files.controlPlane) && { KEELSON_CONTROL_PLANE: files.controlPlane }),
  ...(existsSync(files.rendered) && { KEELSON_RENDERED: files.rendered }),
});

async function prepareCloud({ cloud }: StackFiles, account: Wish["account"]): Promise<void> {
  try {
    await prepareAccount(cloud, account);
  } catch (error) {
    throw error instanceof CorruptStore ? new Damaged(error.problem) : error;
  }
}

/** A session on a stack of this checkout, with the engine found, installed or built and the plugins in place. */
export async function openSession(wish: Wish): Promise<Session> {
  const { interruption, progress, onEvent } = wish;
  const files = stackFiles(wish.checkout, wish.stack, wish.place);
  const { pulumi } = await ensureTools(["pulumi"], toolContext({ progress, signal: interruption.signal }));
  installPlugins(files.home);
  process.env["KEELSON_ACCOUNT"] = wish.account.id; // read by the stand-in, in this process and in its plugins
  await readRecord(layoutOf(files.root)); // refuses a torn one, which each of the plugins would stumble over
  await prepareCloud(files, wish.account);
  const env = environment(files);
  const pack = wish.judged === false ? {} : { pack: join(wish.checkout, "policies") };
  const base = { files, pulumi: pulumi.path, program, interruption, env, secrets: wish.secrets, ...pack };
  return onEvent === undefined ? base : { ...base, onEvent };
}

/** The variables that the control plane's existence adds, once it runs. */
export const withControlPlane = (files: StackFiles): Readonly<Record<string, string>> => environment(files);
