import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  cacheRoot,
  entryFolder,
  freeBytes,
  inspectEntry,
  prepareRoot,
  publishEntry,
} from "../../embedded/toolchain/cache";
import { inFolder, messageOf } from "./workbench";

const ID = { shelf: "tools", name: "tiny", version: "1.2.3" } as const;

const publish = (root: string, text = "the tool's bytes") =>
  publishEntry(root, ID, async (folder) => {
    await mkdir(join(folder, "bin"));
    await writeFile(join(folder, "bin", "tiny"), text);
    return "test";
  });

const tool = (root: string) => join(entryFolder(root, ID), "bin", "tiny");
const stateOf = async (root: string, thorough = false) => (await inspectEntry(root, ID, thorough)).state;

describe("the cache", () => {
  it("is where KEELSON_CACHE says, else below the home folder", () => {
    assert.equal(cacheRoot({ KEELSON_CACHE: "/x/y", HOME: "/home/a" }), "/x/y");
    assert.equal(cacheRoot({ KEELSON_CACHE: "", HOME: "/home/a" }), "/home/a/.cache/keelson");
    assert.equal(cacheRoot({}), join(homedir(), ".cache", "keelson"));
  });

  it("holds what was published, and nothing else", () =>
    inFolder(async (root) => {
      assert.equal(await stateOf(root), "absent");
      await publish(root);
      assert.equal(await stateOf(root, true), "sound");
      assert.deepEqual(await readdir(join(root, "tmp")), []);
    }));

  it("holds nothing when filling an entry fails, and keeps the entry that was there", () =>
    inFolder(async (root) => {
      await publish(root);
      const failing = publishEntry(root, ID, async (folder) => {
        await writeFile(join(folder, "half"), "");
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.equal(await stateOf(root, true), "sound");
      assert.deepEqual(await readdir(join(root, "tmp")), []);
    }));

  it("tells a damaged entry: shortened, missing, without or with a broken manifest", () =>
    inFolder(async (root) => {
      const damages: readonly (() => Promise<unknown>)[] = [
        () => writeFile(tool(root), "the tool"),
        () => rm(tool(root)),
        () => rm(join(entryFolder(root, ID), "manifest.json")),
        () => writeFile(join(entryFolder(root, ID), "manifest.json"), '{"files": ['),
        () => writeFile(join(entryFolder(root, ID), "manifest.json"), "{}"),
      ];
      for (const damage of damages) {
        await publish(root);
        await damage();
        assert.equal(await stateOf(root), "damaged", damage.toString());
      }
    }));

  it("tells changed contents of the same size, by the file's time or by looking thoroughly", () =>
    inFolder(async (root) => {
      await publish(root);
      const { atime, mtime } = await stat(tool(root));
      await writeFile(tool(root), "the tool's BYTES");
      assert.equal(await stateOf(root), "damaged");
      await utimes(tool(root), atime, mtime);
      assert.equal(await stateOf(root, true), "damaged");
    }));

  it("takes a copy with other times for sound", () =>
    inFolder(async (root) => {
      await publish(root);
      await utimes(tool(root), new Date(0), new Date(0));
      assert.equal(await stateOf(root), "sound");
    }));

  it("replaces an entry as a whole", () =>
    inFolder(async (root) => {
      await publish(root);
      await appendFile(join(entryFolder(root, ID), "left-over"), "");
      await publish(root, "newer");
      assert.equal(await readFile(tool(root), "utf8"), "newer");
      assert.deepEqual((await readdir(entryFolder(root, ID))).sort(), ["bin", "manifest.json"]);
    }));

  it("clears what dead processes left, and only that", () =>
    inFolder(async (root) => {
      await mkdir(join(root, "tmp", "4194304-1-tools-x"), { recursive: true });
      const living = `${process.pid}-${(await readFile("/proc/self/stat", "utf8")).split(") ")[1]?.split(" ")[19]}-tools-y`;
      await mkdir(join(root, "tmp", living));
      await prepareRoot(root);
      assert.deepEqual(await readdir(join(root, "tmp")), [living]);
    }));

  it("that cannot be written to is one repair instruction", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      const message = await messageOf(prepareRoot(join(folder, "file", "cache")));
      assert.match(
        message,
        /^ToolchainError: cache .*file\/cache: got a file where a folder is needed, want .*KEELSON_CACHE/,
      );
    }));

  it("knows how much room there is, also where nothing is yet", () =>
    inFolder(async (folder) => {
      const there = await freeBytes(folder);
      const below = await freeBytes(join(folder, "not", "yet"));
      assert.ok(there > 0);
      assert.ok(Math.abs(there - below) < 2 ** 30);
    }));
});
