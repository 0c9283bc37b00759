import assert from "node:assert/strict";
import { type Impact, impacts } from "../../embedded/engine/impact";
import { type Step, type StepState, touched } from "../../embedded/engine/touched";
import { UNKNOWN } from "../../embedded/standin/values";

const urn = (type: string, name: string): string => `urn:pulumi:dev::keelson::${type}::${name}`;

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const DATABASE = "aws:rds/instance:Instance";
const KEY = "aws:kms/key:Key";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

interface Change {
  readonly type: string;
  readonly name: string;
  readonly op: string;
  readonly diff?: Readonly<Record<string, string>>;
  readonly inputs?: StepState["inputs"];
  readonly from?: StepState["propertyDependencies"];
  readonly more?: Partial<StepState>;
  readonly reasons?: readonly string[];
}

function step({ type, name, op, diff = {}, inputs = {}, from = {}, more = {}, reasons = [] }: Change): Step {
  const state = { type, inputs, propertyDependencies: from, ...more };
  return {
    op,
    urn: urn(type, name),
    ...(op !== "create" && { oldState: { ...state, id: `id-of-${name}` } }),
    ...(op !== "delete" && { newState: state }),
    detailedDiff: Object.fromEntries(Object.entries(diff).map(([path, kind]) => [path, { kind }])),
    replaceReasons: reasons,
  };
}

/** The three steps with which the engine describes a replacement. */
const replaced = (change: Omit<Change, "op">): readonly Step[] =>
  ["create-replacement", "replace", "delete-replaced"].map((op) => step({ ...change, op }));

const judged = (...steps: readonly Step[]): ReadonlyMap<string, Impact> =>
  new Map(impacts(touched(steps)).map((each) => [each.name, each]));

describe("the impact of a change", () => {
  it("is none for what stays, and none on what is new", () => {
    const found = judged(step({ type: VPC, name: "a", op: "same" }), step({ type: VPC, name: "b", op: "create" }));
    assert.deepEqual([found.get("a")?.kind, found.get("b")?.kind], ["no-op", "create"]);
  });

  it("is in place, or rolling where pods or nodes are changed one after another", () => {
    const found = judged(
      step({ type: VPC, name: "network", op: "update", diff: { "tags.team": "update" } }),
      step({
        type: DEPLOYMENT,
        name: "order",
        op: "update",
        diff: { "spec.template.spec.containers[0].image": "update" },
      }),
      step({ type: DEPLOYMENT, name: "scaled", op: "update", diff: { "spec.replicas": "update" } }),
      step({ type: DEPLOYMENT, name: "alike", op: "update", diff: { "spec.templates": "update" } }),
    );
    assert.deepEqual(
      ["network", "order", "scaled", "alike"].map((name) => found.get(name)?.kind),
      ["in place", "rolling", "in place", "in place"],
    );
  });

  it("of a replacement without data is told with the property at its root", () => {
    const found = judged(...replaced({ type: VPC, name: "network", diff: { cidrBlock: "update-replace" } })).get(
      "network",
    );
    assert.equal(found?.kind, "replace");
    assert.deepEqual(found?.root, { urn: urn(VPC, "network"), property: "cidrBlock", cause: "changed" });
  });

  it("follows an unknown value along property dependencies to the property that changed", () => {
    const found = judged(
      ...replaced({ type: VPC, name: "network", diff: { "tags.a": "update", cidrBlock: "update-replace" } }),
      ...replaced({
        type: SUBNET,
        name: "zone-a",
        diff: { vpcId: "update-replace" },
        inputs: { vpcId: UNKNOWN },
        from: { vpcId: [urn(VPC, "network")] },
      }),
      ...replaced({
        type: DATABASE,
        name: "orders",
        diff: { dbSubnetGroupName: "update-replace" },
        inputs: { dbSubnetGroupName: UNKNOWN },
        from: { dbSubnetGroupName: [urn(SUBNET, "zone-a")] },
      }),
    );
    const root = { urn: urn(VPC, "network"), property: "cidrBlock", cause: "changed" };
    assert.deepEqual([found.get("zone-a")?.kind, found.get("zone-a")?.root], ["replace", root]);
    assert.deepEqual([found.get("orders")?.kind, found.get("orders")?.root], ["replace with data loss", root]);
  });

  it("is only feared where the value at the root is not known before `up`", () => {
    const sources = { vpcId: [urn(VPC, "network")] };
    const subnet = { type: SUBNET, name: "a", diff: { vpcId: "update-replace" }, inputs: { vpcId: UNKNOWN } };
    const updated = judged(
      step({ type: VPC, name: "network", op: "update", diff: { "tags.a": "update" } }),
      ...replaced({ ...subnet, from: sources }),
    ).get("a");
    assert.equal(updated?.kind, "replace because a value is unknown");
    assert.deepEqual(updated?.root, { urn: urn(VPC, "network"), property: "tags.a", cause: "unknown" });
    const fresh = judged(step({ type: VPC, name: "network", op: "create" }), ...replaced({ ...subnet, from: sources }));
    assert.deepEqual(fresh.get("a")?.root, { urn: urn(SUBNET, "a"), property: "vpcId", cause: "unknown" });
  });

  it("is a loss of data where a value that is unknown would replace what holds data", () => {
    const found = judged(
      ...replaced({
        type: DATABASE,
        name: "orders",
        diff: { kmsKeyId: "update-replace" },
        inputs: { kmsKeyId: UNKNOWN },
      }),
    ).get("orders");
    assert.equal(found?.kind, "replace with data loss");
    assert.equal(found?.root?.cause, "unknown");
    assert.deepEqual([found?.loses, found?.id], ["its databases", "id-of-orders"]);
  });

  it("has for its root what changed before what is only unknown, and the same each time", () => {
    const diff = { a: "update-replace", "z.b": "update-replace", y: "update-replace", q: "update" };
    for (const reasons of [
      ["z", "a", "y"],
      ["a", "y", "z"],
    ]) {
      const found = judged(...replaced({ type: VPC, name: "network", diff, reasons, inputs: { a: UNKNOWN } }));
      assert.equal(found.get("network")?.root?.property, "y");
    }
  });

  it("of what goes with a replaced provider has that provider's root", () => {
    const provider = "pulumi:providers:kubernetes";
    const cluster = replaced({ type: provider, name: "cluster", diff: { kubeconfig: "update-replace" } });
    const more = { provider: `${urn(provider, "cluster")}::some-id` };
    const found = judged(
      ...cluster,
      ...replaced({ type: "kubernetes:postgresql.cnpg.io/v1:Cluster", name: "cache", more }),
    );
    assert.equal(found.get("cluster")?.kind, "replace");
    assert.equal(found.get("cache")?.kind, "replace with data loss");
    assert.equal(found.get("cache")?.root?.property, "kubeconfig");
  });

  it("ends at resources that point at each other, and at a replacement on request", () => {
    const [a, b] = [urn(VPC, "a"), urn(VPC, "b")];
    const open = { diff: { x: "update-replace" }, inputs: { x: UNKNOWN } };
    const found = judged(
      ...replaced({ type: VPC, name: "a", ...open, from: { x: [b] } }),
      ...replaced({ type: VPC, name: "b", ...open, from: { x: [a] } }),
      ...replaced({ type: VPC, name: "asked" }),
    );
    assert.equal(found.get("a")?.root?.cause, "unknown");
    assert.equal(found.get("asked")?.root?.property, "(request)");
  });

  it("of a deletion is a loss where data are held, by type or because the program protects it", () => {
    const found = judged(
      step({ type: KEY, name: "key", op: "delete" }),
      step({ type: VPC, name: "network", op: "delete" }),
      step({ type: VPC, name: "held", op: "delete", more: { retainOnDelete: true } }),
      step({ type: "keelson:data:Store", name: "shell", op: "delete", more: { protect: true } }),
    );
    assert.deepEqual(
      ["key", "network", "held", "shell"].map((name) => found.get(name)?.kind),
      ["delete with data loss", "delete", "delete with data loss", "delete"],
    );
    assert.deepEqual(found.get("key")?.root, { urn: urn(KEY, "key"), property: "(deletion)", cause: "changed" });
  });

  it("of a StatefulSet is a loss only where its pods claim volumes", () => {
    const set = { type: "kubernetes:apps/v1:StatefulSet", op: "delete" };
    const claims = { spec: { volumeClaimTemplates: [{ metadata: { name: "data" } }] } };
    const found = judged(
      step({ ...set, name: "kept", inputs: claims }),
      step({ ...set, name: "cache", inputs: { spec: {} } }),
    );
    assert.deepEqual(
      ["kept", "cache"].map((name) => found.get(name)?.kind),
      ["delete with data loss", "delete"],
    );
  });

  it("knows a Kubernetes object by its uid: the next of the name is another", () => {
    const more = { outputs: { metadata: { uid: "0a1b" } } };
    const found = judged(step({ type: "kubernetes:core/v1:PersistentVolumeClaim", name: "cache", op: "delete", more }));
    assert.equal(found.get("cache")?.id, "0a1b");
  });

  it("carries no value, only paths", () => {
    const inputs = { password: "canary-7f3a9c", tags: { note: "canary-7f3a9c" } };
    const diff = { password: "update-replace", "tags.note": "update" };
    const steps = replaced({ type: DATABASE, name: "orders", diff, inputs });
    assert.equal(JSON.stringify([touched(steps), impacts(touched(steps))]).includes("canary"), false);
  });
});
