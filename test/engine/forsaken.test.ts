import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as ec2 from "@pulumi/aws/ec2";
import { type ProcessId } from "../../embedded/process/identity";
import { holdingTheStack } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { destroy, up } from "../../embedded/engine/update";
import { withCloud } from "../../embedded/standin/cloud";
import { type CloudObject, peek } from "../../embedded/standin/store";
import { standinCheckout, standinSession } from "../support/standin-session";
import { discard, needsEngine } from "../support/toy";
import { eventually } from "./standin-stack";

/** A network whose number decides its range, with so many subnets and perhaps an address. */
const program = (number: number, subnets: number, address: boolean) => (): Promise<undefined> => {
  const vpc = new ec2.Vpc("network", { cidrBlock: `10.${number}.0.0/16` });
  for (let at = 0; at < subnets; at += 1)
    new ec2.Subnet(`subnet-${at}`, { vpcId: vpc.id, cidrBlock: `10.${number}.${at}.0/24` });
  if (address) new ec2.Eip("address", { domain: "vpc" });
  return Promise.resolve(undefined);
};

describe("what a dead run had begun to create and nobody wants any more", function () {
  this.timeout(300_000);
  let files: StackFiles;
  before(needsEngine);
  beforeEach(() => (files = standinCheckout()));
  afterEach(() => discard(files));

  const sessionOf = (number: number, subnets: number, address = false) =>
    standinSession(files, program(number, subnets, address));
  const bring = (number: number, subnets: number, address = false) => {
    const session = sessionOf(number, subnets, address);
    return holdingTheStack(session, () => up(session));
  };
  const live = (): readonly CloudObject[] => [...peek(files.cloud).objects.values()];
  const named = (name: string): readonly CloudObject[] => live().filter(({ urn }) => urn.endsWith(`::${name}`));

  /** An `up` that makes one more object of a kind and dies before it can record it. */
  async function dies(type: string, run: () => Promise<unknown>): Promise<void> {
    const before = live().filter((object) => object.type === type).length;
    await withCloud(files.cloud, (cloud) =>
      cloud.injectFault({ op: "create", type, times: 1, error: "", answerLost: true }),
    );
    const dying = run().then(
      () => assert.fail("the run lived"),
      () => undefined,
    );
    await eventually("the object", () => live().filter((object) => object.type === type).length > before, 60);
    process.kill((JSON.parse(readFileSync(files.engine, "utf8")) as ProcessId).pid, "SIGKILL");
    await dying;
  }

  it("is not in the way of what is wanted instead, and not left behind", async () => {
    await bring(1, 1);
    await dies("aws:ec2/subnet:Subnet", () => bring(2, 1)); // the network's successor, with a subnet nobody recorded
    assert.equal(named("subnet-0").length, 2);
    assert.ok(existsSync(files.forsaken) === false, "noted by the next run only");
    await bring(3, 1);
    assert.deepEqual([named("network").length, named("subnet-0").length], [1, 1]);
    assert.equal(existsSync(files.forsaken), false);
  });

  it("goes where it is no longer in the program at all", async () => {
    await bring(1, 0);
    await dies("aws:ec2/eip:Eip", () => bring(1, 0, true));
    assert.equal(named("address").length, 1);
    await bring(1, 0);
    assert.deepEqual(named("address"), []);
  });

  it("goes with the stack", async () => {
    await bring(1, 0);
    await dies("aws:ec2/eip:Eip", () => bring(1, 0, true));
    const session = sessionOf(1, 0);
    await holdingTheStack(session, () => destroy(session, () => ""));
    assert.deepEqual(
      live().filter(({ status }) => status === "live"),
      [],
    );
  });

  it("is made anew once where it is still wanted", async () => {
    await bring(1, 0);
    await dies("aws:ec2/eip:Eip", () => bring(1, 0, true));
    await bring(1, 0, true);
    assert.equal(named("address").length, 1);
  });
});
