/** A real engine over the stand-in providers, in a folder of its own that is removed afterwards. */
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installPlugins } from "../../embedded/standin/plugins";
import { peek, type CloudObject } from "../../embedded/standin/store";
import { startTicks } from "../../embedded/process/identity";

export class TestStack {
  /** What the next run deploys. */
  program: PulumiFn = () => Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly engine: Stack,
  ) {}

  static async create(config: Readonly<Record<string, string>> = {}): Promise<TestStack> {
    const cli = process.env["KEELSON_TEST_PULUMI"];
    if (cli !== undefined) process.env["PATH"] = `${dirname(cli)}${delimiter}${process.env["PATH"] ?? ""}`;
    const folder = mkdtempSync(join(tmpdir(), "keelson-standin-"));
    for (const part of ["home", "backend", "work"]) mkdirSync(join(folder, part));
    installPlugins(join(folder, "home"));
    const settings = { workDir: join(folder, "work"), envVars: environment(folder) };
    const run = { stackName: "dev", projectName: "standin", program: () => made.program() };
    const made: TestStack = new TestStack(folder, await LocalWorkspace.createOrSelectStack(run, settings));
    const values = { "aws:region": "eu-west-1", ...config };
    await made.engine.setAllConfig(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])));
    return made;
  }

  get cloudFile(): string {
    return join(this.folder, "cloud.json");
  }

  /** Live objects, by the name of their resource in the program. */
  objects(name: string): readonly CloudObject[] {
    const all = [...peek(this.cloudFile).objects.values()];
    return all.filter(({ urn, status }) => urn.endsWith(`::${name}`) && status === "live");
  }

  only(name: string): CloudObject {
    const found = this.objects(name);
    assert.equal(found.length, 1, `objects of ${name}: ${found.map(({ id }) => id).join(", ")}`);
    return found[0] as CloudObject;
  }

  async deploy(program: PulumiFn) {
    this.program = program;
    return this.engine.up();
  }

  /** The engine's complaint about a run that must fail. */
  async failure(run: () => Promise<unknown>): Promise<string> {
    return run().then(
      () => assert.fail("the run succeeded, but had to fail"),
      (error: unknown) => String(error),
    );
  }

  /** Plugin processes of this stack that are alive. */
  plugins(): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isPluginOf(pid, this.cloudFile));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const environment = (folder: string) => ({
  PULUMI_HOME: join(folder, "home"),
  PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  KEELSON_CLOUD: join(folder, "cloud.json"),
});

function isPluginOf(pid: number, cloudFile: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const ours = readFileSync(`/proc/${pid}/environ`, "utf8").includes(`KEELSON_CLOUD=${cloudFile}`);
    return ours && command.includes("main.js") && startTicks(pid) !== undefined;
  } catch {
    return false;
  }
}

/** Waits until the condition holds; fails after the given time. */
export async function eventually(what: string, holds: () => boolean, withinSeconds = 20): Promise<void> {
  const end = Date.now() + withinSeconds * 1_000;
  while (!holds()) {
    assert.ok(Date.now() < end, `${what} within ${withinSeconds} seconds`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The parent of a process. */
export const parentOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
};
