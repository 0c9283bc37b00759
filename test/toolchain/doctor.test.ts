import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { doctorReport, memory, node, packages, toolFinding } from "../../embedded/toolchain/doctor";
import { ensureTool } from "../../embedded/toolchain/ensure";
import { TOOLS } from "../../embedded/toolchain/tools";
import { benchContext, inFolder, script, tinyTool } from "./workbench";

describe("the doctor", () => {
  it("tells an old Node, absent packages and scarce memory, each with what mends it", () =>
    inFolder(async (folder) => {
      assert.equal(node("20.19.1").state, "ok");
      assert.equal(node("18.20.0").state, "broken");
      assert.deepEqual([packages(folder).state, packages(folder).mend], ["missing", "npm ci"]);
      await mkdir(join(folder, "node_modules"));
      await writeFile(join(folder, "node_modules", ".package-lock.json"), "{}");
      assert.equal(packages(folder).state, "ok");
      assert.equal(memory(2 ** 33, 2 ** 34).state, "ok");
      assert.equal(memory(2 ** 30, 2 ** 34).state, "note");
    }));

  it("tells a tool from the cache, and a damaged one with the command that mends it", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const context = benchContext(folder);
      assert.deepEqual(
        [(await toolFinding(tool, context)).state, (await toolFinding(tool, context)).mend],
        ["missing", "make up"],
      );
      const { path } = await ensureTool(tool, context);
      assert.match((await toolFinding(tool, context)).detail, /^1\.2\.3, built with go.*, in the cache/);
      await writeFile(path, "not the tool");
      const damaged = await toolFinding(tool, context);
      assert.equal(damaged.state, "broken");
      assert.match(damaged.mend ?? "", /^rm -r .* && make up$/);
    })).timeout(60_000);

  it("tells an engine that is refused", () =>
    inFolder(async (folder) => {
      await script(folder, "pulumi", "echo v3.100.0");
      const finding = await toolFinding(TOOLS.pulumi, benchContext(folder, { PATH: folder }));
      assert.equal(finding.state, "broken");
      assert.match(finding.mend ?? "", /KEELSON_ENGINE=own/);
    }));

  it("reports everything on an empty machine, and writes nothing", () =>
    inFolder(async (folder) => {
      const context = benchContext(folder, { PATH: "/nowhere", KUBEBUILDER_ASSETS: "" });
      const report = await doctorReport(["kong", "aws-load-balancer-controller"], context);
      const states = Object.fromEntries(report.map(({ what, state }) => [what, state]));
      assert.equal(states["pulumi"], "missing");
      assert.equal(states["definitions of kong"], "missing");
      assert.equal(states["definitions of aws-load-balancer-controller"], "note");
      assert.equal(states["go"], "note");
      for (const { state, mend, what } of report)
        assert.ok(state === "ok" || what.startsWith("definitions") || mend, what);
    }));
});
