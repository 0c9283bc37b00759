/** The cloud part of a stack on Azure, on the real engine over the stand-in: made, found unchanged, and taken down in order. */
import assert from "node:assert/strict";
import { withCloud } from "../../embedded/standin/cloud";
import { createAzure } from "../../stacks/azure/platform";
import { planStack } from "../../stacks/plan";
import { onAzure, SMALL, SUBSCRIPTION } from "../components/azure/settings";
import { TestStack } from "./standin-stack";

describe("a stack on the stand-in Azure, under the real engine", function () {
  this.timeout(300_000);
  let stack: TestStack;
  const account = process.env["KEELSON_ACCOUNT"];
  before(async () => {
    process.env["KEELSON_ACCOUNT"] = SUBSCRIPTION; // plugins inherit it
    stack = await TestStack.create();
  });
  after(() => {
    if (account === undefined) delete process.env["KEELSON_ACCOUNT"];
    else process.env["KEELSON_ACCOUNT"] = account;
    stack.remove();
  });

  const program =
    (generation = 1) =>
    async () => {
      const raw = { ...SMALL, cloud: { ...Object(SMALL["cloud"]), generation } };
      const { cluster } = createAzure(planStack(onAzure("dev", raw)));
      return { kubeconfig: cluster.kubeconfig };
    };

  it("knows no cluster before there is one", async () => {
    stack.program = program();
    const { changeSummary } = await stack.engine.preview();
    assert.ok((changeSummary.create ?? 0) > 60, JSON.stringify(changeSummary));
    assert.deepEqual(stack.objects("cluster-cluster"), []);
  });

  it("makes everything in an order that Azure takes, and lists the cluster's address", async () => {
    const { outputs } = await stack.deploy(program());
    assert.match(
      stack.only("cluster-cluster").id,
      /^\/subscriptions\/[^/]+\/resourceGroups\/shop-dev-westeurope-group\//,
    );
    const config = JSON.parse(String(outputs["kubeconfig"]?.value)) as { clusters: { cluster: { server: string } }[] };
    assert.match(config.clusters[0]?.cluster.server ?? "", /\.hcp\.westeurope\.azmk8s\.io:443$/);
  });

  it("finds nothing to do the second time, and nothing drifted", async () => {
    const again = (await stack.engine.up()).summary.resourceChanges ?? {};
    assert.deepEqual(Object.keys(again), ["same"]);
    const refreshed = (await stack.engine.refresh()).summary.resourceChanges ?? {};
    assert.deepEqual(Object.keys(refreshed), ["same"]);
  });

  it("is refused in another subscription, before anything is touched", async () => {
    process.env["KEELSON_ACCOUNT"] = "00000000-0000-0000-0000-0000000000ff";
    const reason = await stack
      .failure(() => stack.engine.up())
      .finally(() => (process.env["KEELSON_ACCOUNT"] = SUBSCRIPTION));
    assert.match(reason, /SubscriptionNotFound: .*c10d could not be found/);
  });

  it("comes down in order, and leaves a vault that keeps its name until a new generation", async () => {
    await stack.engine.destroy();
    const left = await withCloud(stack.cloudFile, (cloud) =>
      cloud.objects().map(({ urn, status }) => `${urn.split("::").pop()} ${status}`),
    );
    assert.deepEqual(left.toSorted(), [
      "keys-key-backups pendingDeletion",
      "keys-key-secrets pendingDeletion",
      "keys-key-volumes pendingDeletion",
      "keys-vault pendingDeletion",
    ]);
    assert.match(
      await stack.failure(() => stack.deploy(program())),
      /a deleted one of .*keys-vault keeps the name until it is purged: recover it, or choose another name/,
    );
    await stack.deploy(program(2));
    assert.equal(stack.objects("cluster-cluster").length, 1);
  });
});
