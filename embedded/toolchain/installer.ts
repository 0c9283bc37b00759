/**
 * Owns getting the Pulumi CLI from its official installer, through the Automation API. Gives up after a few seconds when
 * the download site does not answer: the caller then builds.
 */

import { cacheRoot, publishEntry } from "./cache";
import type { ToolContext } from "./context";
import { InvalidInput } from "../../graph/problems";
import { binaryIn, entryOf, versionOf } from "./lookup";
import { during } from "./progress";
import type { Tool } from "./tools";

const ANSWER_MS = 4_000;
const INSTALL_MS = 300_000;

/** Such as `https://get.pulumi.com/releases/sdk/pulumi-v3.250.0-linux-x64.tar.gz`. */
export const releaseUrl = (version: string): string =>
  `https://get.pulumi.com/releases/sdk/pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;

/** Installs the tool into the cache; undefined when that cannot be done, and then says why in one line. */
export async function installTool(tool: Tool, context: ToolContext): Promise<string | undefined> {
  if (tool.installer === undefined) return undefined;
  try {
    await requireAnswer(releaseUrl(tool.version), context.signal);
    return await publishEntry(cacheRoot(context.env), entryOf(tool), (folder) => installInto(tool, folder, context));
  } catch (error) {
    if (error instanceof InvalidInput || context.signal?.aborted === true) throw error;
    context.progress.note(`the official ${tool.name} installer cannot be used (${reason(error)}): building it instead`);
    return undefined;
  }
}

async function requireAnswer(url: string, signal: AbortSignal | undefined): Promise<void> {
  const limit = AbortSignal.timeout(ANSWER_MS);
  const answer = await fetch(url, { method: "HEAD", signal: signal ? AbortSignal.any([limit, signal]) : limit });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
}

async function installInto(tool: Tool, folder: string, context: ToolContext): Promise<string> {
  const step = { what: `installing ${tool.name} ${tool.version}`, expectedSeconds: 30 };
  await during(context.progress, step, () => within(INSTALL_MS, officialInstall(folder, tool.version)));
  if ((await versionOf(binaryIn(folder, tool), tool, context)) === undefined) throw new Error("it does not run here");
  return "installed by the official installer";
}

/** Loaded here, because it takes long to load and is hardly ever needed. */
async function officialInstall(root: string, version: string): Promise<void> {
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/cmd.js");
  const { SemVer } = await import("semver");
  await PulumiCommand.install({ root, version: new SemVer(version) });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${milliseconds / 1_000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** `fetch failed` hides what failed in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
