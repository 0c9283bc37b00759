import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { ROOT, sourceFiles } from "./sources";

/** What each room may import, besides itself: another room, or one folder of it. The whole architecture, as data. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  graph: [],
  services: ["graph"],
  components: ["graph"],
  stacks: ["graph", "services", "components", "policies/admission"],
  "index.ts": ["stacks"],
  policies: [],
  embedded: ["graph", "stacks", "index.ts"],
  drill: ["graph", "stacks", "embedded"],
  cli: ["graph", "stacks", "embedded", "drill", "policies"],
};

const room = (file: string): string => file.split("/")[0] ?? file;

const importsOf = (file: string): readonly string[] =>
  ts
    .preProcessFile(readFileSync(join(ROOT, file), "utf8"))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)).replace(/^index(\.js)?$/, "index.ts"));

const crossings = (file: string, targets: readonly string[]): readonly string[] =>
  targets
    .filter((target) => room(target) !== room(file))
    .filter((target) => !(MAY_IMPORT[room(file)] ?? []).some((allowed) => `${target}/`.startsWith(`${allowed}/`)))
    .map((target) => `${file} imports ${target}`);

/** These files and all that they import, however far. */
function reached(files: readonly string[]): readonly string[] {
  const found = new Set(files);
  for (const file of found)
    for (const target of importsOf(file)) if (!target.endsWith(".json")) found.add(`${target}.ts`);
  return [...found];
}

describe("the architecture", () => {
  const files = sourceFiles();

  it("has dependencies that point one way", () => {
    assert.deepEqual(
      files.flatMap((file) => crossings(file, importsOf(file))),
      [],
    );
  });

  it("keeps the graph and the services free of Pulumi", () => {
    const pure = files.filter((file) => ["graph", "services"].includes(room(file)));
    const tainted = pure.filter((file) => /from "@pulumi/.test(readFileSync(join(ROOT, file), "utf8")));
    assert.ok(pure.length > 10);
    assert.deepEqual(tainted, []);
  });

  it("reads Pulumi configuration in one file", () => {
    const readers = files.filter((file) =>
      /\bpulumi\.(Config\b|runtime\.allConfig)/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    assert.deepEqual(readers, ["stacks/config.ts"]);
  });

  it("keeps what stacks read of the policies free of the pack itself", () => {
    const read = reached(files.filter((file) => file.startsWith("policies/admission/")));
    assert.ok(read.includes("policies/rules/all.ts"));
    const tainted = read.filter((file) => /from "@pulumi/.test(readFileSync(join(ROOT, file), "utf8")));
    assert.deepEqual(tainted, []);
  });

  it("would notice an import against the direction", () => {
    assert.deepEqual(crossings("graph/x.ts", ["components/y"]), ["graph/x.ts imports components/y"]);
    assert.deepEqual(crossings("stacks/x.ts", ["policies/pack"]), ["stacks/x.ts imports policies/pack"]);
  });
});
