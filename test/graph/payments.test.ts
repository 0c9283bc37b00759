/**
 * The proof on the committed stacks of payments, and on the same system behind the other edge, by Kubernetes' semantics; by
 * those of each network, `test/parity` has it for every place.
 */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { networkPolicies, widenings } from "../../graph/derive/network";
import { type Graph } from "../../graph/model";
import { InvalidInput } from "../../graph/problems";
import { why } from "../../graph/why";
import {
  type Compiled,
  compiled,
  PAYMENTS_ALB,
  PAYMENTS_DEV,
  PAYMENTS_EKS,
  PAYMENTS_ON_ALB,
  PAYMENTS_PROD,
  PAYMENTS_EKS_PROD,
  SHOP_AKS,
  SHOP_ON_KONG,
} from "../objects/stacks";
import { KUBERNETES } from "./landscapes";
import { addedAllowAlls, droppedPolicies } from "./mutations";
import { idleWidenings, isRefuted, proof, sizeOf } from "./proof";

const STACKS: Readonly<Record<string, Compiled>> = {
  "payments-dev": PAYMENTS_DEV,
  "payments-prod": PAYMENTS_PROD,
  "payments-eks-prod": PAYMENTS_EKS_PROD,
  "payments-eks-prod on ALB": PAYMENTS_ON_ALB,
  "payments-eks": PAYMENTS_EKS,
  "payments-alb": PAYMENTS_ALB,
  "shop-aks": SHOP_AKS,
  "shop behind Kong": SHOP_ON_KONG,
};

for (const [name, { graph }] of Object.entries(STACKS))
  describe(name, function () {
    this.timeout(240_000);

    it("allows what its graph has an edge for, and nothing else, by Kubernetes' semantics", () => {
      assert.ok(sizeOf(graph) > 100_000);
      const plain = { ...graph, landscape: { ...graph.landscape, dialect: KUBERNETES } };
      assert.deepEqual(proof(plain).slice(0, 10), []);
    });
  });

describe("payments", function () {
  this.timeout(240_000);
  const { graph } = PAYMENTS_EKS_PROD;

  it("lists every range that is wider than its edge, and only those", () => {
    assert.deepEqual(idleWidenings(graph), []);
    const services = widenings(graph).filter(({ edge }) => edge.from.startsWith("service/"));
    assert.deepEqual(
      [...new Set(services.map(({ edge, means }) => `${edge.from} ${edge.to} ${means}`))],
      [
        "service/notification external/mail smtp.sendgrid.net",
        "service/notification external/messages api.twilio.com",
        "service/payment external/acquirer api.stripe.com",
      ],
    );
  });

  it("is refuted when any one policy is dropped, or an allow-all is added anywhere", () => {
    const policies = networkPolicies(PAYMENTS_EKS.graph);
    for (const { what, policies: damaged } of [...droppedPolicies(policies), ...addedAllowAlls(policies)])
      assert.ok(
        isRefuted(PAYMENTS_EKS.graph, damaged, PAYMENTS_EKS.graph.landscape.dialect),
        `nothing noticed: ${what}`,
      );
  });

  it("lets services reach the stores and the broker they use, and nobody else's", () => {
    const reach = (from: string, to: string): readonly number[] => why(graph, [from, to]).open.map(({ port }) => port);
    assert.deepEqual(reach("service/payment", "store/payments"), [5432]);
    assert.deepEqual(reach("service/identity", "store/sessions"), [6379, 26_379]);
    assert.deepEqual(reach("service/payment", "broker/rabbitmq"), [5671]);
    assert.deepEqual(reach("service/notification", "broker/rabbitmq"), [5671]);
    for (const [from, to] of [
      ["service/identity", "store/payments"],
      ["service/notification", "store/payments"],
      ["service/payment", "store/sessions"],
      ["service/identity", "broker/rabbitmq"],
      ["edge/kong", "store/payments"],
      ["edge/kong", "broker/rabbitmq"],
    ] as const)
      assert.deepEqual(reach(from, to), [], `${from} ${to}`);
  });

  it("has requests enter through Kong alone, which clients reach on its TLS port", () => {
    const routes = graph.edges.filter(({ kind, to }) => kind === "route" && to.startsWith("service/"));
    assert.deepEqual([...new Set(routes.map(({ from }) => from))], ["edge/kong"]);
    assert.equal(routes.length, 3);
    const clients = graph.edges.filter(({ from }) => from === "platform/clients");
    assert.deepEqual(
      clients.map(({ to, ports }) => [to, ports]),
      [["edge/kong", [{ port: 8443, protocol: "TCP" }]]],
    );
  });

  it("is refused with Kong's routes on ALB, route by route", () => {
    const full = (): Graph =>
      compiled("payments-eks-prod", (settings) => ({ ...settings, edge: { ...settings.edge, kind: "alb" } })).graph;
    assert.throws(full, (error: unknown) => {
      assert.ok(error instanceof InvalidInput);
      assert.deepEqual(
        error.problems.map(({ where, got }) => [where, got]),
        ["notification: route /notifications", "identity: route /identity", "payment: route /payments"].map((route) => [
          `service ${route}`,
          "a route of the kong profile on the edge alb",
        ]),
      );
      return true;
    });
  });
});
