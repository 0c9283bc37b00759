import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");

/** Node in the checkout with nothing of our environment: what plain Pulumi gives a program. */
function bareNode(script: string): string {
  const { PATH = "", HOME = "" } = process.env;
  const run = spawnSync(process.execPath, ["-e", script], { cwd: ROOT, env: { PATH, HOME }, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

/** As `@pulumi/pulumi/cmd/run` registers ts-node before it loads the program; types are the build's business. */
const AS_LANGUAGE_HOST = `
  const path = require("node:path");
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const { typeScriptRequireStrings, loadTypeScriptCompilerOptions } = require(path.join(sdk, "tsutils.js"));
  const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
  require(tsnodeRequire).register({
    compiler: typescriptRequire, transpileOnly: true, project: "tsconfig.json", skipProject: false,
    compilerOptions: {
      target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true",
      ...loadTypeScriptCompilerOptions("tsconfig.json"),
    },
  });`;

const report = (path: string): string => `
  const program = require(${JSON.stringify(path)});
  const loaded = Object.keys(require.cache).filter((file) => !file.includes("node_modules"));
  console.log(JSON.stringify({ type: typeof program, loaded: loaded.map((file) => require("node:path").relative(".", file)) }));`;

interface Loaded {
  readonly type: string;
  readonly loaded: readonly string[];
}

const load = (script: string): Loaded => JSON.parse(bareNode(script)) as Loaded;

/** The pack as it runs; its rules are data that the program enforces at admission too. */
const isPack = (file: string): boolean => /policies\/(index|pack|recorder|court|judge|verdicts)\./.test(file);

describe("plain Pulumi", function () {
  this.timeout(120_000);

  it("loads the compiled program with no environment of ours, and nothing of embedded mode", () => {
    const { type, loaded } = load(report("./dist/index.js"));
    assert.equal(type, "function");
    assert.ok(loaded.length > 50);
    assert.deepEqual(
      loaded.filter((file) => /^dist\/(embedded|cli|test)\//.test(file) || isPack(file)),
      [],
    );
  });

  it("loads the sources through ts-node, as the Node language host does", () => {
    const { type, loaded } = load(AS_LANGUAGE_HOST + report(ROOT));
    assert.equal(type, "function");
    assert.ok(loaded.includes("index.ts"));
    assert.deepEqual(
      loaded.filter((file) => !/\.(ts|json)$/.test(file) || /^(embedded|cli|test)\//.test(file) || isPack(file)),
      [],
    );
  });

  it("has no JSON file of a source's name beside it: ts-node would load that instead", () => {
    const rooms = ["graph", "services", "components", "stacks", "policies"];
    const names = rooms.flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
    );
    const taken = new Set(names);
    assert.deepEqual(
      names.filter((name) => name.endsWith(".json") && taken.has(name.replace(/\.json$/, ".ts"))),
      [],
    );
  });
});
