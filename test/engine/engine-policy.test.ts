import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PolicyRefused, RunFailed } from "../../embedded/engine/failures";
import { plan } from "../../embedded/engine/plan";
import { mandatory } from "../../embedded/engine/preview";
import { type Session, holdingTheStack, prepareToLook } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { up } from "../../embedded/engine/update";
import { type ToyPlan, cloudObjects, discard, needsEngine, toyCheckout, toyProgram, toySession } from "../support/toy";

/** A pack whose one rule forbids a note, and that writes verdicts as ours does. */
function installPack(files: StackFiles): string {
  const host = join(files.home, "plugins", "analyzer-policy-nodejs-v1.0.0");
  const pack = join(files.checkout, "policies");
  for (const folder of [host, pack]) mkdirSync(folder, { recursive: true });
  const main = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
  writeFileSync(join(host, "pulumi-analyzer-policy-nodejs"), script, { mode: 0o755 });
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\nversion: 0.0.1\n");
  writeFileSync(join(pack, "package.json"), '{"name":"toy-pack","version":"0.0.1","main":"index.js"}');
  writeFileSync(
    join(pack, "index.js"),
    `const { PolicyPack } = require(${JSON.stringify(require.resolve("@pulumi/policy"))});
     const objects = [];
     new PolicyPack("toy", { policies: [{
       name: "no-notes", description: "No notes.", enforcementLevel: "mandatory",
       validateResource: (args, report) => {
         const bad = args.props.note === "forbidden";
         objects.push({ urn: args.urn, verdict: bad ? "violated" : "passed", kind: args.type, name: args.name,
           violations: [], undecided: [], unchecked: [], waived: [], judged: [] });
         if (process.env.KEELSON_VERDICTS)
           require("fs").writeFileSync(process.env.KEELSON_VERDICTS, JSON.stringify({ objects, stack: { violations: [] } }));
         if (bad) report("a note is forbidden");
       },
     }] });`,
  );
  return pack;
}

describe("the policy pack in a run of the engine", () => {
  let files: StackFiles;
  let pack: string;
  before(needsEngine);
  beforeEach(() => {
    files = toyCheckout();
    pack = installPack(files);
  });
  afterEach(() => discard(files));

  const session = (things: ToyPlan["things"]): Session => ({ ...toySession(files, toyProgram({ things })), pack });

  it("judges a plan: violations are its result, every resource has a verdict", async () => {
    const bad = session({ bad: { note: "forbidden" }, good: {} });
    await prepareToLook(bad);
    const found = await plan(bad);
    assert.equal(mandatory(found), 1);
    assert.deepEqual(
      found.violations.map(({ policy, urn }) => [policy, urn.split("::").at(-1)]),
      [["no-notes", "bad"]],
    );
    const verdicts = Object.values(found.verdicts).map(({ name, verdict }) => `${name}: ${verdict}`);
    assert.deepEqual(verdicts.sort(), ["bad: violated", "good: passed", "keelson-dev: passed"]);
    assert.equal(Object.keys(found.verdicts).length, found.resources.length);
  });

  it("stops `up` before anything exists", async () => {
    const bad = session({ bad: { note: "forbidden" }, good: {} });
    await assert.rejects(
      holdingTheStack(bad, () => up(bad)),
      PolicyRefused,
    );
    assert.deepEqual(cloudObjects(files), []);
  });

  it("lets a clean stack pass and changes it", async () => {
    const good = session({ good: {} });
    const { changes, plan: found } = await holdingTheStack(good, () => up(good));
    assert.deepEqual(changes, { create: 2 });
    assert.equal(found.verdicts["urn:pulumi:dev::keelson::toy:index:Thing::good"]?.verdict, "passed");
  });

  it("does not hide an error of the program behind its violations", async () => {
    const program = toyProgram({ things: { bad: { note: "forbidden" } } });
    const failing = {
      ...session({}),
      program: async () => {
        await program();
        throw new Error("the program gives up");
      },
    };
    await assert.rejects(
      holdingTheStack(failing, () => up(failing)),
      (error: unknown) => error instanceof RunFailed && error.failures.some(({ message }) => /gives up/.test(message)),
    );
  });

  it("that does not start fails the run instead of judging nothing", async () => {
    writeFileSync(join(pack, "index.js"), "throw new Error('broken pack')");
    const good = session({ good: {} });
    await assert.rejects(
      holdingTheStack(good, () => up(good)),
      RunFailed,
    );
    assert.deepEqual(cloudObjects(files), []);
  });
});
