import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCloud } from "../../embedded/standin/cloud";
import { isAlive, startTicks } from "../../embedded/process/identity";
import { withLock } from "../../embedded/process/lock";
import { peek } from "../../embedded/standin/store";

const MODULE = require.resolve("../../embedded/standin/cloud");
const BUCKET = "aws:s3/bucket:Bucket";

describe("the stand-in cloud's store", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keelson-store-"));
    file = join(folder, "cloud.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const bucket = (name: string) =>
    withCloud(file, (cloud) => cloud.create(BUCKET, { bucket: name }, { region: "eu-west-1", owner: "test" }));

  it("loses no change when several processes write at once", async function () {
    this.timeout(60_000);
    const script = (of: string) =>
      `const { withCloud } = require(${JSON.stringify(MODULE)});
       (async () => { for (let at = 0; at < 40; at += 1) await withCloud(${JSON.stringify(file)}, (cloud) =>
         cloud.create(${JSON.stringify(BUCKET)}, { bucket: "${of}-" + at }, { region: "eu-west-1", owner: "test" })); })();`;
    const runs = ["one", "two", "three"].map((of) =>
      ended(spawn(process.execPath, ["-e", script(of)], { stdio: "inherit" })),
    );
    assert.deepEqual(await Promise.all(runs), [0, 0, 0]);
    assert.equal(peek(file).objects.size, 120);
    assert.equal(peek(file).counter, 120);
    assert.ok(!existsSync(`${file}.lock`));
  });

  it("waits for a lock whose owner lives and takes over one whose owner is dead", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: dead, startTicks: 1 }));
    await bucket("after-a-crash");
    const living = { pid: process.ppid, startTicks: startTicks(process.ppid) };
    writeFileSync(`${file}.lock`, JSON.stringify(living));
    let isDone = false;
    const waiting = bucket("patient").then(() => (isDone = true));
    await new Promise((done) => setTimeout(done, 200));
    assert.equal(isDone, false, "a living owner keeps its lock");
    rmSync(`${file}.lock`);
    await waiting;
    assert.equal(peek(file).objects.size, 2);
  });

  it("tells a process from a later one with the same id", () => {
    assert.ok(isAlive({ pid: process.pid, startTicks: startTicks(process.pid) ?? 0 }));
    assert.ok(!isAlive({ pid: process.pid, startTicks: 1 }));
  });

  it("releases the lock when the work fails", async () => {
    await assert.rejects(
      withLock(`${file}.lock`, {}, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.ok(!existsSync(`${file}.lock`));
  });

  it("keeps a file it cannot read, and names it, its backup and the command that restores it", async () => {
    await bucket("first");
    await bucket("second");
    const damaged = readFileSync(file, "utf8").slice(0, 300);
    writeFileSync(file, damaged);
    await assert.rejects(bucket("third"), (error: Error) => {
      assert.ok(error.message.includes(`${file}: got a file that cannot be read`), error.message);
      return error.message.includes(`cp '${file}.bak' '${file}'`);
    });
    assert.equal(readFileSync(file, "utf8"), damaged);
    writeFileSync(file, readFileSync(`${file}.bak`));
    assert.equal((await bucket("third")).id, "third");
    assert.equal(peek(file).objects.size, 2, "the backup is the version before the last change");
  });

  it("sees what another process wrote meanwhile", async () => {
    await bucket("first");
    const other = readFileSync(file, "utf8").replaceAll("first", "other");
    writeFileSync(file, other);
    const ids = await withCloud(file, (cloud) => cloud.objects().map(({ id }) => id));
    assert.deepEqual(ids, ["other"]);
  });

  it("takes five hundred creations in a few seconds", async function () {
    this.timeout(60_000);
    const start = process.cpuUsage();
    for (let at = 0; at < 500; at += 1) await bucket(`bucket-${at}`);
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1e6 < 8, `${(user + system) / 1e6} s of processor time`);
  });
});

const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((resolve) => child.on("exit", (code) => resolve(code)));
