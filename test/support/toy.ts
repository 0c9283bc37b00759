/** A toy program, its provider and a checkout to run it in: what the engine's tests stand on. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CustomResource, type CustomResourceOptions, type Input, output, secret } from "@pulumi/pulumi";
import { Interruption } from "../../embedded/engine/interruption";
import { type Program } from "../../embedded/engine/language-server";
import { type Session } from "../../embedded/engine/session";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";

/** The engine to test with: KEELSON_TEST_PULUMI, else the one on PATH; undefined where there is none. */
export function testPulumi(): string | undefined {
  const named = process.env["KEELSON_TEST_PULUMI"];
  if (named !== undefined) return named;
  try {
    return execFileSync("sh", ["-c", "command -v pulumi"]).toString().trim();
  } catch {
    return undefined;
  }
}

/** Skips a suite, visibly, where there is no engine. */
export function needsEngine(this: Mocha.Context): void {
  if (testPulumi() === undefined) this.skip();
}

export interface ThingArgs {
  readonly note?: Input<string>;
  /** Milliseconds before and after the object exists in the cloud. */
  readonly before?: number;
  readonly after?: number;
  readonly deleting?: number;
  readonly fail?: string;
}

export class Thing extends CustomResource {
  constructor(name: string, args: ThingArgs, options?: CustomResourceOptions) {
    super("toy:index:Thing", name, { address: undefined, ...args }, { version: "1.0.0", ...options });
  }
}

export interface ToyPlan {
  readonly things: Readonly<Record<string, ThingArgs & Pick<CustomResourceOptions, "protect" | "retainOnDelete">>>;
}

/** A program that creates the planned things, and returns a secret output beside a plain one. */
export const toyProgram =
  ({ things }: ToyPlan): Program =>
  () => {
    for (const [name, { protect, retainOnDelete, ...args }] of Object.entries(things)) {
      new Thing(name, args, { ...(protect && { protect }), ...(retainOnDelete && { retainOnDelete }) });
    }
    return Promise.resolve({ url: "https://shop.example", token: secret("canary-of-outputs"), later: output("soon") });
  };

/** `count` things that each take some time. */
export const slowThings = (count: number, times: Pick<ThingArgs, "before" | "after">): ToyPlan => ({
  things: Object.fromEntries(Array.from({ length: count }, (_, at) => [`thing-${at}`, times])),
});

/** An empty checkout with one committed stack file, in a temporary folder. */
export function toyCheckout(stackFile = "config:\n  keelson:colour: blue\n"): StackFiles {
  const checkout = mkdtempSync(join(tmpdir(), "keelson-toy-"));
  writeFileSync(join(checkout, "Pulumi.yaml"), "name: keelson\nruntime: nodejs\n");
  writeFileSync(join(checkout, "Pulumi.dev.yaml"), stackFile);
  const files = stackFiles(checkout, "dev");
  installToyProvider(files);
  return files;
}

function installToyProvider(files: StackFiles): void {
  const folder = join(files.home, "plugins", "resource-toy-v1.0.0");
  mkdirSync(folder, { recursive: true });
  const main = join(__dirname, "toy-provider.js");
  writeFileSync(join(folder, "pulumi-resource-toy"), `#!/bin/sh\nexec '${process.execPath}' '${main}'\n`, {
    mode: 0o755,
  });
}

export function toySession(files: StackFiles, program: Program, pulumi = testPulumi() ?? "pulumi"): Session {
  const interruption = new Interruption("keelson up -s dev");
  return { files, pulumi, program, interruption, env: { KEELSON_CLOUD: files.cloud } };
}

/** URNs of the objects in the toy cloud, one entry per object. */
export function cloudObjects(files: StackFiles): readonly string[] {
  const folder = `${files.cloud}.d`;
  if (!existsSync(folder)) return [];
  const parse = (name: string): string => (JSON.parse(readFileSync(join(folder, name), "utf8")) as { urn: string }).urn;
  return readdirSync(folder).map(parse).sort();
}

export const discard = (files: StackFiles): void => rmSync(files.checkout, { recursive: true, force: true });
