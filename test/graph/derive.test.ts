/** What follows from edges beside policies: logins, backups, start order, names. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { credentialName, environmentPrefix, serviceNamespace } from "../../graph/conventions";
import { backupScope } from "../../graph/derive/backup";
import { grants, grantsOf, grantsOn } from "../../graph/derive/grants";
import { routeTable, rulesNeeded } from "../../graph/derive/routes";
import { brokerLogins, topicPlans } from "../../graph/derive/topics";
import { startOrder } from "../../graph/derive/start-order";
import { nearest } from "../../graph/nearest";
import { service } from "../../graph/service";
import { postgres, redis } from "../../graph/store";
import { topic } from "../../graph/topic";
import { BASE, compileLoosely, postgresPods, postgresRange, rabbitPods, redisPods } from "./landscapes";

const KEEPS = { keeps: "data", rpo: "15 minutes", rto: "2 hours" } as const;
const orders = postgres("orders", KEEPS);
const ledger = postgres("ledger", KEEPS);
const cache = redis("cache", { ...KEEPS, holds: "cache" });

const user = service("user", { listens: { http: 8080 }, uses: { sessions: cache.readWrite() } });
const payment = service("payment", {
  listens: { http: 8080 },
  uses: { ledger: ledger.readWrite(), user: user.call("http") },
});
const order = service("order", {
  listens: { http: 8080 },
  uses: {
    orders: orders.readWrite(),
    reports: orders.read(),
    sessions: cache.read(),
    payment: payment.call("http"),
    user: user.call("http", { needed: "later" }),
  },
  routes: [{ path: "/orders" }, { path: "/orders-archive" }, { path: "/o" }],
});

const graph = compileLoosely([order, payment, user], {
  ...BASE,
  stores: { orders: postgresPods("orders"), ledger: postgresRange("10.0.128.0/26"), cache: redisPods("cache") },
});

describe("grants", () => {
  it("are one login per service and store, with just the access declared", () => {
    assert.deepEqual(grantsOn(graph, "cache"), [
      {
        store: "cache",
        service: "order",
        access: "read",
        role: "order",
        secret: "order-cache-credential",
        alias: "sessions",
      },
      {
        store: "cache",
        service: "user",
        access: "readWrite",
        role: "user",
        secret: "user-cache-credential",
        alias: "sessions",
      },
    ]);
    assert.equal(grantsOn(graph, "ledger").length, 1);
  });

  it("of one store under two aliases are one login with the wider access", () => {
    assert.deepEqual(
      grantsOf(graph, "order").map(({ alias, access }) => [alias, access]),
      [
        ["sessions", "read"],
        ["orders", "readWrite"],
        ["reports", "readWrite"],
      ],
    );
    assert.equal(grantsOn(graph, "orders").length, 1);
    assert.equal(grants(graph).length, 5);
  });
});

it("the backup holds every namespace of ours, and every store that holds state by its own means", () => {
  assert.deepEqual(backupScope(graph), {
    namespaces: ["cache-store", "order-service", "orders-store", "payment-service", "user-service"],
    stores: [
      { store: "ledger", by: "managed", rpo: "15 minutes", rto: "2 hours" },
      { store: "orders", by: "cluster", rpo: "15 minutes", rto: "2 hours" },
    ],
  });
});

it("services start after those they need at once", () =>
  assert.deepEqual(startOrder(graph), [["user"], ["payment"], ["order"]]));

it("the route table has the longest path first, and the edge a rule for each, the reserved path and the redirect", () => {
  assert.deepEqual(
    routeTable(graph).map(({ path, service: name, namespace, port, health }) => [path, name, namespace, port, health]),
    [
      ["/orders-archive", "order", "order-service", 8080, "/healthz"],
      ["/orders", "order", "order-service", 8080, "/healthz"],
      ["/o", "order", "order-service", 8080, "/healthz"],
    ],
  );
  assert.equal(rulesNeeded(graph), 5);
});

describe("conventions", () => {
  it("derive names that say whose they are", () => {
    assert.equal(serviceNamespace("order"), "order-service");
    assert.equal(credentialName("order", "orders"), "order-orders-credential");
  });

  it("turn an alias into the prefix of its variables", () =>
    assert.deepEqual(["orders", "mainDb", "main-db", "db2Main"].map(environmentPrefix), [
      "ORDERS_",
      "MAIN_DB_",
      "MAIN_DB_",
      "DB2_MAIN_",
    ]));

  it("suggest the name that is meant, or none", () => {
    const known = ["order", "orders", "payment"];
    assert.deepEqual(
      ["oder", "odrers", "paymnet", "PAYMENT", "xyz", "o", "catalogue"].map((name) => nearest(name, known)),
      ["order", "orders", "payment", undefined, undefined, undefined, undefined],
    );
    assert.equal(nearest("ab", ["xy"]), undefined, "a name with every letter replaced is another name");
  });
});

describe("topics", () => {
  const paid = topic("paid", { carries: "payments", recovery: { givenUp: "a test" }, attempts: 3 });
  const sent = topic("sent", { carries: "messages", recovery: { givenUp: "a test" }, reserved: true });
  const till = service("till", { listens: { http: 8080 }, messages: [paid.publish()] });
  const post = service("post", { listens: { http: 8080 }, messages: [paid.consume(), sent.publish()] });
  const books = service("books", { listens: { http: 8080 }, messages: [paid.consume()] });
  const graph = compileLoosely([till, post, books], { ...BASE, broker: rabbitPods("messages") });

  it("have a queue of its own for each service that consumes, with dead letters beside it", () => {
    assert.deepEqual(topicPlans(graph)[0], {
      topic: "paid",
      carries: "payments",
      attempts: 3,
      publishers: ["till"],
      queues: [
        { name: "paid.books", consumer: "books", deadLetters: "paid.books.dead" },
        { name: "paid.post", consumer: "post", deadLetters: "paid.post.dead" },
      ],
    });
    assert.equal(topicPlans(graph)[1]?.attempts, 5);
  });

  it("grant a login just the exchanges it publishes to and its own queues", () => {
    assert.deepEqual(brokerLogins(graph), [
      { service: "books", publishes: [], consumes: ["paid.books"], secret: "books-messages-credential" },
      { service: "post", publishes: ["sent"], consumes: ["paid.post"], secret: "post-messages-credential" },
      { service: "till", publishes: ["paid"], consumes: [], secret: "till-messages-credential" },
    ]);
  });

  it("are reached through the broker alone, whose members talk among themselves", () => {
    const edges = graph.edges.filter(({ from, to }) => from === "broker/messages" || to === "broker/messages");
    assert.deepEqual(
      edges.map(({ from, to, kind, ports }) => [from, to, kind, ports.map(({ port }) => port)]),
      [
        ["broker/messages", "broker/messages", "self", [4369, 25672]],
        ["broker/messages", "platform/dns", "platform", [53, 53]],
        ["broker/messages", "platform/kubernetes-api", "platform", [443]],
        ["service/books", "broker/messages", "topic", [5671]],
        ["service/post", "broker/messages", "topic", [5671]],
        ["service/post", "broker/messages", "topic", [5671]],
        ["service/till", "broker/messages", "topic", [5671]],
      ],
    );
  });
});
