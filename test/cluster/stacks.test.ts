/**
 * Every stack of the repository comes up from nothing, whatever its cloud and edge: what is observed is ready, the API server
 * holds what was planned, a second `up` finds nothing to change, and `down` leaves nothing. Some are
 * followed further in files of their own.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ownedBy } from "../../components/delivery/owned";
import { controlPlaneStatus, removeControlPlane } from "../../embedded/plane/control-plane";
import { pendingOperations } from "../../embedded/engine/state";
import { objectId } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { type Settings } from "../../stacks/schema";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";
import { Checkout, type Ended } from "../support/checkout";
import { lacking } from "../support/difference";
import { appliedBy, cloudObjects, everything, locksOf, processesOf, readiness, recorded, stateOf } from "./observation";

/** Stacks that are followed from nothing to nothing, and further, in a file of their own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  dev: "shop.test.ts",
  prod: "shop-prod.test.ts",
  "payments-dev": "aks.test.ts",
  "shop-aks": "aks.test.ts",
};

const STACKS = stackNames(ROOT).filter((name) => !existsSync(join(ROOT, "test", "cluster", ELSEWHERE[name] ?? "none")));

/** Rules that keep data: giving it up in production takes a waiver of each. */
const KEEPERS = [
  "cloud-balancer-deletion-protected",
  "cloud-s3-no-force-destroy",
  "resilience-cluster-deletion-protected",
  "resilience-protect-stateful",
];

const done = (ended: Ended): Ended => {
  assert.equal(ended.code, 0, ended.notes);
  return ended;
};

const pause = (ms: number): Promise<void> => new Promise((over) => setTimeout(over, ms));

const placeOf = ({ provider, edge }: Settings): string => `${provider} behind ${edge.kind}`;

for (const name of STACKS) {
  const settings = readStackFile(ROOT, name);

  describe(`${name}, on ${placeOf(settings)}`, function () {
    this.timeout(900_000);
    this.bail(true);
    let checkout: Checkout;
    before(async () => (checkout = await Checkout.make()));
    after(async () => {
      await removeControlPlane(files().root); // `down` refuses while a test that failed left it protected
      checkout.remove();
    });

    const files = () => checkout.files(name);
    const up = async (): Promise<Ended> => done(await checkout.keelson("up", "-s", name));
    const planned = stackObjects(compileStack(settings), settings);

    /** Nobody waits for what Argo CD applied: it gets a minute to become ready, as after any sync. */
    const settled = async (
      tries = settings.delivery.by === "argocd" ? 60 : 0,
    ): Promise<ReturnType<typeof readiness>> => {
      const found = readiness(await everything(files()));
      if (found.unready.length === 0 || tries === 0) return found;
      await pause(1_000);
      return settled(tries - 1);
    };

    it("comes up from nothing, and everything that is observed is ready", async () => {
      const { out } = await up();
      assert.ok(out.includes(`https://${settings.edge.host}`), out);
      assert.match(out, /^ {2}accepted +without a controller of theirs here: /m);
      const { kinds, unready } = await settled();
      assert.deepEqual(
        ["Deployment", "Gateway", "Job", "Namespace", "Pod", "StatefulSet"].filter((kind) => !kinds.includes(kind)),
        [],
      );
      assert.deepEqual(unready, []);
      assert.deepEqual(pendingOperations(stateOf(files())), []);
      assert.deepEqual([...processesOf(files()), ...locksOf(files())], []);
    });

    it("has one object in the cloud for each resource, and no other", async () => {
      const urns = (await cloudObjects(files())).filter(({ owner, status }) => owner === "engine" && status === "live");
      const own = recorded(files()).filter(({ type }) => /^(aws|azure-native):/.test(type));
      assert.ok(own.length > 30);
      assert.deepEqual(urns.map(({ urn }) => urn).toSorted(), own.map(({ urn }) => urn).toSorted());
    });

    it("has in the API server what was planned, field by field, each by its owner", async () => {
      const live = await everything(files());
      const byId = new Map(live.map((each) => [objectId(each), each]));
      const found = planned.flatMap(({ manifest }) =>
        lacking({ ...manifest }, byId.get(objectId(manifest)), objectId(manifest)),
      );
      assert.ok(planned.length > 100);
      assert.deepEqual(found, []);
      const delivered = new Set(ownedBy("delivery", planned).map(({ manifest }) => objectId(manifest)));
      assert.deepEqual(
        appliedBy(/^pulumi-kubernetes/, live).filter((id) => delivered.has(id)),
        [],
      );
    });

    it("changes nothing the second time", async () => {
      assert.match((await up()).out, /^0 changes: \d+ resources are as they should be/m);
    });

    it("taken down leaves no object, no file and no process", async () => {
      if (settings.protection.mode === "retain") await release();
      assert.match(
        done(await checkout.keelson("down", "-s", name)).out,
        new RegExp(`^removed \\d+ resources of ${name}$`, "m"),
      );
      assert.equal(existsSync(files().root), false);
      assert.deepEqual(await controlPlaneStatus(files().root), { state: "none", processes: [] });
      assert.deepEqual(processesOf(files()), []);
    });

    /** What keeps its data is first told to give it up, by its settings and by whoever answers for the rules. */
    async function release(): Promise<void> {
      const given = `  keelson:protection: { mode: disposable, loses: "everything: this is a test", confirms: ${name} }\n`;
      checkout.edit(name, (text) => text + given);
      checkout.waive(...KEEPERS.map((rule) => ({ rule, object: "*", stacks: [name], standing: true })));
      await up();
    }
  });
}
