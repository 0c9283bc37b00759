import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { networkPolicies } from "../../graph/derive/network";
import { explain } from "../../graph/explain";
import { external } from "../../graph/external";
import { service } from "../../graph/service";
import { postgres } from "../../graph/store";
import { why } from "../../graph/why";
import { BASE, compileLoosely, postgresPods, postgresRange, problemsOf } from "./landscapes";

const KEEPS = { keeps: "data", rpo: "1 hour", rto: "1 hour" } as const;
const orders = postgres("orders", KEEPS);
const ledger = postgres("ledger", KEEPS);
const stripe = external("stripe", { hosts: ["api.stripe.com"] });

const user = service("user", { listens: { http: 8080 } });
const order = service("order", {
  listens: { http: 8080 },
  uses: { orders: orders.read(), ledger: ledger.readWrite(), user: user.call("http"), stripe: stripe.call() },
  routes: [{ path: "/orders" }],
});

const graph = compileLoosely([order, user], {
  ...BASE,
  stores: { orders: postgresPods("orders"), ledger: postgresRange("10.0.128.0/26") },
  actors: [
    ...BASE.actors,
    { name: "audit", place: { at: "ranges", ranges: ["10.0.128.0/28"] } },
    { name: "user", place: { at: "pods", namespace: "x", labels: { app: "user" } } },
  ],
});

const told = (a: string, b: string): string => explain(why(graph, [a, b]));

describe("why", () => {
  it("shows the edge with its line, the rules on both sides, and the login", () => {
    const text = told("order", "store/orders");
    assert.match(text, /^service\/order reaches store\/orders on TCP\/5432\n/);
    assert.match(text, /edge: store as orders on TCP\/5432, declared at .*why\.test\.[jt]s:\d+\n/);
    assert.match(
      text,
      /egress of service\/order: allowed by\n {2}NetworkPolicy order-service\/service-order, spec\.egress\[\d\]\n {4}to:\n/,
    );
    assert.match(text, /cnpg\.io\/instanceRole: primary/);
    assert.match(
      text,
      /ingress of store\/orders: allowed by\n {2}NetworkPolicy orders-store\/store-orders, spec\.ingress\[0\]\n {4}from:\n/,
    );
    assert.match(text, /grant: role order reads only in store\/orders\n/);
    assert.match(text, /credential: Secret order-service\/order-orders-credential\n/);
    assert.match(text, /identity: service\/order holds no cloud identity/);
  });

  it("points into the policies it was given, and to their files", () => {
    const policies = networkPolicies(graph);
    const answer = why(graph, ["order", "service/user"], policies, ({ metadata }) => `${metadata.namespace}.yaml`);
    const [fact] = answer.sides[0].rules;
    const [, index] = /spec\.egress\[(\d)\]/.exec(fact?.path ?? "") ?? [];
    const policy = policies.find(({ metadata }) => metadata.name === "service-order");
    assert.deepEqual(fact?.rule, policy?.spec.egress?.[Number(index)]);
    assert.equal(fact?.file, "order-service.yaml");
    assert.match(explain(answer), /\(order-service\.yaml\)/);
  });

  it("says who denies and what to write where there is no edge", () => {
    const text = told("service/user", "store/orders");
    assert.match(text, /^service\/user cannot reach store\/orders: there is no edge \(tried TCP\/5432\)\n/);
    assert.match(
      text,
      /egress of service\/user: denied, no rule of user-service\/default-deny, user-service\/service-user lets it through\n/,
    );
    assert.match(
      text,
      /ingress of store\/orders: denied, no rule of orders-store\/default-deny, orders-store\/store-orders lets it through\n/,
    );
    assert.match(
      text,
      /to allow it: add to service user \(.*why\.test\.[jt]s:\d+\): uses: \{ orders: orders\.read\(\) \}, or orders\.readWrite\(\)$/,
    );
  });

  it("writes the line for calls, externals, routes and the platform", () => {
    const line = (a: string, b: string): string => why(graph, [a, b]).missing?.replace(/ \(.*?\)/, "") ?? "";
    assert.equal(line("service/user", "order"), 'add to service user: uses: { order: order.call("http") }');
    assert.equal(line("service/user", "stripe"), "add to service user: uses: { stripe: stripe.call() }");
    assert.equal(line("alb", "service/user"), 'add to service user: routes: [{ path: "/user" }]');
    assert.equal(line("dns", "order"), `add { to: "service/order" } to what the platform's dns reaches`);
    assert.equal(line("orders", "order"), "nothing: store/orders opens no connections in this model");
    assert.equal(why(graph, ["order", "orders"]).missing, undefined);
  });

  it("finds a way that only a wide range opens, and names the range", () => {
    const answer = why(graph, ["order", "audit"]);
    assert.deepEqual(answer.edges, []);
    assert.deepEqual(
      answer.widenings.map(({ edge, covers }) => [edge.to, covers]),
      [["store/ledger", "platform/audit"]],
    );
    assert.match(
      explain(answer),
      /wider than its edge: service\/order -> store\/ledger on TCP\/5432 .*10\.0\.128\.0\/26 also covers platform\/audit/,
    );
  });

  it("names what an external's range covers besides", () =>
    assert.match(
      told("order", "stripe"),
      /means api\.stripe\.com; 0\.0\.0\.0\/0 also covers every address in the ranges/,
    ));

  it("judges the policies, not the edges", () => {
    const open = networkPolicies(graph).filter(
      ({ metadata }) => !["user-service", "orders-store"].includes(metadata.namespace),
    );
    const text = explain(why(graph, ["service/user", "orders"], open));
    assert.match(text, /^service\/user reaches store\/orders on TCP\/5432, although no edge means it/);
    assert.match(text, /egress of service\/user: no policy selects its pods, so all is allowed/);
    const shut = networkPolicies(graph).filter(({ metadata }) => metadata.name !== "store-orders");
    assert.match(
      explain(why(graph, ["order", "orders"], shut)),
      /^service\/order cannot reach store\/orders: its policies deny it/,
    );
  });

  it("refuses names that it does not know, or that are not one node's, both at once", () => {
    assert.deepEqual(
      problemsOf(() => why(graph, ["oder", "user"])).map(({ where, got, mend }) => [where, got, mend]),
      [
        ['"oder"', "no node of this name", "write order"],
        ['"user"', "a name of 2 nodes", "write platform/user"],
      ],
    );
  });
});
