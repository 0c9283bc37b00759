/** Both systems on AKS behind Kong, from nothing to nothing, on the real engine and API server over the stand-in Azure. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { removeControlPlane } from "../../embedded/plane/control-plane";
import { pendingOperations, readResources } from "../../embedded/engine/state";
import { objectId } from "../../graph/manifest";
import { type Compiled, PAYMENTS_DEV, SHOP_AKS } from "../objects/stacks";
import { Checkout, type Ended } from "../support/checkout";
import { lacking } from "../support/difference";
import { appliedBy, cloudObjects, everything, locksOf, processesOf, readiness, recorded, stateOf } from "./observation";

const PULUMI = /^pulumi-kubernetes/;

for (const stack of [PAYMENTS_DEV, SHOP_AKS]) describe(`${stack.name}, on AKS behind Kong`, () => runThrough(stack));

function runThrough({ name, settings, objects }: Compiled): void {
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await removeControlPlane(files().root);
    checkout.remove();
  });

  const files = () => checkout.files(name);
  const keelson = async (...argv: readonly string[]): Promise<Ended> => {
    const ended = await checkout.keelson(...argv, "-s", name);
    assert.equal(ended.code, 0, ended.notes);
    return ended;
  };

  it("comes up, everything that is observed is ready, and Azure has one object for each resource", async () => {
    const { out } = await keelson("up");
    assert.ok(out.includes(`https://${settings.edge.host}`), out);
    const { kinds, unready } = readiness(await everything(files()));
    for (const kind of ["Deployment", "Job", "Namespace", "Pod", "StatefulSet"]) assert.ok(kinds.includes(kind), kind);
    assert.deepEqual(unready, []);
    const live = (await cloudObjects(files())).filter(({ owner, status }) => owner === "engine" && status === "live");
    const wanted = recorded(files()).filter(({ type }) => type.startsWith("azure-native:"));
    assert.deepEqual(live.map(({ urn }) => urn).toSorted(), wanted.map(({ urn }) => urn).toSorted());
    assert.ok(wanted.length > 60 && recorded(files()).every(({ type }) => !type.startsWith("aws:")));
    assert.deepEqual([...processesOf(files()), ...locksOf(files()), ...pendingOperations(stateOf(files()))], []);
  });

  it("has in the API server what was planned, field by field, Cilium's policies included", async () => {
    const byId = new Map((await everything(files())).map((each) => [objectId(each), each]));
    const found = objects.flatMap(({ manifest }) =>
      lacking({ ...manifest }, byId.get(objectId(manifest)), objectId(manifest)),
    );
    assert.ok(objects.some(({ manifest }) => manifest.kind === "CiliumNetworkPolicy"));
    assert.deepEqual(found, []);
  });

  it("spreads nodes over zones that are named as AKS labels them", async () => {
    const nodes = (await everything(files())).filter(({ kind }) => kind === "Node");
    const zones = nodes.map(({ metadata }) => metadata.labels?.["topology.kubernetes.io/zone"]);
    assert.deepEqual([...new Set(zones)].toSorted(), ["westeurope-1", "westeurope-2", "westeurope-3"]);
  });

  it("violates nothing once every value is known, and changes nothing the second time", async () => {
    assert.match((await keelson("plan", "--strict")).out, /^violations: none$/m);
    assert.match((await keelson("up")).out, /^0 changes: \d+ resources are as they should be/m);
  });

  it("goes, and leaves only a vault and keys that Azure keeps for a while", async () => {
    await checkout.engine(name, "destroy");
    const left = (await cloudObjects(files())).filter(({ owner }) => owner !== "bootstrap");
    assert.deepEqual([...new Set(left.map(({ type, status }) => `${type} ${status}`))].toSorted(), [
      "azure-native:keyvault:Key pendingDeletion",
      "azure-native:keyvault:Vault pendingDeletion",
    ]);
    assert.deepEqual(appliedBy(PULUMI, await everything(files())), []);
    assert.deepEqual(readResources(stateOf(files())), []);
    await keelson("down");
    assert.equal(existsSync(files().root), false);
    assert.deepEqual(processesOf(files()), []);
  });
}
