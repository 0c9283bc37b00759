import * as ec2 from "@pulumi/aws/ec2";
import * as s3 from "@pulumi/aws/s3";
import { RandomPassword } from "@pulumi/random/randomPassword";
import assert from "node:assert/strict";
import { withCloud } from "../../embedded/standin/cloud";
import { eventually, parentOf, TestStack } from "./standin-stack";

describe("the stand-in AWS when the engine dies", function () {
  this.timeout(300_000);
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create();
  });
  after(() => stack.remove());

  const program = async () => {
    const vpc = new ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
    new ec2.Eip("address", { domain: "vpc" });
    new s3.Bucket("logs", {}, { dependsOn: vpc });
    new RandomPassword("password", { length: 12 });
  };

  it("leaves no plugin behind and makes no duplicate when killed between creation and checkpoint", async () => {
    await withCloud(stack.cloudFile, (cloud) => {
      cloud.injectFault({ op: "create", type: "aws:ec2/eip:Eip", times: 1, error: "", answerLost: true });
      cloud.injectFault({ op: "create", type: "aws:s3/bucket:Bucket", times: 1, error: "", answerLost: true });
    });
    const run = stack.failure(() => stack.deploy(program));
    const created = () => stack.objects("address").length + stack.objects("logs").length === 2;
    await eventually("both objects exist", created, 60);
    const plugins = stack.plugins();
    assert.ok(plugins.length >= 2, `plugins: ${plugins.join()}`);
    const before = [stack.only("address").id, stack.only("logs").id];
    process.kill(parentOf(plugins[0] as number), "SIGKILL");
    await run;
    await eventually("plugins end", () => stack.plugins().length === 0, 10);
    await stack.engine.cancel();
    await stack.deploy(program);
    assert.deepEqual(
      [stack.only("address").id, stack.only("logs").id],
      before,
      "the same objects, also with a made-up name",
    );
    assert.equal(stack.objects("main").length, 1);
    assert.deepEqual((await stack.engine.refresh()).summary.resourceChanges, { same: 5 });
  });

  it("makes a second object for a replacement with the very same inputs", async () => {
    const before = stack.only("address").id;
    const urn = stack.only("address").urn;
    await stack.engine.up({ replace: [urn] });
    assert.notEqual(stack.only("address").id, before);
  });

  it("fails a call for which a fault was injected, once", async () => {
    await withCloud(stack.cloudFile, (cloud) =>
      cloud.injectFault({
        op: "create",
        type: "aws:ec2/vpc:Vpc",
        times: 1,
        error: "ThrottlingException: Rate exceeded",
      }),
    );
    const more = async () => {
      new ec2.Vpc("more", { cidrBlock: "10.1.0.0/16" });
      await program();
    };
    assert.match(await stack.failure(() => stack.deploy(more)), /aws:ec2\/vpc:Vpc: ThrottlingException: Rate exceeded/);
    await stack.deploy(more);
    assert.equal(stack.objects("more").length, 1);
  });

  it("guards the account", async () => {
    await stack.engine.setConfig("aws:allowedAccountIds", { value: '["999999999999"]' });
    const refused = await stack.failure(() => stack.engine.preview());
    assert.match(refused, /AWS account ID not allowed: 123456789012/);
  });
});
