/** A stack on Azure with managed stores, on the real engine over the stand-in: made, found unchanged, and taken down in order. */
import assert from "node:assert/strict";
import { withCloud } from "../../embedded/standin/cloud";
import { createAzure } from "../../stacks/azure/platform";
import { planStack } from "../../stacks/plan";
import { MANAGED, onAzure, SUBSCRIPTION } from "../components/azure/settings";
import { TestStack } from "./standin-stack";

describe("managed stores on the stand-in Azure, under the real engine", function () {
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

  const program = async () => {
    const { stores } = createAzure(planStack(onAzure("dev", MANAGED)));
    const session = stores.password({ store: "sessions", of: "order" });
    return { session, orders: stores.password({ store: "orders", of: "order" }) };
  };

  it("come up in an order that Azure takes, encrypted with keys here and in the pair", async () => {
    const { outputs } = await stack.deploy(program);
    const [server] = stack.objects("orders-server");
    assert.match(String(server?.properties["fullyQualifiedDomainName"]), /\.postgres\.database\.azure\.com$/);
    assert.equal(stack.only("sessions-cluster").properties["publicNetworkAccess"], "Disabled");
    for (const secret of [outputs["session"], outputs["orders"]]) {
      assert.equal(secret?.secret, true);
      assert.ok(String(secret.value).length >= 40);
    }
  });

  it("are found unchanged the second time, and nothing drifted", async () => {
    const again = (await stack.engine.up()).summary.resourceChanges ?? {};
    assert.deepEqual(Object.keys(again), ["same"]);
    const refreshed = (await stack.engine.refresh()).summary.resourceChanges ?? {};
    assert.deepEqual(Object.keys(refreshed), ["same"]);
  });

  it("come down in order, and leave their keys alone", async () => {
    await stack.engine.destroy();
    const left = await withCloud(stack.cloudFile, (cloud) =>
      cloud.objects().map(({ urn, status }) => `${urn.split("::").pop()} ${status}`),
    );
    assert.ok(left.includes("copy-keys-key-store-orders pendingDeletion"), left.join(", "));
    assert.deepEqual(
      left.filter((each) => !/^(copy-)?keys-/.test(each)),
      [],
    );
  });
});
