import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { during, progressOn, showElapsed, showSeconds } from "../../embedded/toolchain/progress";

const screen = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
};

describe("progress", () => {
  it("tells what is expected, how far it is, and when it takes longer than usual", () => {
    assert.equal(showSeconds(245), "4 min 5 s");
    assert.equal(
      showElapsed({ what: "building x", expectedSeconds: 240 }, 60),
      "building x: 1 min 0 s of about 4 min 0 s",
    );
    assert.match(showElapsed({ what: "building x", expectedSeconds: 30 }, 31), /longer than usual/);
    assert.equal(showElapsed({ what: "fetching" }, 5), "fetching: 5 s");
  });

  it("is plain lines where there is no terminal: begin, while it runs, end", async () => {
    const to = screen(false);
    let clock = 0;
    const running = progressOn(to, { everyMs: 10, now: () => clock }).begin({
      what: "building x",
      expectedSeconds: 60,
    });
    clock = 30_000;
    await pause(15);
    running.end("done");
    await pause(30);
    assert.deepEqual(to.written, [
      "building x, about 1 min 0 s\n",
      "building x: 30 s of about 1 min 0 s\n",
      "building x: done in 30 s\n",
    ]);
  });

  it("writes over its own line on a terminal, and leaves one line behind", () => {
    const to = screen(true);
    progressOn(to).begin({ what: "building x" }).end("done");
    assert.equal(to.written.filter((text) => text.endsWith("\n")).length, 1);
    assert.ok(to.written.every((text) => text.startsWith("\r")));
  });

  it("ends a step that fails", async () => {
    const to = screen(false);
    const failing = during(progressOn(to), { what: "x" }, () => Promise.reject(new Error("no")));
    await assert.rejects(failing, /no/);
    assert.match(to.written.at(-1) ?? "", /^x: failed in/);
  });
});
