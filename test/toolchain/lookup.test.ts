import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findTool } from "../../embedded/toolchain/lookup";
import { ensureTool } from "../../embedded/toolchain/ensure";
import { TOOLS } from "../../embedded/toolchain/tools";
import { benchContext, inFolder, messageOf, remembering, script, tinyTool } from "./workbench";

const engine = (folder: string, version: string) => script(folder, "pulumi", `echo v${version}`);

describe("looking for a tool", () => {
  it("takes an engine on PATH from the minimum on", () =>
    inFolder(async (folder) => {
      const path = await engine(folder, "3.251.7");
      const found = await findTool(TOOLS.pulumi, benchContext(folder, { PATH: folder }));
      assert.deepEqual(found, { name: "pulumi", path, version: "3.251.7", origin: "PATH" });
    }));

  it("refuses an engine on PATH below the minimum, and says how to go on", () =>
    inFolder(async (folder) => {
      await engine(folder, "3.249.0");
      const message = await messageOf(findTool(TOOLS.pulumi, benchContext(folder, { PATH: folder })));
      assert.match(
        message,
        /^ToolchainError: pulumi on PATH \(.*\/pulumi\): got version 3\.249\.0, want 3\.250\.0 or newer/,
      );
      assert.match(message, /upgrade it, or set KEELSON_ENGINE=own/);
    }));

  it("refuses an engine on PATH that tells no version", () =>
    inFolder(async (folder) => {
      await script(folder, "pulumi", "exit 1");
      const message = await messageOf(findTool(TOOLS.pulumi, benchContext(folder, { PATH: folder })));
      assert.match(message, /got no version it would tell/);
    }));

  it("leaves the engine on PATH alone when told to use its own", () =>
    inFolder(async (folder) => {
      await engine(folder, "3.1.0");
      const context = benchContext(folder, { PATH: folder, KEELSON_ENGINE: "own" });
      assert.equal(await findTool(TOOLS.pulumi, context), undefined);
    }));

  it("judges only the first engine on PATH, the one that is run by hand", () =>
    inFolder(async (folder) => {
      await engine(join(folder, "a"), "3.1.0");
      await engine(join(folder, "b"), "3.260.0");
      const PATH = `${join(folder, "a")}:${join(folder, "b")}`;
      await assert.rejects(findTool(TOOLS.pulumi, benchContext(folder, { PATH })), /3\.1\.0/);
    }));

  it("takes a control plane's binary from KUBEBUILDER_ASSETS before PATH", () =>
    inFolder(async (folder) => {
      const assets = join(folder, "assets");
      const path = await script(assets, "etcd", "echo etcd Version: 3.6.1");
      await script(join(folder, "path"), "etcd", "echo etcd Version: 3.6.2");
      const context = benchContext(folder, { KUBEBUILDER_ASSETS: assets, PATH: join(folder, "path") });
      assert.deepEqual(await findTool(TOOLS.etcd, context), {
        name: "etcd",
        path,
        version: "3.6.1",
        origin: "KUBEBUILDER_ASSETS",
      });
    }));

  it("passes over a control plane's binary of another minor version, and says so", () =>
    inFolder(async (folder) => {
      const progress = remembering();
      const path = await script(join(folder, "assets"), "kube-apiserver", "echo Kubernetes v1.31.0");
      const env = { KUBEBUILDER_ASSETS: join(folder, "assets"), PATH: "/nowhere" };
      assert.equal(await findTool(TOOLS["kube-apiserver"], benchContext(folder, env, { progress })), undefined);
      assert.deepEqual(progress.lines, [`${path} is passed over: 1.31.0, want the minor version of 1.36.3`]);
    }));

  it("does not take a file that cannot be executed, nor a folder, for a tool", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "pulumi"), "#!/bin/sh\necho v3.260.0\n");
      assert.equal(await findTool(TOOLS.pulumi, benchContext(folder, { PATH: `${folder}:/` })), undefined);
    }));

  it("prefers what is on PATH to what is in the cache, and the cache to building", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const context = benchContext(folder);
      assert.equal((await ensureTool(tool, context)).origin, "built");
      assert.equal((await ensureTool(tool, context)).origin, "cache");
      await script(join(folder, "brought"), "tiny", "echo tiny 1.2.9");
      const brought = benchContext(folder, { PATH: `${join(folder, "brought")}:${process.env["PATH"]}` });
      assert.equal((await ensureTool(tool, brought)).origin, "PATH");
    })).timeout(120_000);
});
