import assert from "node:assert/strict";
import { ownedBy } from "../../components/delivery/owned";
import type { AwsSettings as Settings } from "../../stacks/schema";
import { type Recorded, shrinkProblems } from "../../stacks/shrinking";
import { compiled, PAYMENTS_DEV, PAYMENTS_EKS_PROD, PROD } from "../objects/stacks";

/** What the engine's state holds of a stack that Pulumi delivers. */
const recorded = compiled("payments-eks-prod", (settings) => ({ ...settings, delivery: { by: "pulumi" } }));
const STATE: readonly Recorded[] = ownedBy("pulumi", recorded.objects).map(({ manifest }) => ({
  type: `kubernetes:${manifest.apiVersion}:${manifest.kind}`,
  urn: `urn:pulumi:payments-eks-prod::keelson::x::${manifest.metadata.name}`,
  inputs: { ...manifest },
}));

const withStores = (change: Partial<Settings["stores"]>): Settings => ({
  ...PAYMENTS_EKS_PROD.settings,
  stores: { ...PAYMENTS_EKS_PROD.settings.stores, ...change } as Settings["stores"],
});

type Store = Settings["stores"][string];
const smaller = (name: string, change: object): Store =>
  ({ ...PAYMENTS_EKS_PROD.settings.stores[name], ...change }) as Store;

describe("a size that shrinks", () => {
  it("is refused for a database, a member's volume and the broker's, each with what is there", () => {
    const settings: Settings = {
      ...withStores({
        payments: smaller("payments", { disk: "50 GiB" }),
        sessions: smaller("sessions", { failover: { disk: "1 GiB" } }),
      }),
      broker: { flavour: "rabbitmq", nodes: 3, disk: "10 GiB", memory: "2 GiB" },
    };
    assert.deepEqual(
      shrinkProblems(settings, STATE).map(({ where, got }) => [where, got]),
      [
        ["stores.payments.disk", "50 GiB, less than the 100 GiB that are there"],
        ["stores.sessions.failover.disk", "1 GiB, less than the 2 GiB that are there"],
        ["broker.disk", "10 GiB, less than the 20 GiB that are there"],
      ].map(([key, got]) => [`Pulumi.payments-eks-prod.yaml: keelson:${key}`, got]),
    );
  });

  it("is refused for a managed database", () => {
    const disk: Recorded = {
      type: "aws:rds/instance:Instance",
      urn: "urn:pulumi:prod::keelson::x::orders-instance",
      inputs: { allocatedStorage: 200 },
    };
    const [problem, ...more] = shrinkProblems(PROD.settings, [disk]);
    assert.deepEqual(more, []);
    assert.equal(problem?.where, "Pulumi.prod.yaml: keelson:stores.orders.disk");
  });

  it("is no problem when sizes stay or grow, or nothing is there yet", () => {
    assert.deepEqual(shrinkProblems(PAYMENTS_EKS_PROD.settings, STATE), []);
    assert.deepEqual(shrinkProblems(withStores({ payments: smaller("payments", { disk: "200 GiB" }) }), STATE), []);
    assert.deepEqual(shrinkProblems(PAYMENTS_DEV.settings, []), []);
  });
});
