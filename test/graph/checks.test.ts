/** Every problem a system can have on a landscape, word for word: a person mends it from the message alone. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { external } from "../../graph/external";
import { type Landscape } from "../../graph/landscape";
import { tcp, type Port } from "../../graph/port";
import { type Problem } from "../../graph/problems";
import { type Route } from "../../graph/route";
import { type AnyService, service } from "../../graph/service";
import { postgres, redis } from "../../graph/store";
import { topic } from "../../graph/topic";
import { BASE, compileLoosely, DNS_ACTOR, postgresPods, problemsOf, rabbitPods, VPC_CNI } from "./landscapes";

const KEEPS = { keeps: "data", rpo: "1 hour", rto: "1 hour" } as const;
const orders = postgres("orders", KEEPS);
const plain = service("plain", { listens: { http: 8080 } });

const report = (services: readonly AnyService[], landscape: Landscape = BASE): readonly Problem[] =>
  problemsOf(() => compileLoosely(services, landscape));

const refuses = (what: string, services: readonly AnyService[], landscape: Landscape, ...expected: Problem[]) =>
  it(`refuses ${what}`, () => assert.deepEqual(report(services, landscape), expected));

const created = topic("created", { carries: "orders", recovery: { givenUp: "a test" } });
const never = topic("never", { carries: "orders", recovery: { givenUp: "a test" }, attempts: 0 });
const WITH_BROKER: Landscape = { ...BASE, broker: rabbitPods("messages") };

/** What a route read from elsewhere could say, past the compiler. */
const LETS_OAUTH2_IN: Route = JSON.parse('{ "profile": "kong", "path": "/a", "oauth2": {} }') as Route;

const withActors = (...actors: Landscape["actors"]): Landscape => ({ ...BASE, actors: [...BASE.actors, ...actors] });

describe("names", () => {
  refuses(
    "a service's name that nothing can be derived from",
    [service("Order_1", { listens: { http: 8080 } })],
    BASE,
    {
      where: "service Order_1",
      got: 'the name "Order_1"',
      want: "lower-case letters, digits and hyphens, a letter first and no hyphen last",
      mend: 'rename the service, for example "order-1"',
    },
  );

  refuses("two services of one name", [plain, service("plain", { listens: { http: 8081 } })], BASE, {
    where: "service plain",
    got: "two services of this name",
    want: "one",
    mend: "rename one of them, or declare it once and import it where it is used",
  });

  const long = "a".repeat(60);
  refuses(
    "a service's name too long for what is derived from it",
    [service(long, { listens: { http: 8080 } })],
    BASE,
    {
      where: `service ${long}`,
      got: `a namespace "${long}-service" of 68 characters`,
      want: "at most 63",
      mend: "shorten the service's name by 5 characters",
    },
    {
      where: `service ${long}`,
      got: `a canary Service "${long}-canary" of 67 characters`,
      want: "at most 63",
      mend: "shorten the service's name by 4 characters",
    },
    {
      where: `service ${long}`,
      got: `a cloud role "shop-test-${long}" of 70 characters`,
      want: "at most 64",
      mend: "shorten the service's name by 6 characters",
    },
  );

  it("accepts a name of just the length that fits", () =>
    assert.deepEqual(report([service("a".repeat(54), { listens: { http: 8080 } })]), []));

  refuses(
    "two handles of one name, which would become one store",
    [service("a", { listens: { http: 8080 }, uses: { x: orders.read(), y: postgres("orders", KEEPS).read() } })],
    { ...BASE, stores: { orders: postgresPods("orders") } },
    {
      where: "store orders",
      got: "two stores of this name",
      want: "one",
      mend: "rename one of them, or declare it once and import it where it is used",
    },
  );

  refuses(
    "an external's name that no Secret can carry",
    [service("a", { listens: { http: 8080 }, uses: { x: external("Send_Grid", { hosts: ["x.example"] }).call() } })],
    BASE,
    {
      where: "external Send_Grid",
      got: 'the name "Send_Grid"',
      want: "lower-case letters, digits and hyphens, a letter first and no hyphen last",
      mend: 'rename the external, for example "send-grid"',
    },
  );
});

describe("stores", () => {
  refuses(
    "a store without a place",
    [service("a", { listens: { http: 8080 }, uses: { orders: orders.read() } })],
    BASE,
    {
      where: "Pulumi.test.yaml: keelson:stores.orders",
      got: "nothing",
      want: "where the postgres store orders lives in this stack",
      mend: 'add it under keelson:stores, for example "orders: { flavour: cloudnative-pg, instances: 1, disk: 10 GiB }"',
    },
  );

  refuses(
    "a redis store without a place",
    [service("a", { listens: { http: 8080 }, uses: { c: redis("c", KEEPS).read() } })],
    BASE,
    {
      where: "Pulumi.test.yaml: keelson:stores.c",
      got: "nothing",
      want: "where the redis store c lives in this stack",
      mend: 'add it under keelson:stores, for example "c: { flavour: valkey, replicas: 0, memory: 128 MiB }"',
    },
  );

  refuses(
    "a misspelt store, and names the one that is meant",
    [service("a", { listens: { http: 8080 }, uses: { orders: orders.read() } })],
    { ...BASE, stores: { orders: postgresPods("orders"), odrers: postgresPods("odrers") } },
    {
      where: "Pulumi.test.yaml: keelson:stores.odrers",
      got: "a store no service uses",
      want: "one of orders",
      mend: "write orders",
    },
  );

  refuses(
    "stores where none is used",
    [plain],
    { ...BASE, stores: { orders: postgresPods("orders") } },
    {
      where: "Pulumi.test.yaml: keelson:stores.orders",
      got: "a store no service uses",
      want: "no stores: none is used",
      mend: "remove it",
    },
  );
});

describe("ports", () => {
  refuses("a port that only root may open", [service("a", { listens: { http: 80 } })], BASE, {
    where: "service a: listens.http",
    got: "80",
    want: "a port from 1024 to 65535, which a process that is not root may open",
    mend: "choose another port, for example 8080; the public port belongs to the edge",
  });

  refuses("routes without an http port", [service("a", { listens: { grpc: 9000 }, routes: [{ path: "/a" }] })], BASE, {
    where: "service a: routes",
    got: "routes without a port named http (it listens on grpc)",
    want: "an http port that serves them",
    mend: "name the port that serves the routes http: listens: { http: 8080 }",
  });
});

describe("uses", () => {
  refuses(
    "a call to a service the system does not run",
    [service("a", { listens: { http: 8080 }, uses: { p: plain.call("http") } })],
    BASE,
    {
      where: "service a: uses.p",
      got: "a call to plain, which the system does not run",
      want: "one of a",
      mend: "add plain to the system's services",
    },
  );

  const loose: AnyService = plain;
  refuses(
    "a call to a port that is not there",
    [plain, service("a", { listens: { http: 8080 }, uses: { p: loose.call("htpp") } })],
    BASE,
    { where: "service a: uses.p", got: "a call to port htpp of plain", want: "one of http", mend: "write http" },
  );

  refuses(
    "two aliases whose variables would overwrite each other",
    [service("a", { listens: { http: 8080 }, uses: { mainDb: orders.read(), "main-db": orders.readWrite() } })],
    { ...BASE, stores: { orders: postgresPods("orders") } },
    {
      where: "service a: uses.main-db",
      got: "an alias whose variables start with MAIN_DB_, as those of mainDb do",
      want: "a prefix of its own",
      mend: "rename main-db",
    },
  );

  refuses(
    "topics where the stack has no broker",
    [service("a", { listens: { http: 8080 }, messages: [created.publish(), created.consume()] })],
    BASE,
    {
      where: "Pulumi.test.yaml: keelson:broker",
      got: "nothing",
      want: "where the topics created live in this stack",
      mend: "write keelson:broker: { flavour: rabbitmq, nodes: 3, disk: 10 GiB }",
    },
  );

  refuses("a broker where there are no topics", [plain], WITH_BROKER, {
    where: "Pulumi.test.yaml: keelson:broker",
    got: "a broker no service uses",
    want: "no broker: there are no topics",
    mend: "remove it",
  });

  refuses(
    "two things of one name that one service has credentials for",
    [
      service("a", {
        listens: { http: 8080 },
        uses: { shop: external("messages", { hosts: ["m.example"] }).call() },
        messages: [created.publish(), created.consume()],
      }),
    ],
    WITH_BROKER,
    {
      where: "service a",
      got: "two credentials named a-messages-credential",
      want: "a name of its own for each store, external, secret and broker that one service uses",
      mend: "rename one of those called messages",
    },
  );

  refuses(
    "a topic nobody consumes",
    [service("a", { listens: { http: 8080 }, messages: [created.publish()] })],
    WITH_BROKER,
    {
      where: "topic created",
      got: "publishers, but no service that consumes from it",
      want: "at least one of each",
      mend: "add created.consume() to a service's messages, or declare it reserved: true",
    },
  );

  refuses(
    "a topic nobody publishes to",
    [service("a", { listens: { http: 8080 }, messages: [created.consume()] })],
    WITH_BROKER,
    {
      where: "topic created",
      got: "consumers, but no service that publishes to it",
      want: "at least one of each",
      mend: "add created.publish() to a service's messages, or declare it reserved: true",
    },
  );

  const onceMore = topic("once-more", { carries: "orders", recovery: { republishedFrom: orders } });
  const told = (uses: { readonly orders?: ReturnType<typeof orders.read | typeof orders.readWrite> }) =>
    report(
      [
        service("a", { listens: { http: 8080 }, uses, messages: [onceMore.publish()] }),
        service("b", { listens: { http: 8080 }, uses: { orders: orders.readWrite() }, messages: [onceMore.consume()] }),
      ],
      { ...WITH_BROKER, stores: { orders: postgresPods("orders") } },
    );

  it("refuse to be published again from a store that no publisher writes", () => {
    assert.deepEqual(told({ orders: orders.readWrite() }), []);
    for (const uses of [{}, { orders: orders.read() }])
      assert.deepEqual(
        told(uses).map(({ where, got }) => [where, got]),
        [["topic once-more: recovery", "republishedFrom: orders"]],
      );
  });

  it("accepts a reserved topic with one end or none", () => {
    const kept = topic("kept", { carries: "later", recovery: { givenUp: "a test" }, reserved: true });
    const a = service("a", { listens: { http: 8080 }, messages: [kept.publish()] });
    assert.deepEqual(report([a], WITH_BROKER), []);
  });

  refuses(
    "messages that are never delivered",
    [service("a", { listens: { http: 8080 }, messages: [never.publish(), never.consume()] })],
    WITH_BROKER,
    { where: "topic never: attempts", got: "0", want: "a whole number from 1", mend: "write 5" },
  );

  refuses(
    "two topics of one name",
    [
      service("a", {
        listens: { http: 8080 },
        messages: [
          created.publish(),
          topic("created", { carries: "others", recovery: { givenUp: "a test" } }).consume(),
        ],
      }),
    ],
    WITH_BROKER,
    {
      where: "topic created",
      got: "two topics of this name",
      want: "one",
      mend: "rename one of them, or declare it once and import it where it is used",
    },
  );
});

describe("start order", () => {
  it("names every cycle of calls, and where to cut it", () => {
    const listens = { http: 8080 };
    const uses: Record<string, ReturnType<AnyService["call"]>> = {};
    const a = service("a", { listens, uses });
    const b = service("b", { listens, uses: { a: a.call("http") } });
    uses["b"] = b.call("http");
    assert.deepEqual(report([a, b, service("c", { listens, uses: { a: a.call("http") } })]), [
      {
        where: "services a, b",
        got: "calls in a cycle: a -> b -> a",
        want: "an order in which every service starts after those it calls",
        mend: 'declare one of these calls as needed only later, in a: b.call("http", { needed: "later" })',
      },
    ]);
  });

  it("accepts a cycle that is needed only later", () => {
    const listens = { http: 8080 };
    const uses: Record<string, ReturnType<AnyService["call"]>> = {};
    const a = service("a", { listens, uses });
    const b = service("b", { listens, uses: { a: a.call("http") } });
    uses["b"] = b.call("http", { needed: "later" });
    assert.deepEqual(report([a, b]), []);
  });
});

describe("routes", () => {
  const routed = (name: string, ...paths: `/${string}`[]): AnyService =>
    service(name, { listens: { http: 8080 }, routes: paths.map((path) => ({ path })) });

  refuses("a path that no edge matches by prefix", [routed("a", "/a/*")], BASE, {
    where: "service a: route /a/*",
    got: 'the path "/a/*"',
    want: "segments of letters, digits and . _ ~ -, without a slash or wildcard at the end",
    mend: "write the prefix only: /orders matches /orders and all below it",
  });

  refuses(
    "a misspelt key of a route, which the compiler lets pass",
    [service("a", { listens: { http: 8080 }, routes: [{ path: "/a", limt: { per: "ip", rate: "1 per hour" } }] })],
    BASE,
    {
      where: "service a: route /a",
      got: "the key limt, which a portable route does not have",
      want: "one of profile, path, limit",
      mend: "write limit",
    },
  );

  refuses(
    "Kong's oauth2 plugin, with the reason and what does it instead",
    [service("a", { listens: { http: 8080 }, routes: [LETS_OAUTH2_IN] })],
    { ...BASE, edge: { ...BASE.edge, name: "kong", profiles: { portable: true, kong: true } } },
    {
      where: "service a: route /a",
      got: "the key oauth2: Kong's oauth2 plugin keeps its tokens in a database, and the ingress controller runs Kong without one",
      want: "tokens that identity or an identity provider issues, checked at the edge",
      mend: 'write jwt: { issuer: "https://…", audience: "…" } instead',
    },
  );

  refuses("a route claimed twice", [routed("a", "/x"), routed("b", "/x")], BASE, {
    where: "service b: route /x",
    got: "a path that a claims too",
    want: "one owner",
    mend: "give one of them another path, for example /b",
  });

  refuses("a route shadowed by another service's", [routed("a", "/x"), routed("b", "/x/y")], BASE, {
    where: "service b: route /x/y",
    got: "a path inside /x of a, which would never see those requests",
    want: "paths of different services side by side",
    mend: "move it out of /x, for example to /b",
  });

  it("accepts a longer name beside a shorter one", () =>
    assert.deepEqual(report([routed("a", "/x"), routed("b", "/xy")]), []));

  refuses("a path that the edge answers itself", [routed("a", "/health/deep")], BASE, {
    where: "service a: route /health/deep",
    got: "a path under /health, which the edge answers itself",
    want: "any other path",
    mend: "rename the route, for example /a",
  });

  refuses(
    "a route of a profile that the edge lacks",
    [service("a", { listens: { http: 8080 }, routes: [{ profile: "kong", path: "/a" }] })],
    BASE,
    {
      where: "service a: route /a",
      got: "a route of the kong profile on the edge alb",
      want: "one of portable",
      mend: "write routes: portable or kind: kong under keelson:edge, or write the route portably",
    },
  );

  const signed = (name: string, issuer: string) =>
    service(name, {
      listens: { http: 8080 },
      routes: [{ profile: "kong", path: `/${name}`, jwt: { issuer, audience: name, consumers: ["app"] } }],
    });
  const ON_KONG = { ...BASE, edge: { ...BASE.edge, name: "kong", profiles: { portable: true, kong: true } } } as const;

  refuses(
    "one client application of two issuers",
    [signed("a", "https://one.example.com"), signed("b", "https://two.example.com")],
    ON_KONG,
    {
      where: "service b: route /b",
      got: "the client application app of https://two.example.com, which https://one.example.com has too",
      want: "each client application known to one issuer",
      mend: "rename one of them, or let both routes take tokens of one issuer",
    },
  );

  refuses(
    "more rules than the load balancer takes",
    [routed("a", "/a", "/b", "/c")],
    { ...BASE, edge: { ...BASE.edge, rules: 4 } },
    {
      where: "edge alb",
      got: "5 rules",
      want: "at most 4 on one load balancer",
      mend: "join routes of one service under a common prefix, or raise the quota and edge.rules with it",
    },
  );
});

describe("landscapes", () => {
  refuses("two actors of one name", [plain], withActors(DNS_ACTOR), {
    where: "platform dns",
    got: "two actors of this name",
    want: "one",
    mend: "join them or rename one",
  });

  const pods = (namespace: string, labels: Readonly<Record<string, string>>) =>
    ({ at: "pods", namespace, labels }) as const;

  refuses(
    "a reach that leads nowhere",
    [plain],
    withActors({ name: "x", place: pods("x", { app: "x" }), reaches: [{ to: "dsn" }] }),
    {
      where: "platform x: reaches",
      got: '"dsn", which the stack does not have',
      want: "one of dns, kubernetes-api, x, edge/alb, service/plain, services, or stores:<flavour>",
      mend: "write dns",
    },
  );

  refuses(
    "webhooks that nothing calls",
    [plain],
    { ...BASE, actors: [{ name: "x", place: pods("x", { app: "x" }), webhooks: [tcp(9443)] }] },
    {
      where: "platform x: webhooks",
      got: "webhooks that nothing calls",
      want: "an actor named kubernetes-api, from which they are called",
      mend: "add the actor kubernetes-api with the API server's ranges",
    },
  );

  refuses(
    "labels that select another node's pods too",
    [plain],
    withActors(
      { name: "x", place: pods("ours", { app: "x" }) },
      { name: "y", place: pods("ours", { app: "x", tier: "back" }) },
    ),
    {
      where: "platform/x: labels in namespace ours",
      got: "app=x, which also selects platform/y (app=x,tier=back): its pods would get both policies",
      want: "labels that no other node's pods carry",
      mend: "add a label to platform/x that platform/y lacks, for example app.kubernetes.io/name=x",
    },
  );

  refuses(
    "a Service that selects more than its node's pods",
    [plain],
    withActors({
      name: "x",
      place: pods("ours", { app: "x", tier: "back" }),
      faces: [{ name: "x", selector: { app: "x" }, ports: [tcp(80)] }],
    }),
    {
      where: "platform/x: Service x",
      got: "the selector app=x",
      want: "at least the labels of its pods, app=x,tier=back",
      mend: "add the missing labels to the Service's selector",
    },
  );

  refuses(
    "ranges that exceptions leave nothing of, where an empty rule would allow everything",
    [plain],
    withActors({ name: "x", place: { at: "ranges", ranges: ["10.1.0.0/16"], except: ["10.0.0.0/8"] } }),
    {
      where: "platform/x: place",
      got: "ranges without a single address",
      want: "at least one range that its exceptions leave something of",
      mend: 'give it its range, for example ranges: ["10.20.48.0/20"]',
    },
  );

  refuses(
    "one of our nodes in the platform's own namespace",
    [plain],
    withActors({ name: "x", place: pods("kube-system", { app: "x" }) }),
    {
      where: "namespace kube-system",
      got: "platform/dns, which shares it with the platform, beside platform/x, whose default denies all in it",
      want: "a namespace that is either shared or ours",
      mend: "place platform/x in a namespace of its own",
    },
  );

  const many = (first: number, count: number): readonly Port[] =>
    Array.from({ length: count }, (_, index) => tcp(first + index));
  const crowd = (count: number): Landscape =>
    withActors(
      { name: "wide", place: { at: "ranges", ranges: ["10.9.0.0/16"] }, serves: many(2_000, 12) },
      { name: "inner", place: { at: "ranges", ranges: ["10.9.1.0/24"] }, serves: many(3_000, count) },
      { name: "x", place: pods("x", { app: "x" }), reaches: [{ to: "wide" }, { to: "inner" }] },
    );

  refuses("more ports for a range, with those of the ranges around it, than the network takes", [plain], crowd(13), {
    where: "NetworkPolicy x/platform-x: egress",
    got: "25 port and protocol pairs for 10.9.1.0/24",
    want: "at most 24 per address range, which is all that vpc-cni enforces",
    mend: "let fewer ports share the range: give the nodes behind it ranges of their own",
  });

  it("accepts just as many ports as the network takes", () => {
    assert.equal(VPC_CNI.portsPerRange, 24);
    assert.deepEqual(report([plain], crowd(12)), []);
  });
});

it("reports problems of every kind at once", () => {
  const bad = service("Bad", { listens: { http: 80 }, uses: { orders: orders.read() }, routes: [{ path: "/health" }] });
  assert.deepEqual(
    report([bad]).map(({ where }) => where),
    [
      "service Bad",
      "Pulumi.test.yaml: keelson:stores.orders",
      "service Bad: listens.http",
      "service Bad: route /health",
    ],
  );
});
