/**
 * Runs every test, fast ones first: unit tests, then those that need the engine, then those that need a control plane.
 * Gets the tools the slow ones need before they start. The last line is `N passed, N failed`, and `N skipped` if any.
 */
import { fork } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { toolContext } from "../embedded/toolchain/context";
import { describeWork, ensureTools, workAhead } from "../embedded/toolchain/ensure";
import { progressOn } from "../embedded/toolchain/progress";
import { PLANE_TOOLS, type ToolName } from "../embedded/toolchain/tools";

interface Phase {
  readonly name: string;
  /** Whether a test file, relative to the folder of tests, belongs to it. */
  readonly takes: (file: string) => boolean;
  readonly tools: readonly ToolName[];
  /** Milliseconds one test may take. */
  readonly timeout: number;
  /**
   * Whether each file gets a process of its own. The Pulumi SDK keeps what a program registers in the process: after many
   * programs of other files one may run and register nothing.
   */
  readonly apart: boolean;
}

const inside = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const isUnit = (file: string): boolean => !["engine", "cluster"].some((folder) => inside(folder)(file));

const phases: readonly Phase[] = [
  { name: "unit", takes: isUnit, tools: [], timeout: 60_000, apart: false },
  { name: "engine", takes: inside("engine"), tools: ["pulumi"], timeout: 600_000, apart: true },
  { name: "cluster", takes: inside("cluster"), tools: ["pulumi", ...PLANE_TOOLS], timeout: 1_800_000, apart: true },
];

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const add = (one: Count, other: Count): Count => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});

/** Compiled from a test that still exists: the compiler leaves behind what a removed source once became. */
const hasSource = (name: string): boolean =>
  existsSync(join(__dirname, "..", "..", "test", name.replace(/\.js$/, ".ts")));

const testFiles = (): readonly string[] =>
  readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js") && hasSource(name))
    .sort();

/** Tests find the engine by KEELSON_TEST_PULUMI and everything by PATH. */
async function provide(tools: readonly ToolName[]): Promise<void> {
  if (tools.length === 0) return;
  const context = toolContext({ progress: progressOn(process.stderr) });
  for (const line of describeWork(await workAhead(tools, context))) console.log(line);
  const found = await ensureTools(tools, context);
  process.env["KEELSON_TEST_PULUMI"] ??= found.pulumi.path;
}

const mochaRun = (files: readonly string[], timeout: number): Promise<Count> =>
  new Promise((done) => {
    const mocha = new Mocha({ timeout, reporter: "spec", ui: "bdd" });
    for (const file of files) mocha.addFile(join(__dirname, file));
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: failures, skipped: pending });
    });
  });

const NOTHING: Count = { passed: 0, failed: 0, skipped: 0 };

/** One file in a process of its own, which sends its count. One that ends without a count has failed. */
const mochaApart = (file: string, timeout: number): Promise<Count> =>
  new Promise((done) => {
    const child = fork(__filename, [APART, file, String(timeout)]);
    let count: Count = { ...NOTHING, failed: 1 };
    child.on("message", (sent) => (count = sent as Count));
    child.on("close", () => done(count));
  });

const APART = "--apart";

async function eachApart(files: readonly string[], timeout: number): Promise<Count> {
  let sum = NOTHING;
  for (const file of files) sum = add(sum, await mochaApart(file, timeout));
  return sum;
}

/** The other side of `mochaApart`. */
async function runApart(file: string, timeout: number): Promise<void> {
  const count = await mochaRun([file], timeout);
  process.send?.(count, () => process.exit(0));
}

async function runPhase(phase: Phase, files: readonly string[]): Promise<Count> {
  const began = Date.now();
  console.log(`\n== ${phase.name}: ${files.length} files`);
  try {
    await provide(phase.tools);
    return await (phase.apart ? eachApart : mochaRun)(files, phase.timeout);
  } catch (error) {
    console.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { ...NOTHING, failed: 1 }; // a file that does not load, or tools that cannot be had
  } finally {
    console.log(`== ${phase.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
}

/** The test's path in the repository, as people write it. */
const pathOf = (file: string): string => `test/${file.replace(/\.js$/, ".ts")}`;

/** `node dist/test/run.js [WORD…]`: only files whose path has one of the words. */
async function main(words: readonly string[]): Promise<void> {
  const wanted = testFiles().filter((file) => words.length === 0 || words.some((word) => pathOf(file).includes(word)));
  let sum = NOTHING;
  for (const phase of phases) {
    const files = wanted.filter((file) => phase.takes(file));
    if (files.length > 0) sum = add(sum, await runPhase(phase, files));
  }
  const skipped = sum.skipped === 0 ? "" : `, ${sum.skipped} skipped`;
  const line = `${sum.passed} passed, ${sum.failed} failed${skipped}\n`;
  process.stdout.write(line, () => process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1));
}

const [first, file = "", timeout = ""] = process.argv.slice(2);
void (first === APART ? runApart(file, Number(timeout)) : main(process.argv.slice(2)));
