import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { controlPlaneStatus, removeControlPlane } from "../../embedded/plane/control-plane";
import { isFree, portsFrom } from "../../embedded/plane/ports";
import type { ProcessId } from "../../embedded/process/identity";
import { pendingOperations, readResources } from "../../embedded/engine/state";
import { objectId } from "../../graph/manifest";
import { Checkout, type Ended, type Running } from "../support/checkout";
import { lacking } from "../support/difference";
import { DEV } from "../objects/stacks";
import {
  appliedBy,
  cloudObjects,
  everything,
  locksOf,
  onServer,
  processesOf,
  readiness,
  recorded,
  stateOf,
} from "./observation";

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const PULUMI = /^pulumi-kubernetes/;

describe("shop dev, from nothing to nothing", function () {
  this.timeout(600_000);
  this.bail(true);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await removeControlPlane(files().root);
    checkout.remove();
  });

  const files = () => checkout.files("dev");
  const done = (ended: Ended): Ended => {
    assert.equal(ended.code, 0, ended.notes);
    return ended;
  };
  const up = async (): Promise<Ended> => done(await checkout.keelson("up", "-s", "dev"));
  const cloudUrns = async (): Promise<readonly string[]> =>
    (await cloudObjects(files()))
      .filter(({ owner, status }) => owner === "engine" && status === "live")
      .map(({ urn }) => urn)
      .toSorted();

  /** The state, the cloud and the machine after a run that ended well, whatever came before it. */
  async function settled(): Promise<void> {
    const aws = recorded(files()).filter(({ type }) => type.startsWith("aws:"));
    assert.deepEqual(await cloudUrns(), aws.map(({ urn }) => urn).toSorted(), "exactly one cloud object per URN");
    const applied = recorded(files()).filter(({ type }) => type.startsWith("kubernetes:"));
    assert.deepEqual(
      appliedBy(PULUMI, await everything(files())).length,
      applied.length,
      "exactly one object in the API server per URN",
    );
    assert.deepEqual(pendingOperations(stateOf(files())), []);
    assert.deepEqual(processesOf(files()), [], "no engine and no plugin is left");
    assert.deepEqual(locksOf(files()), []);
  }

  /** Waits for a moment of the run; a run that is over before it came was too fast for the test. */
  async function until(run: Running, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      assert.ok(!run.isOver, `the run ended before ${what}:\n${run.notes}\n${run.out}`);
      await pause(40);
    }
  }

  const stateSize = (): number => {
    try {
      return readResources(stateOf(files())).length;
    } catch {
      return 0; // not there yet
    }
  };
  const grown = (run: Running, by: number): Promise<void> => {
    const before = stateSize();
    return until(run, `${by} more resources`, () => stateSize() >= before + by);
  };
  const engineOf = (): number => (JSON.parse(readFileSync(files().engine, "utf8")) as ProcessId).pid;

  it("comes up, and everything that is observed is ready", async () => {
    const { out } = await up();
    assert.match(out, /url +https:\/\/api\.dev\.example\.com/);
    const { kinds, unready } = readiness(await everything(files()));
    const expected = ["Deployment", "Gateway", "Job", "Namespace", "Pod", "StatefulSet"];
    assert.deepEqual(kinds, expected);
    assert.deepEqual(unready, []);
    await settled();
  });

  it("has in the API server what was planned, field by field, and nothing else of Pulumi's", async () => {
    const live = await everything(files());
    const byId = new Map(live.map((each) => [objectId(each), each]));
    const found = DEV.objects.flatMap(({ manifest }) =>
      lacking({ ...manifest }, byId.get(objectId(manifest)), objectId(manifest)),
    );
    assert.ok(DEV.objects.length > 60);
    assert.deepEqual(found, []);
    const planned = new Set(DEV.objects.map(({ manifest }) => objectId(manifest)));
    const others = appliedBy(PULUMI, live).filter((id) => !planned.has(id) && !id.startsWith("v1/Secret "));
    assert.deepEqual(others, ["storage.k8s.io/v1/StorageClass gp3"]);
  });

  it("changes nothing the second time, and a refresh finds nothing", async () => {
    assert.match((await up()).out, /^0 changes: \d+ resources are as they should be/m);
    const found = await checkout.engine("dev", "refresh");
    assert.deepEqual(Object.keys(found), ["same"]);
  });

  it("brings back what was deleted behind the engine's back", async () => {
    const lost = DEV.objects
      .map(({ manifest }) => manifest)
      .filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "user");
    const [victim] = lost;
    assert.ok(victim !== undefined);
    assert.equal(await onServer(files(), (api) => api.remove(victim)), true);
    assert.equal((await checkout.engine("dev", "refresh"))["delete"], 1);
    assert.match((await up()).out, /^done: create 1,/m);
    assert.deepEqual(readiness(await everything(files())).unready, []);
    await settled();
  });

  it("goes, and the account holds only what it held before, and keys that only begin to go", async () => {
    await checkout.engine("dev", "destroy");
    const left = await cloudObjects(files());
    assert.deepEqual(
      left
        .filter(({ owner, status }) => owner !== "bootstrap" && status === "live")
        .map(({ urn, type }) => urn || type),
      [],
    );
    const going = left.filter(({ status }) => status === "pendingDeletion").map(({ type }) => type);
    assert.deepEqual([...new Set(going)], ["aws:kms/key:Key"]);
    assert.deepEqual(appliedBy(PULUMI, await everything(files())), []);
    assert.deepEqual(readResources(stateOf(files())), []);
  });

  it("cut off by kill -9 of the engine, and again by kill -9 of all of it, goes on with one object per URN", async () => {
    const first = checkout.start("up", "-s", "dev");
    await grown(first, 40);
    process.kill(engineOf(), "SIGKILL");
    assert.equal((await first.ended).code, 1);
    assert.deepEqual(processesOf(files()), []);
    let cutOff = 0;
    for (let tries = 4; tries > 0 && cutOff === 0; tries -= 1) cutOff = await cutOffInside(25);
    assert.ok(cutOff > 0, "or each time it was cut off between two operations");
  });

  /** Kills keelson and its engine in the midst of an operation; returns how many had begun. A kill may come too late. */
  async function cutOffInside(by: number): Promise<number> {
    const run = checkout.start("up", "-s", "dev");
    await grown(run, by);
    const engine = engineOf();
    for (let looks = 2_000; looks > 0 && pendingOperations(stateOf(files())).length === 0; looks -= 1)
      await new Promise((done) => setTimeout(done, 2));
    process.kill(engine, "SIGKILL");
    run.child.kill("SIGKILL");
    await run.ended;
    return pendingOperations(stateOf(files())).length;
  }

  it("stopped by Ctrl-C finishes what it has begun and says how to go on", async () => {
    const run = checkout.start("up", "-s", "dev");
    await grown(run, 15);
    run.child.kill("SIGINT");
    const { code, notes } = await run.ended;
    assert.equal(code, 6, notes);
    assert.match(notes.replace(/\s+/g, " "), /run `keelson up -s dev` again/);
    assert.deepEqual(pendingOperations(stateOf(files())), []);
    assert.deepEqual(processesOf(files()), []);
  });

  it("that loses its control plane says so, with what mends it", async () => {
    const run = checkout.start("up", "-s", "dev");
    await grown(run, 15);
    const { processes } = await controlPlaneStatus(files().root);
    const server = processes.find(({ name }) => name === "kube-apiserver");
    process.kill(server?.pid ?? assert.fail("no API server"), "SIGKILL");
    const { code, notes } = await run.ended;
    assert.equal(code, 1, notes);
    const words = notes.replace(/\s+/g, " "); // long lines are broken for a terminal
    assert.match(words, /the control plane: kube-apiserver process \d+ ended during the run; its log is /);
    assert.match(words, /run `keelson up -s dev` again/);
  });

  it("after all of that converges: one object per URN, nothing pending, nothing left running, nothing to do", async () => {
    await up();
    await settled();
    assert.deepEqual(readiness(await everything(files())).unready, []);
    assert.match((await up()).out, /^0 changes: /m);
  });

  it("taken down leaves no file, no process and no port", async () => {
    const { out } = done(await checkout.keelson("down", "-s", "dev"));
    assert.match(out, /^removed \d+ resources of dev$/m);
    assert.deepEqual(await controlPlaneStatus(files().root), { state: "none", processes: [] });
    assert.deepEqual(processesOf(files()), []);
    const free = await Promise.all((Object.values(portsFrom(checkout.port)) as number[]).map(isFree));
    assert.ok(free.every((each) => each));
    assert.match((await checkout.keelson("down", "-s", "dev")).out, /nothing of dev is here/);
  });
});
