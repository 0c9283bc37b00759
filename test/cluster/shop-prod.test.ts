import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { ownedBy } from "../../components/delivery/owned";
import { controlPlaneStatus, removeControlPlane } from "../../embedded/plane/control-plane";
import { pendingOperations, readResources } from "../../embedded/engine/state";
import { objectId } from "../../graph/manifest";
import { PROD } from "../objects/stacks";
import { Checkout, type Ended } from "../support/checkout";
import { lacking } from "../support/difference";
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

const DISPOSABLE = '  keelson:protection: { mode: disposable, loses: "everything: this is a test", confirms: prod }\n';

/** The rules that keep data: giving it up in production takes a waiver of each. */
const KEEPERS = [
  "cloud-balancer-deletion-protected",
  "cloud-rds-deletion-protected",
  "cloud-rds-final-snapshot",
  "cloud-s3-no-force-destroy",
  "resilience-cluster-deletion-protected",
  "resilience-protect-stateful",
];

describe("shop prod, delivered by Argo CD", function () {
  this.timeout(600_000);
  this.bail(true);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await removeControlPlane(files().root); // `down` refuses while a test that failed left it protected
    checkout.remove();
  });

  const files = () => checkout.files("prod");
  const done = (ended: Ended): Ended => {
    assert.equal(ended.code, 0, ended.notes);
    return ended;
  };
  const up = async (): Promise<Ended> => done(await checkout.keelson("up", "-s", "prod"));
  /** Nobody waits for what Argo CD applied: it gets a minute to become ready, as after any sync. */
  const afterSync = async (tries = 60): Promise<ReturnType<typeof readiness>> => {
    const found = readiness(await everything(files()));
    if (found.unready.length === 0 || tries === 0) return found;
    await new Promise((done) => setTimeout(done, 1000));
    return afterSync(tries - 1);
  };
  const differences = async (owner: "pulumi" | "delivery"): Promise<readonly string[]> => {
    const byId = new Map((await everything(files())).map((each) => [objectId(each), each]));
    const wanted = ownedBy(owner, PROD.objects).map(({ manifest }) => manifest);
    assert.ok(wanted.length > 20);
    return wanted.flatMap((each) => lacking({ ...each }, byId.get(objectId(each)), objectId(each)));
  };

  it("comes up from nothing, in an account with its zone and roles, and everything that is observed is ready", async () => {
    const { out } = await up();
    assert.match(out, /played .*argocd-application-controller/);
    const { kinds, unready } = await afterSync();
    assert.deepEqual(kinds, ["Deployment", "Gateway", "Job", "Namespace", "Pod"]);
    assert.deepEqual(unready, []);
    assert.deepEqual(pendingOperations(stateOf(files())), []);
    assert.deepEqual([...processesOf(files()), ...locksOf(files())], []);
    const zones = (await cloudObjects(files())).filter(({ type }) => type === "aws:route53/zone:Zone");
    assert.deepEqual(
      zones.map(({ owner }) => owner).toSorted(),
      ["bootstrap", "engine"],
      "adopted, and the stores' own",
    );
  });

  it("has in the API server what Argo CD delivers, field by field, and Pulumi applied none of it", async () => {
    assert.deepEqual(await differences("delivery"), []);
    const delivered = new Set(ownedBy("delivery", PROD.objects).map(({ manifest }) => objectId(manifest)));
    const live = await everything(files());
    const byPulumi = appliedBy(/^pulumi-kubernetes/, live).filter((id) => delivered.has(id));
    assert.deepEqual(byPulumi, []);
    assert.deepEqual(
      appliedBy(/^argocd-controller$/, live).filter((id) => !delivered.has(id)),
      [],
    );
  });

  it("has in the API server what Pulumi applies, field by field", async () => {
    assert.deepEqual(await differences("pulumi"), []);
  });

  it("changes nothing the second time, and a refresh finds nothing", async () => {
    assert.match((await up()).out, /^0 changes: \d+ resources are as they should be/m);
    assert.deepEqual(Object.keys(await checkout.engine("prod", "refresh")), ["same"]);
  });

  it("gets back what was deleted behind Argo CD's back, although Pulumi has nothing to change", async () => {
    const [victim] = ownedBy("delivery", PROD.objects).filter(({ manifest }) => manifest.kind === "Deployment");
    const { manifest } = victim ?? assert.fail("no Deployment");
    assert.equal(await onServer(files(), (api) => api.remove(manifest)), true);
    assert.match((await up()).out, /^0 changes: /m);
    assert.deepEqual(await differences("delivery"), []);
  });

  it("is not taken down while it is protected: each resource is named with what releases it, and nothing is deleted", async () => {
    const held = readResources(stateOf(files())).filter(({ protect, custom }) => protect === true && custom === true);
    const before = (await cloudObjects(files())).length;
    const { code, notes } = await checkout.keelson("down", "-s", "prod");
    assert.equal(code, 4, notes);
    assert.ok(held.some(({ type }) => type === "aws:rds/instance:Instance"));
    for (const { urn, type } of held)
      assert.ok(notes.includes(`${type} ${urn.slice(urn.lastIndexOf("::") + 2)}\n`), `${urn} is not named`);
    assert.match(notes, /mend .*Pulumi\.prod\.yaml set keelson:protection to \{ mode: disposable, .*confirms: prod \}/);
    assert.equal((await cloudObjects(files())).length, before);
    assert.equal(recorded(files()).length > 200, true);
    assert.equal((await controlPlaneStatus(files().root)).state, "running");
  });

  it("goes whole once the setting releases it", async () => {
    checkout.edit("prod", (text) => text + DISPOSABLE);
    const refused = await checkout.keelson("up", "-s", "prod");
    assert.equal(refused.code, 3, "the pack must agree too");
    checkout.waive(...KEEPERS.map((rule) => ({ rule, object: "*", stacks: ["prod"], standing: true })));
    await up();
    const { out } = done(await checkout.keelson("down", "-s", "prod"));
    assert.match(out, /^removed \d+ resources of prod$/m);
    assert.equal(existsSync(files().root), false);
    assert.deepEqual(processesOf(files()), []);
  });
});
