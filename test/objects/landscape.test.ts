import assert from "node:assert/strict";
import { widenings } from "../../graph/derive/network";
import { InvalidInput } from "../../graph/problems";
import { compileStack } from "../../stacks/compile";
import { landscapeOf } from "../../stacks/landscape";
import { compiled, DEV, PROD } from "./stacks";

const ranges = (stack: typeof DEV, id: string): readonly string[] => {
  const place = stack.graph.nodes.get(id)?.place;
  return place === undefined || place.at === "pods" ? [] : place.ranges;
};

const reaches = (stack: typeof DEV, from: string, to: string): boolean =>
  stack.graph.edges.some((edge) => edge.from === from && edge.to === to);

const problemsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
    return [];
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return error.problems.map(({ where, got }) => `${where}: ${got}`);
  }
};

describe("the landscape of a stack", () => {
  it("has the API server at the control plane's subnets and the cluster's first address", () => {
    const api = ranges(PROD, "platform/kubernetes-api");
    assert.equal(api.length, 4);
    assert.equal(api.at(-1), "172.20.0.1/32");
    assert.deepEqual(ranges(PROD, "platform/network-resolver"), ["10.40.0.2/32"]);
  });

  it("gives each managed store ranges that no other node has", () => {
    const [orders, payments] = [ranges(PROD, "store/orders"), ranges(PROD, "store/payments")];
    assert.equal(orders.length, 3);
    assert.ok(!orders.some((range) => payments.includes(range)));
    assert.equal(PROD.graph.landscape.stores["orders"]?.host, "orders.shop-prod.internal");
    assert.equal(DEV.graph.landscape.stores["orders"]?.host, "orders-rw.data.svc.cluster.local");
  });

  it("lets the dashboard be reached by the load balancer, and by nothing else from outside", () => {
    assert.ok(reaches(PROD, "edge/alb", "platform/argocd-server"));
    assert.ok(!reaches(PROD, "edge/alb", "platform/argocd-repo-server"));
    assert.ok(!PROD.graph.nodes.has("service/argocd-server"));
  });

  it("lets instances of PostgreSQL in the cluster reach the API server, and a service's pods not", () => {
    assert.ok(reaches(DEV, "store/orders", "platform/kubernetes-api"));
    assert.ok(!reaches(DEV, "service/order", "platform/kubernetes-api"));
  });

  it("names every egress that is wider than what it is for", () => {
    const means = new Set(widenings(PROD.graph).map((each) => each.means));
    for (const wide of ["api.stripe.com", "the AWS APIs of eu-west-1", "https://login.example.com"])
      assert.ok(means.has(wide), `${wide} among ${[...means].join(", ")}`);
  });

  it("is the same for the same settings", () => {
    assert.deepEqual(landscapeOf(PROD.settings), landscapeOf(compiled("prod").settings));
  });
});

describe("compiling a stack", () => {
  it("names the systems there are when it does not know one", () => {
    assert.deepEqual(
      problemsOf(() => compileStack({ ...DEV.settings, system: "shopp" })),
      ['Pulumi.dev.yaml: keelson:system: "shopp"'],
    );
  });

  it("refuses a store in a flavour of another kind", () => {
    const stores = { ...DEV.settings.stores, orders: { flavour: "valkey", replicas: 0, memory: "64 MiB" } } as const;
    assert.deepEqual(
      problemsOf(() => compileStack({ ...DEV.settings, stores })),
      ["Pulumi.dev.yaml: keelson:stores.orders.flavour: valkey"],
    );
  });
});
