/**
 * Puts launchers for the stand-in providers and the policy pack's host into a Pulumi home, where the engine looks for
 * plugins of exactly the versions that the installed SDKs ask for.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files";
import { packageVersion } from "./sdk";

/** Folders of the stand-ins, by the package they stand in for. */
const PROVIDERS = { aws: "aws", "azure-native": "azure", random: "random", kubernetes: "kubernetes" } as const;

/** Writes what is missing or differs, each file in one step; returns the launchers' paths. */
export function installPlugins(pulumiHome: string): readonly string[] {
  const providers = Object.entries(PROVIDERS).map(([name, folder]) => ({
    path: join(`resource-${name}-v${packageVersion(name)}`, `pulumi-resource-${name}`),
    script: launcher([join(__dirname, folder, "main.js")]),
  }));
  const host = {
    path: join("analyzer-policy-nodejs-v1.0.0", "pulumi-analyzer-policy-nodejs"),
    script: launcher([
      "--require",
      join(__dirname, "parent-watch.js"),
      require.resolve("@pulumi/pulumi/cmd/run-policy-pack"),
    ]),
  };
  return [...providers, host].map(({ path, script }) => install(join(pulumiHome, "plugins", path), script));
}

function install(path: string, script: string): string {
  if (existsSync(path) && readFileSync(path, "utf8") === script) return path;
  writeWhole(path, script, 0o755);
  return path;
}

/** `exec`, so that the plugin's parent is the engine itself. */
const launcher = (args: readonly string[]): string =>
  `#!/bin/sh\nexec ${[process.execPath, ...args].map(quoted).join(" ")} "$@"\n`;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
