import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdir, readFile, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ensureTool } from "../../embedded/toolchain/ensure";
import { endAll } from "../../embedded/process/ending";
import { withEnvironment } from "../../embedded/process/environment";
import type { Tool } from "../../embedded/toolchain/tools";
import { benchContext, inFolder, messageOf, remembering, script, tinyTool } from "./workbench";

const CHILD = join(__dirname, "ensure-child.js");

const runs = (path: string) => execFileSync(path, { encoding: "utf8" }).trim();

/** A `go` that does what Go does until it builds; then it leaves half a file and hangs. */
const hangingGo = (folder: string) =>
  script(
    folder,
    "go",
    `for a; do case "$last" in -o) out=$a;; esac; last=$a; done
if [ "$1" = build ]; then printf half > "$out"; sleep 40; exit 0; fi
exec ${spawnSync("sh", ["-c", "command -v go"], { encoding: "utf8" }).stdout.trim()} "$@"`,
  );

const inChild = (tool: Tool, env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [CHILD, JSON.stringify(tool)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });

const until = async (isTrue: () => boolean | Promise<boolean>, seconds = 60) => {
  const end = Date.now() + seconds * 1_000;
  while (!(await isTrue())) {
    assert.ok(Date.now() < end, "it did not happen in time");
    await pause(50);
  }
};

describe("building a tool", function () {
  this.timeout(180_000);

  it("makes a program that runs, from a module folder it does not write to", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const progress = remembering();
      const found = await ensureTool(tool, benchContext(folder, {}, { progress }));
      assert.equal(runs(found.path), "tiny 1.2.3");
      assert.deepEqual((await readdir(tool.module)).sort(), ["go.mod", "main.go"]);
      assert.ok(progress.lines.includes("building tiny 1.2.3: done"));
    }));

  it("refuses a program that does not tell the version it was built as, and keeps nothing", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder, { ldflags: ["-X main.version=9.9.9"] });
      assert.match(
        await messageOf(ensureTool(tool, benchContext(folder))),
        /got version 9\.9\.9, want version 1\.2\.3/,
      );
      assert.deepEqual(await readdir(join(folder, "cache", "tmp")), []);
    }));

  it("makes a damaged entry again, with one line that says so", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const first = await ensureTool(tool, benchContext(folder));
      await truncate(first.path, 1_000);
      const progress = remembering();
      const second = await ensureTool(tool, benchContext(folder, {}, { progress }));
      assert.equal(second.origin, "built");
      assert.equal(runs(second.path), "tiny 1.2.3");
      assert.equal(
        progress.lines.filter((line) => /is damaged \(bin\/tiny has 1000 bytes instead of/.test(line)).length,
        1,
      );
    }));

  it("that is killed leaves no tool, no compiler running and no lock that holds", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const cache = join(folder, "cache");
      await hangingGo(join(folder, "hanging"));
      const child = inChild(tool, { KEELSON_CACHE: cache, PATH: `${join(folder, "hanging")}:${process.env["PATH"]}` });
      const mark = `KEELSON_BUILD=${join(cache, "locks", "tools-tiny-1.2.3")}`;
      await until(() => withEnvironment(mark).length >= 2);
      child.kill("SIGKILL");
      await until(() => child.signalCode !== null);
      assert.ok(withEnvironment(mark).length >= 1, "the compiler outlives the killed process");
      assert.ok((await readdir(join(cache, "tmp"))).length > 0);
      const found = await ensureTool(tool, benchContext(folder));
      assert.equal(runs(found.path), "tiny 1.2.3");
      assert.deepEqual(withEnvironment(mark), []);
      assert.deepEqual(await readdir(join(cache, "tmp")), []);
      assert.deepEqual(await readdir(join(cache, "locks")), []);
    }));

  it("is done once when two processes want the tool at the same time", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const children = [1, 2].map(() => inChild(tool, { KEELSON_CACHE: join(folder, "cache") }));
      const origins = children.map(async (child) => {
        let printed = "";
        child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
        await new Promise((done) => child.once("close", done));
        return printed.trim();
      });
      assert.deepEqual((await Promise.all(origins)).sort(), ["built", "cache"]);
    }));

  it("is given up when asked to stop, and keeps nothing", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      await hangingGo(join(folder, "hanging"));
      const stop = new AbortController();
      const env = { PATH: `${join(folder, "hanging")}:${process.env["PATH"]}` };
      const building = messageOf(ensureTool(tool, benchContext(folder, env, { signal: stop.signal })));
      const mark = `KEELSON_BUILD=${join(folder, "cache", "locks", "tools-tiny-1.2.3")}`;
      await until(() => withEnvironment(mark).length >= 2);
      stop.abort();
      assert.match(await building, /AbortError/);
      assert.deepEqual(await readdir(join(folder, "cache", "tmp")), []);
      assert.deepEqual(withEnvironment(mark), []);
    }));

  it("without Go on PATH says what to install", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const message = await messageOf(ensureTool(tool, benchContext(folder, { PATH: folder })));
      assert.match(message, /^ToolchainError: go: got no Go on PATH, want Go 1\.21\.0 or newer; install Go from/);
    }));

  it("with a Go that is too old and may not fetch a newer one says so", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      await script(join(folder, "old"), "go", "printf 'go1.19.1\\n/tmp\\n/tmp\\nlocal\\n'");
      const message = await messageOf(ensureTool(tool, benchContext(folder, { PATH: join(folder, "old") })));
      assert.match(message, /got Go 1\.19\.1, which GOTOOLCHAIN=local .*want Go 1\.21\.0 or newer/);
    }));

  it("without network says so, in one message", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      await writeFile(
        join(tool.module, "go.mod"),
        "module example.com/tiny\n\ngo 1.21\n\nrequire example.com/other v1.0.0\n",
      );
      await writeFile(join(tool.module, "main.go"), 'package main\n\nimport _ "example.com/other"\n\nfunc main() {}\n');
      await writeFile(
        join(tool.module, "go.sum"),
        `example.com/other v1.0.0 h1:${"A".repeat(43)}=\nexample.com/other v1.0.0/go.mod h1:${"A".repeat(43)}=\n`,
      );
      const env = { GOPROXY: "http://127.0.0.1:9", GONOSUMDB: "*", GOFLAGS: "" };
      const message = await messageOf(ensureTool(tool, benchContext(folder, env)));
      assert.match(message, /fetching the modules of tiny 1\.2\.3: got no connection to the Go module proxy/);
      assert.deepEqual(await readdir(join(folder, "cache", "tmp")), []);
    }));

  it("with too little room refuses before it begins, and says how much is wanted", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      const context = benchContext(folder, {}, { freeBytes: async () => 2 ** 19 });
      assert.match(
        await messageOf(ensureTool(tool, context)),
        /disk of .*: got 0 MiB free, want 1 MiB; free some space/,
      );
      assert.deepEqual(await readdir(join(folder, "cache", "tmp")), []);
    }));

  it("that fills the disk says so, and leaves nothing there", async function () {
    await inFolder(async (folder) => {
      const small = join(folder, "cache");
      await mkdir(small);
      if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]).status !== 0) this.skip();
      try {
        const tool = await tinyTool(folder);
        const message = await messageOf(ensureTool(tool, benchContext(folder, {}, { freeBytes: async () => 2 ** 40 })));
        assert.match(message, /^ToolchainError: .*got a full disk/);
        assert.deepEqual(await readdir(join(small, "tmp")), []);
      } finally {
        execFileSync("umount", [small]);
      }
    });
  });

  it("into a cache that cannot be written to is refused in one message, and builds nothing", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      await writeFile(join(folder, "file"), "kept");
      const progress = remembering();
      const context = benchContext(folder, { KEELSON_CACHE: join(folder, "file", "cache") }, { progress });
      assert.match(
        await messageOf(ensureTool(tool, context)),
        /^ToolchainError: cache .*: got a file where a folder is needed/,
      );
      assert.deepEqual(progress.lines, []);
      assert.equal(await readFile(join(folder, "file"), "utf8"), "kept");
    }));

  it("keeps the machine usable: the compiler runs at a lower priority", () =>
    inFolder(async (folder) => {
      const tool = await tinyTool(folder);
      await hangingGo(join(folder, "hanging"));
      const env = { KEELSON_CACHE: join(folder, "cache"), PATH: `${join(folder, "hanging")}:${process.env["PATH"]}` };
      const child = inChild(tool, env);
      const mark = `KEELSON_BUILD=${join(folder, "cache", "locks", "tools-tiny-1.2.3")}`;
      try {
        await until(async () => (await Promise.all(withEnvironment(mark).map(niceness))).includes("10"), 20);
      } finally {
        child.kill("SIGKILL");
        await until(() => child.signalCode !== null);
        await endAll(withEnvironment(mark));
      }
    }));
});

/** Field 19 of /proc/PID/stat. */
const niceness = async ({ pid }: { pid: number }): Promise<string | undefined> =>
  (await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")).split(") ")[1]?.split(" ")[16];
