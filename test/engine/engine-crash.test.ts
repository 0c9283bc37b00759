import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendLocks, stackFiles, type StackFiles } from "../../embedded/engine/stack-files";
import { runMark } from "../../embedded/engine/run-mark";
import { type ProcessId } from "../../embedded/process/identity";
import { type Recovery, holdingTheStack, stateOf } from "../../embedded/engine/session";
import { pendingOperations, readResources } from "../../embedded/engine/state";
import { up } from "../../embedded/engine/update";
import {
  type ToyPlan,
  cloudObjects,
  discard,
  needsEngine,
  slowThings,
  toyCheckout,
  toyProgram,
  toySession,
} from "../support/toy";

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** `toy-up` in a process of its own. */
class Victim {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(files: StackFiles, plan: ToyPlan) {
    this.#child = spawn(process.execPath, [
      join(__dirname, "..", "support", "toy-up.js"),
      files.checkout,
      JSON.stringify(plan),
    ]);
    let said = "";
    this.#child.stdout?.on("data", (part: Buffer) => (said += part.toString()));
    this.#child.stderr?.on("data", (part: Buffer) => (said += part.toString()));
    this.ended = new Promise((done) => this.#child.once("close", (code) => done({ code, said })));
  }

  kill(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 600) assert.fail(`waited half a minute for: ${what}`);
    await pause(50);
  }
}

const engineOf = (files: StackFiles): ProcessId => JSON.parse(readFileSync(files.engine, "utf8")) as ProcessId;

/** Processes of any run of the stack: engine, language host and plugins. */
function processesOf(files: StackFiles): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, "utf8").includes(`${runMark}=${files.root}#`);
    } catch {
      return false;
    }
  });
}

const plan = slowThings(12, { before: 300, after: 1500 });

describe("a run that dies", function () {
  let files: StackFiles;
  before(needsEngine);
  beforeEach(() => (files = toyCheckout()));
  afterEach(() => discard(files));

  /** Runs again and checks that nothing of the dead run is left anywhere. */
  async function converges(): Promise<Recovery> {
    const session = toySession(files, toyProgram(plan));
    const found = await holdingTheStack(session, async (recovery) => {
      await up(session);
      return recovery;
    });
    const urns = Object.keys(plan.things).map((name) => `urn:pulumi:dev::keelson::toy:index:Thing::${name}`);
    assert.deepEqual(cloudObjects(files), urns.sort(), "one object in the cloud per URN");
    assert.deepEqual(pendingOperations(stateOf(session)), []);
    assert.equal(readResources(stateOf(session)).filter(({ type }) => type === "toy:index:Thing").length, urns.length);
    assert.deepEqual(processesOf(files), []);
    assert.equal(existsSync(files.lock), false);
    assert.deepEqual(existsSync(backendLocks(files, "keelson")) ? readdirSync(backendLocks(files, "keelson")) : [], []);
    return found;
  }

  it("by kill -9 of the engine converges: one object per URN, nothing pending, no process left", async () => {
    const victim = new Victim(files, plan);
    await until("objects in the cloud", () => cloudObjects(files).length >= 3);
    process.kill(engineOf(files).pid, "SIGKILL");
    assert.equal((await victim.ended).code, 1);
    assert.deepEqual(processesOf(files), [], "the survivor ends the plugins of its engine");
    assert.ok(pendingOperations(stateOf(toySession(files, toyProgram(plan)))).length > 0, "or the test shows nothing");
    const { locks, pending } = await converges();
    assert.equal(locks, 1);
    assert.ok(pending.length > 0);
  });

  it("by kill -9 of keelson converges, its engine and plugins included", async () => {
    const victim = new Victim(files, plan);
    await until("objects in the cloud", () => cloudObjects(files).length >= 3);
    victim.kill("SIGKILL");
    await victim.ended;
    await converges();
  });

  it("by kill -9 of both at once converges", async () => {
    const victim = new Victim(files, plan);
    await until("objects in the cloud", () => cloudObjects(files).length >= 3);
    victim.kill("SIGKILL");
    process.kill(engineOf(files).pid, "SIGKILL");
    await victim.ended;
    const { processes, locks } = await converges();
    assert.ok(processes > 0, "plugins survive their engine");
    assert.equal(locks, 1);
  });

  for (const moment of [0, 400, 900, 1300, 2600]) {
    it(`by kill -9 of both ${moment} ms after its engine started converges`, async () => {
      const victim = new Victim(files, plan);
      await until("an engine", () => existsSync(files.engine));
      await pause(moment);
      victim.kill("SIGKILL");
      process.kill(engineOf(files).pid, "SIGKILL");
      await victim.ended;
      await converges();
    });
  }

  it("while the backend notes a file's attributes, which leaves them empty, converges", async () => {
    const victim = new Victim(files, plan);
    await until("objects in the cloud", () => cloudObjects(files).length >= 3);
    process.kill(engineOf(files).pid, "SIGKILL");
    await victim.ended;
    const attributes = readdirSync(files.backend, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".attrs"),
    );
    assert.ok(attributes.length > 0, "or the test shows nothing");
    for (const name of attributes) writeFileSync(join(files.backend, name), ""); // no kill can be timed to fall there
    await converges();
  });

  it("by Ctrl-C finishes what it has begun, says how to go on, and leaves nothing pending", async () => {
    const victim = new Victim(files, plan);
    await until("objects in the cloud", () => cloudObjects(files).length >= 3);
    victim.kill("SIGINT");
    const { code, said } = await victim.ended;
    assert.equal(code, 6, said);
    assert.match(said, /run `keelson up -s dev` again/);
    assert.deepEqual(pendingOperations(stateOf(toySession(files, toyProgram(plan)))), []);
    assert.deepEqual(processesOf(files), []);
    await converges();
  });

  it("by a second Ctrl-C ends at once, and the next run converges", async () => {
    const victim = new Victim(files, slowThings(2, { before: 100, after: 60_000 }));
    await until("objects in the cloud", () => cloudObjects(files).length === 2);
    victim.kill("SIGINT");
    await pause(300);
    const began = Date.now();
    victim.kill("SIGINT");
    assert.equal((await victim.ended).code, 6);
    assert.ok(Date.now() - began < 5000);
    await converges();
  });

  it("is not taken over while it lives: its process and since when are named", async () => {
    const victim = new Victim(files, slowThings(2, { before: 100, after: 9000 })); // outlives the start of the second
    await until("objects in the cloud", () => cloudObjects(files).length >= 1);
    const { pid } = JSON.parse(readFileSync(files.lock, "utf8")) as ProcessId;
    const second = await new Victim(files, plan).ended;
    assert.equal(second.code, 7);
    assert.match(second.said, new RegExp(`locked by process ${pid} since 20\\d\\d-`));
    assert.equal((await victim.ended).code, 0);
    assert.equal(stackFiles(files.checkout, "dev").lock, files.lock);
  });
});
