import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { InvalidInput } from "../../graph/problems";
import {
  Damaged,
  DataLoss,
  Interrupted,
  Locked,
  PolicyRefused,
  Protected,
  RunFailed,
} from "../../embedded/engine/failures";
import { ToolchainError } from "../../embedded/toolchain/errors";
import { describeError } from "../../cli/errors";
import { codeOf, exitCodes, meanings } from "../../cli/exit-codes";
import { codesOf, exitCodeTable, help } from "../../cli/help";
import { keelson } from "../../cli/main";
import { verbs } from "../../cli/verbs";

const problem = { where: "Pulumi.dev.yaml: keelson:stage", got: '"dve"', want: "a stage", mend: "write dev" };

describe("exit codes", () => {
  const cases: readonly (readonly [Error, number])[] = [
    [new Error("a bug"), 1],
    [new RunFailed([], "log"), 1],
    [new InvalidInput([problem]), 2],
    [new Damaged(problem), 2],
    [new PolicyRefused(3), 3],
    [new Protected([problem]), 4],
    [new DataLoss([problem]), 4],
    [new ToolchainError(problem), 5],
    [new Interrupted("keelson up"), 6],
    [new Locked("dev", 1, "now"), 7],
  ];
  for (const [error, code] of cases) it(`${error.name} ends with ${code}`, () => assert.equal(codeOf(error), code));

  it("follow from what the system says of a file", () => {
    const failed = (code: string): Error => Object.assign(new Error(code), { code, path: "/a/b" });
    assert.deepEqual([codeOf(failed("EACCES")), codeOf(failed("ENOSPC")), codeOf(failed("ETIMEDOUT"))], [2, 1, 1]);
    assert.deepEqual(describeError(failed("ENOSPC")).slice(0, 2), ["/a/b", "    got   a full disk"]);
  });

  it("are tabled for every verb in the documentation as in the code", () => {
    const cells = (text: string): readonly string[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith("|") && !/^\|[ :|-]+$/.test(line))
        .map((line) => line.replace(/ *\| */g, "|"));
    assert.deepEqual(cells(readFileSync("docs/exit-codes.md", "utf8")), cells(exitCodeTable(verbs)));
  });

  it("are explained by each verb's own help, with its flags", async () => {
    const out: string[] = [];
    const screen = { checkout: ".", out: (line: string) => out.push(line), note: (line: string) => out.push(line) };
    for (const [name, verb] of Object.entries(verbs)) {
      const [flag, word] = [await keelson([name, "--help"], screen), await keelson(["help", name], screen)];
      assert.deepEqual([flag, word], [0, 0]);
      const [first = "", second] = out.splice(0);
      assert.equal(first, second);
      assert.ok(first.startsWith(`keelson ${name}`), name);
      for (const code of codesOf(verb)) assert.match(first, new RegExp(`^  ${code}  `, "m"));
      for (const known of Object.keys(verb.flags)) assert.match(first, new RegExp(`--${known}\\b`));
    }
  });

  it("are all explained by --help, with every verb", () => {
    const text = help(verbs);
    const unfolded = text.replace(/\n {5}/g, " ");
    for (const code of Object.values(exitCodes)) assert.ok(unfolded.includes(`  ${code}  ${meanings[code]}`));
    for (const name of Object.keys(verbs)) assert.match(text, new RegExp(`^  ${name}( |$)`, "m"));
  });

  it("come with every problem, one mend each", () => {
    const lines = describeError(new InvalidInput([problem, { ...problem, mend: "write prod" }]));
    assert.equal(lines.filter((line) => line.startsWith("    mend")).length, 2);
  });

  it("come with the failing resource, its message, what mends it and the log", () => {
    const urn = "urn:pulumi:dev::keelson::aws:s3/bucket:Bucket::backups";
    const text = describeError(new RunFailed([{ resource: urn, message: "BucketAlreadyExists" }], "/a/log", "again"));
    assert.deepEqual(text, [
      "the run failed",
      `backups (${urn})`,
      "    BucketAlreadyExists",
      "mend: again",
      "log: /a/log",
    ]);
  });

  it("come with every protected resource by name, and once with what releases them all", () => {
    const held = (where: string) => ({ where, got: "a protected resource", want: "none", mend: "set x, then down" });
    const lines = describeError(new Protected([held("Bucket a"), held("Key b")]));
    assert.deepEqual(lines.slice(1), ["  Bucket a", "  Key b", "    mend  set x, then down"]);
  });

  it("tell the same failure of many resources once", () => {
    const urn = (name: string): string => `urn:pulumi:dev::keelson::kubernetes:core/v1:Namespace::${name}`;
    const failures = [..."abcdefg"].map((name) => ({ resource: urn(name), message: "no answer" }));
    const lines = describeError(new RunFailed([...failures, { resource: "the program", message: "other" }], "/a/log"));
    assert.deepEqual(lines.slice(1, 5), ["a, b, c, d, e, and 2 more", "    no answer", "the program", "    other"]);
  });
});
