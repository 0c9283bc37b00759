import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { lastLines, run } from "../../embedded/toolchain/run";

const env = process.env;

describe("running a command", () => {
  it("gives its exit code and what it printed", async () => {
    const outcome = await run("sh", ["-c", "echo out; echo err >&2; exit 3"], { env });
    assert.deepEqual(outcome, { code: 3, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  it("ends it when it takes too long", async () => {
    const outcome = await run("sleep", ["60"], { env, timeoutMs: 50 });
    assert.deepEqual([outcome.code, outcome.signal], [null, "SIGKILL"]);
  });

  it("that cannot be started does not keep this process alive", () => {
    const script = `require(${JSON.stringify(join(__dirname, "../../embedded/toolchain/run"))})
      .run("/nowhere/at-all", [], { env: process.env, timeoutMs: 60_000 }).catch((error) => console.log(error.code))`;
    assert.equal(execFileSync(process.execPath, ["-e", script], { encoding: "utf8", timeout: 20_000 }), "ENOENT\n");
  });

  it("shows the end of what it printed", () => assert.equal(lastLines("a\nb\nc\n", 2), "b\nc"));
});
