import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { endGroup, signal } from "../../embedded/process/ending";
import { withEnvironment } from "../../embedded/process/environment";
import { identify, isAlive, self, startTicks } from "../../embedded/process/identity";

const sleeper = (env: NodeJS.ProcessEnv = {}) => {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { ...process.env, ...env } });
  const id = identify(child.pid ?? 0);
  assert.ok(id);
  return id;
};

describe("a process's identity", () => {
  it("is its id with its start time: the same id with another start time is another process", async () => {
    const id = sleeper();
    assert.ok(isAlive(id));
    assert.ok(!isAlive({ ...id, startTicks: id.startTicks + 1 }));
    await endGroup(id);
    assert.ok(!isAlive(id));
  });

  it("is not taken for another's when a signal is sent", async () => {
    const id = sleeper();
    signal({ ...id, startTicks: id.startTicks + 1 }, "SIGKILL", true);
    await pause(100);
    assert.ok(isAlive(id));
    await endGroup(id);
  });

  it("reads the start time of this process", () => {
    assert.equal(startTicks(process.pid), self().startTicks);
    assert.ok(self().startTicks > 0);
  });

  it("ends a group that ignores the request to end", async () => {
    const child = spawn("sh", ["-c", "trap '' TERM; while :; do sleep 1; done"], { detached: true, stdio: "ignore" });
    await pause(200);
    const id = identify(child.pid ?? 0);
    assert.ok(id);
    await endGroup(id, 0.3);
    assert.ok(!isAlive(id));
  });

  it("is found by an exact entry of its environment", async () => {
    const mark = `test-${process.pid}-${Date.now()}`;
    const id = sleeper({ KEELSON_TEST_MARK: mark });
    await pause(100);
    assert.deepEqual(withEnvironment(`KEELSON_TEST_MARK=${mark}`), [id]);
    assert.deepEqual(withEnvironment(`KEELSON_TEST_MARK=${mark}x`), []);
    await endGroup(id);
  });
});
