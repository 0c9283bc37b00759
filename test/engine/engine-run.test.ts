import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, secret } from "@pulumi/pulumi";
import { InvalidInput } from "../../graph/problems";
import { Damaged, Protected, RunFailed } from "../../embedded/engine/failures";
import { preview } from "../../embedded/engine/preview";
import { holdingTheStack, prepareToLook, stateOf } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { destroy, outputsOf, refresh, retained, up } from "../../embedded/engine/update";
import { Thing, cloudObjects, discard, needsEngine, toyCheckout, toyProgram, toySession } from "../support/toy";

const release = (): string => "set x: false";

describe("a run of the engine", () => {
  let files: StackFiles;
  before(needsEngine);
  beforeEach(() => (files = toyCheckout()));
  afterEach(() => discard(files));

  const bring = (plan: Parameters<typeof toyProgram>[0]) => {
    const session = toySession(files, toyProgram(plan));
    return holdingTheStack(session, () => up(session));
  };

  it("plans with dependencies and changes nothing", async () => {
    const program = () => {
      const first = new Thing("first", {});
      new Thing("second", { note: output(first.urn) }, { dependsOn: first });
      return Promise.resolve({});
    };
    const session = toySession(files, program);
    await prepareToLook(session);
    const { resources } = await preview(session);
    const second = resources.find(({ name }) => name === "second");
    assert.deepEqual(second?.dependencies, ["urn:pulumi:dev::keelson::toy:index:Thing::first"]);
    assert.deepEqual(cloudObjects(files), []);
  });

  it("previews before it changes anything, and stops when the preview fails", async () => {
    const session = toySession(files, () => {
      new Thing("made", {});
      throw new Error("the program gives up");
    });
    await assert.rejects(
      holdingTheStack(session, () => up(session)),
      (error: unknown) => error instanceof RunFailed && /gives up/.test(error.message),
    );
    assert.deepEqual(cloudObjects(files), []);
  });

  it("hands on what the program says about bad input as bad input", async () => {
    const problem = { where: "shop.cidr", got: "x", want: "a range", mend: "write one" };
    const session = toySession(files, () => Promise.reject(new InvalidInput([problem])));
    await assert.rejects(
      holdingTheStack(session, () => up(session)),
      InvalidInput,
    );
  });

  it("changes nothing the second time, and a refresh finds nothing", async () => {
    const plan = { things: { a: { note: "x" }, b: {} } };
    assert.deepEqual((await bring(plan)).changes, { create: 3 });
    assert.deepEqual((await bring(plan)).changes, { same: 3 });
    const session = toySession(files, toyProgram(plan));
    assert.deepEqual((await holdingTheStack(session, () => refresh(session))).changes, { same: 3 });
  });

  it("records outputs that changed although no resource did", async () => {
    const version = (url: string) => toySession(files, () => Promise.resolve({ url, token: secret("canary") }));
    const first = version("https://one.example");
    await holdingTheStack(first, () => up(first));
    const second = version("https://two.example");
    await holdingTheStack(second, () => up(second));
    assert.deepEqual(outputsOf(second), { url: "https://two.example", token: "[secret]" });
  });

  it("names the failing resource, its message and the log", async () => {
    const failing = bring({ things: { good: {}, bad: { fail: "QuotaExceeded: no more things" } } });
    await assert.rejects(failing, (error: unknown) => {
      assert.ok(error instanceof RunFailed);
      const failure = error.failures.find(({ message }) => message.includes("QuotaExceeded"));
      assert.equal(failure?.resource, "urn:pulumi:dev::keelson::toy:index:Thing::bad");
      assert.match(readFileSync(error.log, "utf8"), /QuotaExceeded/);
      return true;
    });
  });

  it("refuses to destroy a protected resource before deleting any other, and says what releases it", async () => {
    await bring({ things: { orders: { protect: true }, other: {} } });
    const session = toySession(files, toyProgram({ things: {} }));
    const refused = holdingTheStack(session, () => destroy(session, release));
    await assert.rejects(refused, (error: unknown) => {
      assert.ok(error instanceof Protected);
      assert.deepEqual(
        error.problems.map(({ where, mend }) => [where, mend]),
        [["toy:index:Thing orders", "set x: false"]],
      );
      return true;
    });
    assert.equal(cloudObjects(files).length, 2);
  });

  it("destroys everything else, and lists what is retained", async () => {
    const plan = { things: { backup: { retainOnDelete: true }, other: {} } };
    await bring(plan);
    const session = toySession(files, toyProgram(plan));
    assert.deepEqual(
      retained(session).map(({ urn }) => urn.split("::").at(-1)),
      ["backup"],
    );
    await holdingTheStack(session, () => destroy(session, release));
    assert.deepEqual(cloudObjects(files), ["urn:pulumi:dev::keelson::toy:index:Thing::backup"]);
  });

  it("keeps a truncated state file and names its backup and the command that restores it", async () => {
    await bring({ things: { a: {} } });
    const state = stateOf(toySession(files, toyProgram({ things: {} })));
    const whole = readFileSync(state, "utf8");
    writeFileSync(state, whole.slice(0, whole.length / 2));
    const torn = readFileSync(state);
    let message = "";
    await assert.rejects(bring({ things: { a: {}, b: {} } }), (error: unknown) => {
      message = error instanceof Damaged ? error.message : "";
      return error instanceof Damaged;
    });
    assert.deepEqual(readFileSync(state), torn);
    const command = /cp .*$/.exec(message)?.[0] ?? assert.fail(message);
    execFileSync("sh", ["-c", command]);
    await bring({ things: { a: {}, b: {} } });
    assert.equal(cloudObjects(files).length, 2);
  });

  it("never writes the committed stack file", async () => {
    const committed = files.settings;
    const before = readFileSync(committed);
    await bring({ things: { a: {} } });
    assert.deepEqual(readFileSync(committed), before);
    assert.equal(committed, join(files.checkout, "Pulumi.dev.yaml"));
  });
});
