import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { self } from "../../embedded/process/identity";
import { lockOwner, withLock } from "../../embedded/process/lock";
import { inFolder } from "../toolchain/workbench";

const deadPid = () => spawnSync("true").pid;

describe("a lock between processes", () => {
  it("is held by one at a time", () =>
    inFolder(async (folder) => {
      let inside = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++inside);
        await pause(5);
        inside--;
      };
      const path = join(folder, "lock");
      await Promise.all(Array.from({ length: 12 }, () => withLock(path, { pollMs: 1 }, work)));
      assert.equal(most, 1);
    }));

  it("names its owner while it is held, and is gone afterwards", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      await withLock(path, {}, () => {
        const { since = "", ...owner } = lockOwner(path) ?? {};
        assert.deepEqual(owner, self());
        assert.ok(Date.parse(since) <= Date.now());
      });
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is released when the work fails", () =>
    inFolder(async (folder) => {
      const failing = withLock(join(folder, "lock"), {}, () => Promise.reject(new Error("no")));
      await assert.rejects(failing, /no/);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is taken over from an owner that died, by one process at a time", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      await writeFile(path, JSON.stringify({ pid: deadPid(), startTicks: 77 }));
      let inside = 0;
      let most = 0;
      const takeovers: number[] = [];
      const work = async () => {
        most = Math.max(most, ++inside);
        await pause(3);
        inside--;
      };
      const options = { pollMs: 1, onTakeover: ({ pid }: { pid: number }) => void takeovers.push(pid) };
      await Promise.all(Array.from({ length: 8 }, () => withLock(path, options, work)));
      assert.equal(most, 1);
      assert.equal(takeovers.length, 1);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is taken over when the owner's id now belongs to another process", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      await writeFile(path, JSON.stringify({ pid: process.pid, startTicks: self().startTicks - 1 }));
      assert.equal(await withLock(path, {}, async () => "mine"), "mine");
    }));

  it("is waited for, and said so once, while its owner lives", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      const told: number[] = [];
      let done = false;
      const first = withLock(path, {}, async () => {
        await pause(100);
        done = true;
      });
      await pause(20);
      const second = withLock(path, { pollMs: 5, onWait: ({ pid }) => void told.push(pid) }, async () => done);
      await first;
      assert.equal(await second, true);
      assert.deepEqual(told, [process.pid]);
    }));

  it("is no longer waited for when asked to stop", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      const stop = new AbortController();
      await withLock(path, {}, async () => {
        const waiting = withLock(path, { pollMs: 5, signal: stop.signal }, async () => "never");
        setTimeout(() => stop.abort(), 20);
        await assert.rejects(waiting, /abort/i);
      });
    }));

  it("is taken over when its file cannot be read as a lock", () =>
    inFolder(async (folder) => {
      const path = join(folder, "lock");
      await writeFile(path, "garbage");
      assert.equal(await withLock(path, {}, async () => "mine"), "mine");
    }));
});
