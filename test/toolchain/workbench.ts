/** Owns what the toolchain's tests share: a folder that is cleared, a tiny Go program as a tool, stand-ins for commands. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portsFrom, requireFree } from "../../embedded/plane/ports";
import { toolContext, type ToolContext } from "../../embedded/toolchain/context";
import type { Progress } from "../../embedded/toolchain/progress";
import type { Tool } from "../../embedded/toolchain/tools";

/** Runs `work` in a new folder and clears it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "keelson-test-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A program that prints the version its ldflags give it. */
export async function tinyTool(folder: string, over: Partial<Tool> = {}): Promise<Tool> {
  const module = join(folder, "module");
  await mkdir(module, { recursive: true });
  await writeFile(join(module, "go.mod"), "module example.com/tiny\n\ngo 1.21\n");
  await writeFile(
    join(module, "main.go"),
    'package main\n\nimport "os"\n\nvar version = "none"\n\nfunc main() { os.Stdout.WriteString("tiny " + version + "\\n") }\n',
  );
  return {
    name: "tiny",
    version: "1.2.3",
    module,
    package: "example.com/tiny",
    ldflags: ["-s", "-w", "-X main.version=1.2.3"],
    asks: [],
    suits: { rule: "same minor" },
    folderVariable: "TINY_ASSETS",
    build: { minutes: 0.1, disk: "1 MiB", memory: "64 MiB", binary: "1 MiB" },
    ...over,
  };
}

/** An executable shell script named `name` in `folder`. */
export async function script(folder: string, name: string, body: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, name), 0o755);
  return join(folder, name);
}

/** A progress that remembers its lines. */
export function remembering(): Progress & { readonly lines: string[] } {
  const lines: string[] = [];
  const begin = ({ what }: { what: string }) => {
    lines.push(what);
    return { end: (outcome: string) => void lines.push(`${what}: ${outcome}`) };
  };
  return { lines, note: (line) => void lines.push(line), begin };
}

/** A context whose cache is `<folder>/cache`, with the machine's own PATH unless told otherwise. */
export function benchContext(
  folder: string,
  env: NodeJS.ProcessEnv = {},
  more: Partial<ToolContext> = {},
): ToolContext {
  return toolContext({ env: { ...process.env, KEELSON_CACHE: join(folder, "cache"), ...env }, ...more });
}

/** A base whose ports are free, below those the kernel hands out to others meanwhile, and away from the product's own. */
export async function freeBase(): Promise<number> {
  const base = 20_000 + 10 * Math.floor(Math.random() * 500);
  return requireFree(portsFrom(base)).then(
    () => base,
    () => freeBase(),
  );
}

/** The one problem an error carries. */
export const messageOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  throw new Error("it was expected to fail, and did not");
};
