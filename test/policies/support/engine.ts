/** Runs inline programs under the real engine and the real analyzer, with providers that only echo. */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import type { VerdictDocument } from "../../../policies/verdicts";
import type { Waiver } from "../../../policies/waiver";

const COMPILED = resolve(__dirname, "..", "..", "..");
const CHECKOUT = resolve(COMPILED, "..");

export interface Run {
  /** What the engine itself threw, if it failed. */
  readonly failure?: string;
  readonly events: readonly EngineEvent[];
  readonly document: VerdictDocument;
}

/** One policy violation as the engine reports it. */
export interface Reported {
  readonly policy: string;
  readonly urn: string;
  readonly level: string;
  readonly message: string;
}

export const reported = ({ events }: Run): readonly Reported[] =>
  events.flatMap(({ policyEvent }) =>
    policyEvent === undefined
      ? []
      : [
          {
            policy: policyEvent.policyName,
            urn: policyEvent.resourceUrn ?? "",
            level: policyEvent.enforcementLevel,
            message: policyEvent.message,
          },
        ],
  );

/** The folder of the engine to test with: that of `KEELSON_TEST_PULUMI`, else wherever PATH finds one. */
export const enginePath = (): string | undefined => {
  const named = process.env["KEELSON_TEST_PULUMI"];
  const folders = [named === undefined ? undefined : dirname(named), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.find((folder) => folder !== undefined && folder !== "" && existsSync(join(folder, "pulumi")));
};

const executable = (path: string, script: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

/** The version of a provider's SDK, by the provider's name. */
export const versionOf = (name: string): string =>
  String(
    JSON.parse(readFileSync(join(CHECKOUT, "node_modules", "@pulumi", name, "package.json"), "utf8")).version,
  ).replace(/^v/, "");

export interface Settings {
  readonly stage?: string;
  readonly waivers?: readonly Waiver[];
}

/** A place of its own for one test file: plugins, state and a copy of the pack that points at the compiled rules. */
export class Laboratory {
  private readonly root = mkdtempSync(join(tmpdir(), "keelson-policies-"));
  readonly verdicts = join(this.root, "verdicts.json");
  private readonly waivers = join(this.root, "waivers.json");
  private runs = 0;
  private last: Stack | undefined;

  constructor(readonly pack = join(this.root, "pack")) {
    for (const name of ["aws", "azure-native", "kubernetes"]) this.installProvider(name);
    const analyzer = join(
      this.root,
      "home",
      "plugins",
      "analyzer-policy-nodejs-v1.0.0",
      "pulumi-analyzer-policy-nodejs",
    );
    const runner = join(CHECKOUT, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    executable(analyzer, `exec "${process.execPath}" "${runner}" "$@"`);
    this.copyPack();
  }

  private installProvider(name: string): void {
    const folder = join(this.root, "home", "plugins", `resource-${name}-v${versionOf(name)}`);
    const provider = join(COMPILED, "test", "policies", "support", "echo-provider.js");
    executable(join(folder, `pulumi-resource-${name}`), `exec "${process.execPath}" "${provider}"`);
  }

  private copyPack(): void {
    mkdirSync(join(this.root, "pack"));
    cpSync(join(CHECKOUT, "policies", "PulumiPolicy.yaml"), join(this.root, "pack", "PulumiPolicy.yaml"));
    const main = join(COMPILED, "policies", "index.js");
    writeFileSync(join(this.root, "pack", "package.json"), JSON.stringify({ name: "pack", version: "0.0.1", main }));
  }

  /** Previews a program with the pack. */
  preview(program: PulumiFn, settings: Settings = {}): Promise<Run> {
    return this.run(program, settings, (stack, options) => stack.preview(options));
  }

  /** Updates a stack with the pack, without a preview before. */
  up(program: PulumiFn, settings: Settings = {}): Promise<Run> {
    return this.run(program, settings, (stack, options) => stack.up(options));
  }

  /** Whether the last run left a resource of this name in its state. */
  async exists(name: string): Promise<boolean> {
    const state = await this.last?.exportStack();
    return JSON.stringify(state?.deployment ?? {}).includes(`::${name}"`);
  }

  private async run(
    program: PulumiFn,
    settings: Settings,
    act: (stack: Stack, options: { policyPacks: string[]; onEvent: (event: EngineEvent) => void }) => Promise<unknown>,
  ): Promise<Run> {
    rmSync(this.verdicts, { force: true });
    writeFileSync(this.waivers, JSON.stringify({ waivers: settings.waivers ?? [] }));
    const stack = await this.stack(program);
    if (settings.stage !== undefined) await stack.setConfig("keelson:stage", { value: settings.stage });
    const events: EngineEvent[] = [];
    const options = { policyPacks: [this.pack], onEvent: (event: EngineEvent): unknown => events.push(event) };
    const failure = await failureOf(() => act(stack, options));
    if (!existsSync(this.verdicts)) throw new Error(`the run left no verdicts: ${failure}`);
    const document: VerdictDocument = JSON.parse(readFileSync(this.verdicts, "utf8"));
    return { events, document, ...(failure === undefined ? {} : { failure }) };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private async stack(program: PulumiFn): Promise<Stack> {
    this.runs += 1;
    const folder = join(this.root, `run-${this.runs}`);
    mkdirSync(join(folder, "backend"), { recursive: true });
    this.last = await LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: "keelson", program },
      { workDir: folder, envVars: this.environment(join(folder, "backend")) },
    );
    return this.last;
  }

  private environment(backend: string): Record<string, string> {
    return {
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      KEELSON_VERDICTS: this.verdicts,
      KEELSON_WAIVERS: this.waivers,
    };
  }
}

async function failureOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

/** Whether an engine is there at all; without one these tests cannot say anything. */
export function requireEngine(): void {
  const folder = enginePath();
  if (folder === undefined) throw new Error("no pulumi on PATH: set KEELSON_TEST_PULUMI to its path");
  process.env["PATH"] = `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
  execFileSync("pulumi", ["version"], { stdio: "ignore" });
}
