import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ec2 from "@pulumi/aws/ec2";
import * as kms from "@pulumi/aws/kms";
import * as rds from "@pulumi/aws/rds";
import { type CustomResourceOptions } from "@pulumi/pulumi";
import { LOSS_WAIVERS, waiverDraft } from "../../embedded/engine/data-loss";
import { DataLoss, RunFailed } from "../../embedded/engine/failures";
import { type Impact } from "../../embedded/engine/impact";
import { type Plan, plan } from "../../embedded/engine/plan";
import { holdingTheStack, stateOf } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { readResources } from "../../embedded/engine/state";
import { up } from "../../embedded/engine/update";
import { peek } from "../../embedded/standin/store";
import { discard, needsEngine } from "../support/toy";
import { standinCheckout, standinSession } from "../support/standin-session";

interface Wishes {
  readonly range?: string;
  readonly tag?: string;
  /** Name of the network in the program. */
  readonly network?: string;
  readonly multiRegion?: boolean;
  readonly database?: boolean;
  readonly identifier?: string;
  readonly options?: CustomResourceOptions;
}

/** A network, a key, and a database in the one, encrypted with the other. */
const program = (wishes: Wishes) => (): Promise<undefined> => {
  const { range = "10.0.0.0/16", tag = "a", multiRegion = false, database = true, identifier = "orders" } = wishes;
  const vpc = new ec2.Vpc(wishes.network ?? "network", { cidrBlock: range, tags: { team: tag } });
  const zones = ["a", "b"].map((zone, at) => {
    const cidrBlock = range.replace(/0\.0\/16$/, `${at}.0/24`);
    return new ec2.Subnet(`zone-${zone}`, { vpcId: vpc.id, cidrBlock, availabilityZone: `eu-west-1${zone}` });
  });
  const key = new kms.Key("key", { multiRegion, enableKeyRotation: true });
  if (!database) return Promise.resolve(undefined);
  const group = new rds.SubnetGroup("data", { subnetIds: zones.map(({ id }) => id) });
  const settings = { engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, username: "owner" };
  const place = { identifier, dbSubnetGroupName: group.name, kmsKeyId: key.arn, storageEncrypted: true };
  const more = { skipFinalSnapshot: true, manageMasterUserPassword: true };
  new rds.Instance("orders", { ...settings, ...place, ...more }, wishes.options);
  return Promise.resolve(undefined);
};

describe("a change of what exists", function () {
  this.timeout(300_000);
  let files: StackFiles;
  before(needsEngine);
  before(async () => {
    files = standinCheckout();
    await bring({});
  });
  after(() => discard(files));

  const bring = (wishes: Wishes) => {
    const session = standinSession(files, program(wishes));
    return holdingTheStack(session, () => up(session));
  };
  const planned = (wishes: Wishes): Promise<Plan> => plan(standinSession(files, program(wishes)));
  const impact = ({ impact: all }: Plan, name: string): Impact =>
    all.find((each) => each.name === name) ?? assert.fail(name);
  const short = ({ kind, root }: Impact): readonly (string | undefined)[] => [
    kind,
    root?.urn.split("::").at(-1),
    root?.property,
    root?.cause,
  ];
  const database = () =>
    [...peek(files.cloud).objects.values()].filter(
      ({ type, status }) => type === "aws:rds/instance:Instance" && status === "live",
    );
  const refused = async (wishes: Wishes): Promise<DataLoss> => {
    const [before] = database();
    const error: unknown = await bring(wishes).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof DataLoss, String(error));
    assert.deepEqual(
      database().map(({ id }) => id),
      [before?.id],
      "nothing was changed",
    );
    return error;
  };

  it("is none where nothing changes", async () => {
    const found = await planned({});
    assert.deepEqual([...new Set(found.impact.map(({ kind }) => kind))], ["no-op"]);
  });

  it("in place needs nobody's leave", async () => {
    const found = await planned({ tag: "b" });
    assert.equal(impact(found, "network").kind, "in place");
    assert.deepEqual(found.unsigned, []);
  });

  it("of a property that forces a new object has that property for its root", async () => {
    const found = await planned({ identifier: "orders-2" });
    assert.deepEqual(short(impact(found, "orders")), ["replace with data loss", "orders", "identifier", "changed"]);
    const [problem] = (await refused({ identifier: "orders-2" })).problems;
    assert.equal(problem?.where, "aws:rds/instance:Instance orders");
    assert.match(problem.got, /because identifier of aws:rds\/instance:Instance orders changes/);
  });

  it("that spreads through values that are unknown has for its root the property somebody changed", async () => {
    const found = await planned({ range: "10.1.0.0/16" });
    assert.deepEqual(short(impact(found, "network")), ["replace", "network", "cidrBlock", "changed"]);
    assert.deepEqual(
      short(impact(found, "zone-a")).slice(0, 2),
      ["replace", "zone-a"],
      "its own range changes as well",
    );
    const key = await planned({ multiRegion: true });
    assert.deepEqual(short(impact(key, "key")), ["replace with data loss", "key", "multiRegion", "changed"]);
    assert.deepEqual(short(impact(key, "orders")), ["replace with data loss", "key", "multiRegion", "changed"]);
    assert.deepEqual(key.unsigned.map(({ name }) => name).toSorted(), ["key", "orders"]);
  });

  it("is only feared where a value is not known before `up`", async () => {
    const found = await planned({ network: "other" });
    const feared = ["replace because a value is unknown", "zone-a", "vpcId", "unknown"];
    assert.deepEqual(short(impact(found, "zone-a")), feared);
    assert.deepEqual(short(impact(found, "network")).slice(0, 3), ["delete", "network", "(deletion)"]);
  });

  it("that deletes what holds data is refused as well, each object by name", async () => {
    const { problems } = await refused({ database: false });
    assert.deepEqual(
      problems.map(({ where, got }) => [where, got]),
      [
        [
          "aws:rds/instance:Instance orders",
          "delete with data loss, because aws:rds/instance:Instance orders is no longer in the program",
        ],
      ],
    );
  });

  it("goes on once the owner has signed, for this very object only", async () => {
    const wish = { identifier: "orders-2" };
    const [first] = database();
    const draft = JSON.parse(waiverDraft(impact(await planned(wish), "orders"))) as { readonly signed: string };
    assert.equal(draft.signed, first?.id);
    const expires = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const waiver = { ...draft, reason: "a test", owner: "test", expires };
    const write = (signed: string): void =>
      writeFileSync(join(files.checkout, LOSS_WAIVERS), JSON.stringify({ waivers: [{ ...waiver, signed }] }));
    write("db-ANOTHER");
    await refused(wish);
    write(draft.signed);
    assert.equal((await bring(wish)).changes["replace"], 1);
    assert.notEqual(database()[0]?.id, first?.id);
    await refused({ identifier: "orders-3" });
  });

  it("that only protects what exists is recorded, although the engine counts no change", async () => {
    const held = { identifier: "orders-2", options: { protect: true } };
    await bring(held);
    const state = stateOf(standinSession(files, program(held)));
    const orders = () => readResources(state).find(({ urn }) => urn.endsWith("::orders"));
    assert.equal(orders()?.protect, true);
    const failing = bring({ ...held, identifier: "orders-4" });
    await assert.rejects(
      failing,
      (error: unknown) => error instanceof RunFailed && /orders.*protect/s.test(error.message),
    );
    await bring({ identifier: "orders-2" });
    assert.notEqual(orders()?.protect, true);
  });
});
