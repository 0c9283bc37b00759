import assert from "node:assert/strict";
import { chartOf, finalisersOf, podSpecOf } from "../../components/kubernetes/order";
import { roleOf } from "../../components/kubernetes/object-set";
import type { EngineEvent } from "../../embedded/engine/engine-events";
import { holdingTheStack, type Session } from "../../embedded/engine/session";
import { readResources } from "../../embedded/engine/state";
import { destroy } from "../../embedded/engine/update";
import { removeControlPlane } from "../../embedded/plane/control-plane";
import { peek } from "../../embedded/standin/store";
import { DEV } from "../objects/stacks";
import { Checkout } from "../support/checkout";
import { sessionIn } from "../support/shop-session";
import { cloudObjects, everything, stateOf } from "./observation";

/** One object and the controller that must still be there while the object is. */
interface Pair {
  readonly object: string;
  readonly controller: string;
}

const DRIVER = "addons-aws-ebs-csi-driver";

/** Who cleans up after each object: charts by the program's own table, and for volumes the storage driver. */
const PAIRS: readonly Pair[] = DEV.objects.flatMap(({ manifest }) => {
  const chart = chartOf(manifest);
  const charts = [...(chart === undefined ? [] : [chart]), ...finalisersOf(manifest)];
  const hasVolumes = manifest.kind === "Cluster" || podSpecOf(manifest) !== undefined;
  const controllers = [...charts.map((name) => `${name}-release`), ...(hasVolumes ? [DRIVER] : [])];
  return controllers.map((controller) => ({ object: `objects-${roleOf(manifest)}`, controller }));
});

/** What `keelson plan --json` says of a change. */
interface Shown {
  readonly kind: string;
  readonly root: { readonly urn: string; readonly property: string };
  readonly signed?: boolean;
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

describe("shop dev, once it is up", function () {
  this.timeout(600_000);
  this.bail(true);
  let checkout: Checkout;
  let session: Session;
  const events: EngineEvent[] = [];
  /** Load balancers in the cloud when a controller that drains them began to go. */
  const standing: string[] = [];
  before(async () => {
    checkout = await Checkout.make();
    const { code, notes } = await checkout.keelson("up", "-s", "dev");
    assert.equal(code, 0, notes);
  });
  after(async () => {
    await removeControlPlane(checkout.files("dev").root);
    checkout.remove();
  });

  const played = () =>
    [...peek(session.files.cloud).objects.values()].filter(
      ({ owner, status }) => !["engine", "bootstrap"].includes(owner) && status === "live",
    );

  function note(event: EngineEvent): void {
    events.push(event);
    const isController = event.kind === "begins" && nameOf(event.urn) === "aws-load-balancer-controller-release";
    if (isController) standing.push(...played().map(({ type, id }) => `${type} ${id}`));
  }

  const moment = (kind: "begins" | "done", name: string): number =>
    events.findIndex(
      (event) => event.kind === kind && "urn" in event && event.op === "delete" && nameOf(event.urn) === name,
    );

  const other = (text: string): string => text.replace("organisation: acme", "organisation: other");

  it("is not made anew by a change of a name it is built on: plan and up refuse, and say what would be lost", async () => {
    const objects = async () =>
      (await cloudObjects(checkout.files("dev")))
        .map(({ type, id, properties }) => JSON.stringify([type, id, properties]))
        .toSorted();
    const before = await objects();
    checkout.edit("dev", other);
    const { code, out, notes } = await checkout.keelson("plan", "-s", "dev", "--json");
    assert.equal(code, 4, notes);
    const { resources } = JSON.parse(out) as { resources: readonly { type: string; impact?: Shown }[] };
    const lost = resources.filter(({ impact }) => impact?.kind === "replace with data loss");
    assert.ok(lost.some(({ type }) => type === "aws:s3/bucket:Bucket"));
    for (const { impact } of lost) assert.deepEqual([impact?.root.property, impact?.signed], ["bucket", false]);
    const refused = await checkout.keelson("up", "-s", "dev");
    assert.equal(refused.code, 4, refused.notes);
    assert.match(refused.notes, /nothing was changed, because data would be lost:\n/);
    assert.deepEqual(await objects(), before);
    checkout.edit("dev", (text) => text.replace("organisation: other", "organisation: acme"));
  });

  it("goes, each object and each controller that the program pairs", async () => {
    session = await sessionIn(checkout, "dev");
    await holdingTheStack(session, () => destroy({ ...session, onEvent: note }, () => ""));
    const names = new Set(PAIRS.flatMap(({ object, controller }) => [object, controller]));
    const missing = [...names].filter((name) => moment("begins", name) < 0 || moment("done", name) < 0);
    assert.deepEqual(missing, []);
    const controllers = [...new Set(PAIRS.map(({ controller }) => controller))].toSorted();
    assert.deepEqual(controllers, [
      DRIVER,
      "aws-load-balancer-controller-release",
      "cloudnative-pg-release",
      "external-dns-release",
      "gateway-crds-release",
      "velero-release",
    ]);
  });

  it("removes no controller while an object that it must finalise remains", () => {
    const early = PAIRS.filter(({ object, controller }) => moment("begins", controller) < moment("done", object));
    assert.deepEqual(early, []);
  });

  it("removes the controller of load balancers when none of its own stands in the cloud any more", () => {
    assert.ok(moment("begins", "aws-load-balancer-controller-release") > 0);
    assert.deepEqual(standing, []);
    assert.deepEqual(played(), []);
  });

  it("leaves no volume, no claim and no resource", async () => {
    const live = await everything(session.files);
    const volumes = live.filter(({ kind }) => ["PersistentVolume", "PersistentVolumeClaim"].includes(kind));
    assert.deepEqual(
      volumes.map(({ metadata }) => metadata.name),
      [],
    );
    assert.deepEqual(readResources(stateOf(session.files)), []);
  });
});
