/**
 * A checkout of its own for the bench: the committed stack files and the pack, in a temporary folder, so that no stack of
 * the real checkout is touched. Programs and tools are those of this checkout.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Arguments } from "../../cli/verb";
import { openStack, type Stack } from "../../cli/stack";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { Interruption } from "../../embedded/engine/interruption";
import { openSession } from "../../embedded/engine/program";
import { prepareToLook, type Session } from "../../embedded/engine/session";
import { progressOn } from "../../embedded/toolchain/progress";

export const ROOT = resolve(__dirname, "..", "..", "..");

export interface Site {
  readonly checkout: string;
  remove(): void;
}

export function makeSite(): Site {
  const checkout = mkdtempSync(join(tmpdir(), "keelson-bench-"));
  const files = readdirSync(ROOT).filter((name) => /^Pulumi\..*yaml$/.test(name));
  for (const name of files) cpSync(join(ROOT, name), join(checkout, name));
  symlinkSync(join(ROOT, "policies"), join(checkout, "policies"));
  return { checkout, remove: () => rmSync(checkout, { recursive: true, force: true }) };
}

export const argumentsFor = (stack: string): Arguments => ({ flags: { stack }, words: [] });

/** What a verb prints is of no interest here. */
export const silentTerminal = ({ checkout }: Site) => ({ checkout, out: () => undefined, note: () => undefined });

export const stackAt = (site: Site, name: string): Stack => openStack(argumentsFor(name), silentTerminal(site));

export const PACK = join(ROOT, "policies");

/** Writes the folder of a pack without rules, which the engine asks about every resource all the same. */
export function emptyPack(checkout: string): string {
  const folder = join(checkout, "empty-pack");
  mkdirSync(folder, { recursive: true });
  cpSync(join(PACK, "PulumiPolicy.yaml"), join(folder, "PulumiPolicy.yaml"));
  const main = join(__dirname, "empty-pack.js");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "0.0.1", main }));
  return folder;
}

/** A session on a stack of the site, ready for previews, without a pack. */
export async function sessionAt(site: Site, name: string): Promise<Session> {
  const interruption = new Interruption("npm run bench");
  const wish = { checkout: site.checkout, ...sessionFacts(stackAt(site, name)), interruption, judged: false };
  const session = await openSession({ ...wish, progress: progressOn(process.stderr) });
  await prepareToLook(session);
  return session;
}
