import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as rds from "@pulumi/aws/rds";
import * as s3 from "@pulumi/aws/s3";
import { Provider } from "@pulumi/aws/provider";
import { RandomPassword } from "@pulumi/random/randomPassword";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { withCloud } from "../../embedded/standin/cloud";
import { objectKey } from "../../embedded/standin/minting";
import { isUnknown } from "../../embedded/standin/values";
import { TestStack } from "./standin-stack";

const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [] });

describe("the stand-in AWS under the real engine", function () {
  this.timeout(300_000);
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create({ "aws:defaultTags": '{"tags":{"project":"keelson"}}' });
  });
  after(() => stack.remove());

  const base = (size = "10.0.0.0/16") => {
    const vpc = new ec2.Vpc("main", { cidrBlock: size, tags: { stage: "test" } });
    const subnets = ["a", "b"].map(
      (zone, at) =>
        new ec2.Subnet(`data-${zone}`, {
          vpcId: vpc.id,
          cidrBlock: `10.0.${at}.0/24`,
          availabilityZone: `eu-west-1${zone}`,
        }),
    );
    const password = new RandomPassword("password", { length: 24, special: false });
    const group = new rds.SubnetGroup("data", { subnetIds: subnets.map(({ id }) => id) });
    const database = new rds.Instance("orders", {
      ...{ engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, skipFinalSnapshot: true },
      ...{ dbSubnetGroupName: group.name, username: "orders", password: password.result },
    });
    return { vpc, database, password };
  };

  it("knows at preview what a real provider knows, and leaves the rest unknown", async () => {
    const seen: Record<string, unknown> = {};
    stack.program = async () => {
      const { vpc, database } = base();
      for (const [name, output] of Object.entries({
        ...{ cidr: vpc.cidrBlock, tags: vpc.tagsAll, region: vpc.region, support: vpc.enableDnsSupport },
        ...{ arn: vpc.arn, id: vpc.id, hostnames: vpc.enableDnsHostnames, endpoint: database.endpoint },
      }))
        seen[name] = await known(output);
    };
    const { changeSummary } = await stack.engine.preview();
    assert.equal(changeSummary.create, 7);
    const tags = { stage: "test", project: "keelson" };
    assert.deepEqual(seen, {
      ...{ cidr: "10.0.0.0/16", tags, region: "eu-west-1", support: true },
      ...{ arn: "unknown", id: "unknown", hostnames: "unknown", endpoint: "unknown" },
    });
    assert.deepEqual(stack.objects("main"), [], "a preview makes nothing");
  });

  it("creates objects with real identifiers, then finds nothing to do and nothing drifted", async () => {
    const { outputs } = await stack.deploy(async () => {
      const { vpc, database, password } = base();
      return { vpc: vpc.arn, tags: vpc.tagsAll, endpoint: database.endpoint, password: password.result };
    });
    assert.match(String(outputs["vpc"]?.value), /^arn:aws:ec2:eu-west-1:123456789012:vpc\/vpc-0[0-9a-f]{16}$/);
    assert.deepEqual(outputs["tags"]?.value, { stage: "test", project: "keelson" });
    assert.match(String(outputs["endpoint"]?.value), /^orders-[0-9a-f]{7}\..*\.eu-west-1\.rds\.amazonaws\.com:5432$/);
    assert.equal(outputs["password"]?.secret, true);
    assert.deepEqual((await stack.engine.up()).summary.resourceChanges, { same: 7 });
    assert.deepEqual((await stack.engine.refresh()).summary.resourceChanges, { same: 7 });
  });

  it("keeps no secret in the cloud's file", async () => {
    const { password } = await stack.engine.outputs();
    assert.ok(String(password?.value).length === 24);
    assert.ok(!readFileSync(stack.cloudFile, "utf8").includes(String(password?.value)));
  });

  it("refuses to delete what is in use, naming who uses it", async () => {
    const vpc = stack.only("main");
    const attempt = withCloud(stack.cloudFile, (cloud) => cloud.remove(objectKey(vpc)));
    await assert.rejects(attempt, (error: Error) => {
      assert.match(error.message, /^DependencyViolation: Vpc vpc-0\w+ cannot be deleted/);
      return stack.objects("data-a").length === 1 && error.message.includes("::data-a");
    });
  });

  it("replaces an object by the table of its type and updates it otherwise", async () => {
    const before = stack.only("orders");
    stack.program = async () => void base("10.0.0.0/15");
    const steps: string[] = [];
    await stack.engine.preview({
      onEvent: ({ resourcePreEvent: event }) =>
        event && steps.push(`${event.metadata.op} ${event.metadata.urn.split("::").pop()}`),
    });
    assert.ok(steps.includes("replace main"), steps.join(", "));
    await stack.deploy(async () => {
      new ec2.Vpc("other", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true });
      base();
    });
    assert.equal(stack.only("orders").id, before.id);
    const first = stack.only("other").id;
    await stack.deploy(async () => {
      new ec2.Vpc("other", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: false });
      base();
    });
    assert.equal(stack.only("other").id, first, "an update keeps the id");
    await stack.deploy(async () => {
      new ec2.Vpc("other", { cidrBlock: "10.8.0.0/16" });
      base();
    });
    assert.notEqual(stack.only("other").id, first, "a forced replacement makes another object");
  });

  it("reports drift and disappearance at refresh", async () => {
    const [main, other] = [stack.only("main"), stack.only("other")];
    await withCloud(stack.cloudFile, (cloud) => {
      cloud.change(objectKey(main), { enableDnsSupport: false, tags: { stage: "changed by hand" } });
      cloud.drop(objectKey(other));
    });
    const { summary } = await stack.engine.refresh();
    assert.deepEqual(summary.resourceChanges, { same: 6, update: 1, delete: 1 });
    const next = await stack.engine.up();
    assert.equal(next.summary.resourceChanges?.["create"], 1, "the lost one is made again");
    assert.deepEqual(stack.only("main").properties["tags"], { stage: "test" }, "the changed one is put right");
  });

  it("imports an object by its id alone", async () => {
    const made = await withCloud(stack.cloudFile, (cloud) =>
      cloud.create(
        "aws:s3/bucket:Bucket",
        { bucket: "made-by-hand", forceDestroy: false },
        { region: "eu-west-1", owner: "hand" },
      ),
    );
    const adopt = async () => {
      new s3.Bucket("found", { bucket: "made-by-hand", forceDestroy: false }, { import: made.id });
      base();
    };
    const { summary } = await stack.deploy(adopt);
    assert.equal(summary.resourceChanges?.["import"], 1);
    const again = await stack.deploy(async () => {
      new s3.Bucket("found", { bucket: "made-by-hand", forceDestroy: false });
      base();
    });
    assert.equal(again.summary.resourceChanges?.["update"], undefined);
  });

  it("reports every bad input, and refuses what it does not know, by name", async () => {
    const bad = await stack.failure(() =>
      stack.deploy(async () => void new Raw("aws:ec2/subnet:Subnet", { cidr: "x", cidrBlock: "10.0.0.1/16" })),
    );
    assert.match(bad, /unknown property of aws:ec2\/subnet:Subnet/);
    assert.match(bad, /vpcId.*required by aws:ec2\/subnet:Subnet/);
    assert.match(bad, /cidrBlock.*want a CIDR block such as 10\.0\.0\.0\/16/);
    const unknown = await stack.failure(() => stack.deploy(async () => void new Raw("aws:sqs/queue:Queue", {})));
    assert.match(unknown, /no row for aws:sqs\/queue:Queue: add one to embedded\/standin\/aws\//);
    const invoke = await stack.failure(() =>
      stack.deploy(async () => void (await pulumi.runtime.invoke("aws:ec2/getAmi:getAmi", {}))),
    );
    assert.match(invoke, /does not answer aws:ec2\/getAmi:getAmi: add it to INVOKES in/);
  });

  it("answers nothing from a lost region, and only from that", async () => {
    await withCloud(stack.cloudFile, (cloud) => cloud.loseRegion("eu-west-1"));
    const lost = await stack.failure(() => stack.engine.refresh());
    assert.match(lost, /no answer from eu-west-1: connection refused \(the region is lost\)/);
    const elsewhere = await stack.failure(() =>
      stack.deploy(async () => {
        const west = new Provider("west", { region: "eu-west-2" });
        const answered = [
          new kms.Key("key-west", {}, { provider: west }),
          new iam.Role("role", { assumeRolePolicy: POLICY }),
        ];
        // Last, because the engine begins nothing more once something failed.
        new ec2.Vpc("here", { cidrBlock: "10.7.0.0/16" }, { dependsOn: answered });
      }),
    );
    assert.match(elsewhere, /no answer from eu-west-1/);
    assert.equal(stack.only("key-west").region, "eu-west-2");
    await withCloud(stack.cloudFile, (cloud) => cloud.recoverRegion("eu-west-1"));
  });

  it("deletes everything at the end; a key only begins to go", async () => {
    await stack.engine.destroy();
    const left = (await withCloud(stack.cloudFile, (cloud) => cloud.objects())).map(
      ({ id, status }) => `${id} ${status}`,
    );
    assert.equal(left.filter((one) => !one.endsWith(" pendingDeletion")).join(), "");
    assert.equal(left.length, 1);
  });
});

/** A resource no SDK class checked before. */
class Raw extends pulumi.CustomResource {
  constructor(type: string, inputs: pulumi.Inputs) {
    super(type, "raw", inputs);
  }
}

/** The value of an output at preview, or `unknown`. */
const known = (output: pulumi.Output<unknown>): Promise<unknown> =>
  new Promise((resolve) => {
    void (output as typeof output & { readonly isKnown: Promise<boolean> }).isKnown.then((is) =>
      is ? output.apply((value) => resolve(isUnknown(String(value)) ? "unknown" : value)) : resolve("unknown"),
    );
  });
