import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { noteForsaken, removeForsaken } from "../../embedded/engine/forsaken";
import { type PendingOperation, type StateResource } from "../../embedded/engine/state";
import { fieldManager } from "../../embedded/standin/kubernetes/naming";
import { textAt } from "../../embedded/standin/kubernetes/fields";
import { discard } from "../support/toy";
import { standinCheckout } from "../support/standin-session";
import { runningControlPlane } from "./kubernetes-plane";
import { TestStack } from "./kubernetes-stack";

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const urnOf = (name: string): string => `urn:pulumi:dev::keelson::kubernetes:core/v1:ConfigMap::${name}`;

describe("an object that a dead run had begun to create", function () {
  this.timeout(120_000);
  const files = standinCheckout();
  let stack: TestStack;
  before(async () => {
    const plane = await runningControlPlane();
    stack = new TestStack(plane);
    mkdirSync(files.root, { recursive: true });
    copyFileSync(plane, files.controlPlane);
  });
  after(() => {
    stack.remove();
    discard(files);
  });

  const metadata = (name: string) => ({ name, namespace: "default" });
  const make = (name: string, manager: string) =>
    stack.client.apply({ ...CONFIG_MAP, metadata: metadata(name), data: { a: "1" } }, { fieldManager: manager });
  const pending = (name: string): PendingOperation => {
    const inputs = { ...CONFIG_MAP, metadata: metadata(name) };
    return { type: "creating", resource: { urn: urnOf(name), type: "kubernetes:core/v1:ConfigMap", inputs } };
  };
  const exists = async (name: string): Promise<boolean> =>
    (await stack.client.get({ ...CONFIG_MAP, ...metadata(name) })) !== undefined;

  it("goes when no state knows it; what somebody else made or the state knows stays", async () => {
    await make("lost", fieldManager(urnOf("lost"), {}));
    await make("theirs", "somebody");
    const known = await make("known", fieldManager(urnOf("known"), {}));
    noteForsaken(files, ["lost", "theirs", "known", "never-made"].map(pending));
    const outputs = { metadata: { uid: textAt(known, "metadata", "uid") } };
    const state: StateResource = { urn: urnOf("known"), type: "kubernetes:core/v1:ConfigMap", outputs };
    await removeForsaken(files, [state]);
    assert.deepEqual(await Promise.all(["lost", "theirs", "known"].map(exists)), [false, true, true]);
    assert.equal(existsSync(files.forsaken), false);
  });

  it("stays noted while the API server cannot be asked", async () => {
    noteForsaken(files, [pending("lost")]);
    const nowhere = { ...files, controlPlane: `${files.controlPlane}-of-nobody` };
    await removeForsaken(nowhere, []);
    assert.equal(existsSync(files.forsaken), true);
    await removeForsaken(files, []);
    assert.equal(existsSync(files.forsaken), false);
  });
});
