/**
 * What must not compile. The compiler is the test: an `@ts-expect-error` above a line that does compile is an error of the
 * build. Each stands beside its twin that does compile, so that nothing is refused for another reason.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import ts from "typescript";
import { compile } from "../../graph/compile";
import { type Landscape, type StorePlacement } from "../../graph/landscape";
import { service } from "../../graph/service";
import { postgres, redis, type StoreArgs } from "../../graph/store";
import { system } from "../../graph/system";
import { topic } from "../../graph/topic";
import { type Duration, type Size } from "../../graph/units";
import { BASE, postgresPods, problemsOf, rabbitPods, redisPods } from "./landscapes";

const KEEPS: StoreArgs = { keeps: "data", rpo: "1 hour", rto: "1 hour" };
const orders = postgres("orders", KEEPS);
const sessions = redis("sessions", KEEPS);

const order = service("order", {
  listens: { http: 8080, metrics: 9090 },
  uses: { orders: orders.readWrite(), sessions: sessions.read() },
  routes: [{ path: "/orders" }],
});
const user = service("user", { listens: { http: 8080 }, uses: { orders: order.call("metrics") } });
const shop = system("shop", [order, user]);

const edge = BASE.edge;
const stores = { orders: postgresPods("orders"), sessions: redisPods("sessions") };

/** Only the types are asked; what is wrong at run time as well is not of interest here. */
const typed = (attempt: () => unknown): void => void problemsOf(attempt);

describe("what the types say", () => {
  it("a system on a landscape that has all it needs compiles", () => {
    assert.deepEqual(
      problemsOf(() => compile(shop, { ...BASE, stores, edge })),
      [],
    );
  });

  it("a store without a placement does not", () =>
    typed(() =>
      compile(shop, {
        ...BASE,
        edge,
        // @ts-expect-error sessions has no placement
        stores: { orders: stores.orders },
      }),
    ));

  it("a placement in a flavour of another kind does not", () =>
    typed(() =>
      compile(shop, {
        ...BASE,
        edge,
        // @ts-expect-error orders is a PostgreSQL store
        stores: { orders: redisPods("orders"), sessions: stores.sessions },
      }),
    ));

  it("a flavour that no store has does not", () => {
    // @ts-expect-error there is no such flavour
    const placement: StorePlacement<"postgres"> = { ...stores.orders, flavour: "mysql" };
    assert.ok(placement);
  });

  it("a landscape that promises nothing about its stores does not", () => {
    const landscape: Landscape = { ...BASE, stores };
    // @ts-expect-error a general landscape may lack any of them
    typed(() => compile(shop, landscape));
  });

  it("a topic on a landscape without a broker does not, on one that has it it does", () => {
    const created = topic("created", { carries: "orders", recovery: { givenUp: "a test" } });
    const a = service("a", { listens: { http: 8080 }, messages: [created.publish(), created.consume()] });
    const told = system("told", [a]);
    const broker = rabbitPods("messages");
    assert.deepEqual(
      problemsOf(() => compile(told, { ...BASE, stores: {}, edge, broker })),
      [],
    );
    // @ts-expect-error needed by the topic created
    typed(() => compile(told, { ...BASE, stores: {}, edge }));
  });

  it("a capability of another kind than the place for it does not", () => {
    const created = topic("created", { carries: "orders", recovery: { givenUp: "a test" } });
    // @ts-expect-error a topic is no use, it belongs under messages
    assert.ok(service("a", { listens: { http: 8080 }, uses: { created: created.publish() } }));
    // @ts-expect-error a store is no topic, it belongs under uses
    assert.ok(service("a", { listens: { http: 8080 }, messages: [orders.read()] }));
    // @ts-expect-error a store lends rights, it is not one
    assert.ok(service("a", { listens: { http: 8080 }, uses: { orders } }));
  });

  it("a right that a store does not lend does not", () => {
    // @ts-expect-error nobody owns a store's schema by capability
    assert.throws(() => orders.own());
  });

  it("a call to a port that the service does not have does not", () => {
    // @ts-expect-error order listens on http and metrics
    assert.equal(order.call("grpc").port, "grpc");
    assert.equal(order.call("metrics").port, "metrics");
  });

  it("a route feature that the route's profile lacks does not", () => {
    const jwt = { issuer: "https://login.example.com", audience: "shop" };
    // @ts-expect-error tokens are checked by the kong profile only
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ path: "/a", jwt }] }));
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ profile: "kong", path: "/a", jwt }] }));
    const origins = ["https://shop.example.com"] as const;
    // @ts-expect-error other origins are let in by the kong profile only
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ path: "/a", cors: { origins } }] }));
    // @ts-expect-error client addresses are judged by the kong profile only
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ path: "/a", clients: ["203.0.113.0/24"] }] }));
    // @ts-expect-error versions are told apart by the kong profile only
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ path: "/a", versions: { serves: ["v1"] } }] }));
    // @ts-expect-error Kong's oauth2 plugin needs a database
    assert.ok(service("a", { listens: { http: 8080 }, routes: [{ profile: "kong", path: "/a", oauth2: {} }] }));
  });

  it("a route on an edge that lacks its profile does not, on one that has it it does", () => {
    const rich = system("rich", [service("a", { listens: { http: 8080 }, routes: [{ profile: "kong", path: "/a" }] })]);
    const kong = { ...edge, profiles: { portable: true, kong: true } } as const;
    assert.deepEqual(
      problemsOf(() => compile(rich, { ...BASE, stores: {}, edge: kong })),
      [],
    );
    typed(() =>
      compile(rich, {
        ...BASE,
        stores: {},
        // @ts-expect-error needed by the route /a
        edge,
      }),
    );
  });

  it("a bare number where a unit belongs does not", () => {
    // @ts-expect-error seconds? days?
    const time: Duration = 30;
    // @ts-expect-error of what?
    const unitless: Duration = "30";
    // @ts-expect-error MB is no unit of ours, MiB is
    const size: Size = "64 MB";
    // @ts-expect-error a recovery point is a duration
    const args: StoreArgs = { ...KEEPS, rpo: 15 };
    assert.ok([time, unitless, size, args]);
  });
});

describe("the compiler's message", function () {
  this.timeout(60_000);

  it("about a route that the edge lacks the profile for names the route", () => {
    const root = join(__dirname, "..", "..", "..");
    const text = `
      import { compile } from "${root}/graph/compile";
      import { service } from "${root}/graph/service";
      import { system } from "${root}/graph/system";
      import { BASE } from "${root}/test/graph/landscapes";
      const a = service("a", { listens: { http: 8080 }, routes: [{ path: "/plain" }, { profile: "kong", path: "/payments" }] });
      compile(system("rich", [a]), { ...BASE, stores: {}, edge: BASE.edge });
    `;
    const message = diagnosticsOf(join(root, "test/graph/unwritten.ts"), text);
    assert.match(message, /Property 'kong' is missing/);
    assert.match(message, /readonly kong: true \| "needed by the route \/payments";/);
  });
});

/** Compiles one file that lies nowhere, beside the project's own. */
function diagnosticsOf(path: string, text: string): string {
  const { config } = ts.readConfigFile(join(dirname(path), "../../tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [path], include: [] }, ts.sys, dirname(path));
  const host = ts.createCompilerHost({ ...options, noEmit: true, incremental: false });
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : read(name, ...rest);
  host.fileExists = (name) => name === path || ts.sys.fileExists(name);
  const program = ts.createProgram([path], { ...options, noEmit: true, incremental: false, types: [] }, host);
  const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")).join("\n");
}
