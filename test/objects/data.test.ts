import assert from "node:assert/strict";
import { plannedSecrets, userListText } from "../../components/data/credential-objects";
import { grantsSql, OWNER } from "../../components/data/grants-sql";
import { podSpecOf } from "../../components/kubernetes/order";
import type { Grant } from "../../graph/derive/grants";
import type { Access } from "../../graph/store";
import { factsOf } from "../../stacks/facts";
import { at, type Compiled, DEV, ofKind, PROD } from "./stacks";

const grant = (service: string, access: Access): Grant => ({
  store: "orders",
  service,
  access,
  role: service,
  secret: `${service}-orders-credential`,
  alias: "orders",
});

const lines = (sql: string, role: string): readonly string[] =>
  sql.split("\n").filter((line) => line.includes(`"${role}"`) && line.includes("GRANT"));

describe("grants as SQL", () => {
  const sql = grantsSql("orders", [grant("report", "read"), grant("order", "readWrite")]);

  it("let a reader select and nothing else", () => {
    const granted = lines(sql, "report").join("\n");
    assert.match(granted, /GRANT SELECT ON ALL TABLES/);
    assert.doesNotMatch(granted, /INSERT|UPDATE|DELETE|USAGE, SELECT, UPDATE/);
  });

  it("let a writer change rows, and nobody define anything", () => {
    assert.match(lines(sql, "order").join("\n"), /GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES/);
    assert.doesNotMatch(sql, /GRANT (CREATE|ALL|TRUNCATE|REFERENCES|TRIGGER)|SUPERUSER|WITH GRANT/);
    assert.match(sql, /REVOKE ALL ON SCHEMA public FROM PUBLIC;/);
  });

  it("also hold for tables made later, by the owner who runs the script", () => {
    const later = sql
      .split("\n")
      .filter((line) => line.startsWith("ALTER DEFAULT PRIVILEGES") && line.includes(" GRANT "));
    assert.equal(later.length, 4);
  });

  it("take a login away from a service that has no grant any more", () => {
    assert.match(sql, /AND member\.rolname NOT IN \('order', 'report'\) LOOP/);
    assert.match(grantsSql("orders", []), /AND NOT member\.rolcreaterole LOOP/);
  });

  it("contain no password, only the name of the variable that holds it", () => {
    assert.match(sql, /\\getenv order_password order_password/);
    assert.match(sql, /PASSWORD :'order_password';/);
  });

  it("take the wider access where a service has two aliases", () => {
    const twice = grantsSql("orders", [grant("order", "readWrite"), grant("order", "read")]);
    assert.equal(twice, grantsSql("orders", [grant("order", "readWrite")]));
  });

  it("quote every name, so that none can end a statement", () => {
    assert.match(grantsSql("orders", [grant('a"; DROP', "read")]), /TO "a""; DROP";/);
  });
});

const jobs = (stack: Compiled) =>
  ofKind(stack, "Job").map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, ""));

describe("stores in the cluster and beside it", () => {
  it("are granted by the same job in every flavour", () => {
    assert.deepEqual(jobs(DEV), ["grants-orders", "grants-payments"]);
    assert.deepEqual(
      ofKind(DEV, "Job").map((job) => podSpecOf(job)),
      ofKind(PROD, "Job").map((job) => podSpecOf(job)),
    );
  });

  it("exist as objects only where the stack chose so", () => {
    assert.deepEqual(
      ofKind(DEV, "Cluster").map(({ metadata }) => metadata.name),
      ["orders", "payments"],
    );
    assert.deepEqual(ofKind(PROD, "Cluster", "StatefulSet"), []);
    assert.deepEqual(at(ofKind(DEV, "StatefulSet")[0], "spec", "replicas"), 1);
  });

  for (const stack of [DEV, PROD])
    it(`have every Secret that a pod reads, with the key it reads, in ${stack.name}`, () => {
      const planned = new Map(
        plannedSecrets(stack.graph, factsOf(stack.settings)).map((secret) => [
          `${secret.namespace}/${secret.name}`,
          Object.keys(secret.values),
        ]),
      );
      const read = ofKind(stack, "Deployment", "Rollout", "StatefulSet", "Job").flatMap((workload) =>
        ((at(podSpecOf(workload), "containers", 0, "env") ?? []) as readonly unknown[]).flatMap((variable) => {
          const ref = at(variable, "valueFrom", "secretKeyRef");
          if (ref === undefined) return [];
          return [[`${workload.metadata.namespace}/${String(at(ref, "name"))}`, String(at(ref, "key"))] as const];
        }),
      );
      assert.ok(read.length > 20);
      for (const [name, key] of read) assert.ok(planned.get(name)?.includes(key), `${name}: ${key}`);
    });

  it("take each service's own login: no two share one", () => {
    const secrets = plannedSecrets(DEV.graph, factsOf(DEV.settings)).filter(({ namespace }) =>
      namespace.endsWith("-service"),
    );
    const logins = secrets.flatMap(({ values }) => {
      const { password } = values;
      return password?.is === "password" ? [`${password.store}/${password.of}`] : [];
    });
    assert.equal(new Set(logins).size, logins.length);
    assert.ok(logins.length >= 4 && !logins.some((login) => login.endsWith(OWNER)));
  });

  it("give Valkey's users digests of passwords and just their commands, and its default user nothing", () => {
    const secret = plannedSecrets(DEV.graph, factsOf(DEV.settings)).find(({ name }) => name === "sessions-users");
    const value = secret?.values["users.acl"];
    assert.equal(value?.is, "userList");
    const text = value.is === "userList" ? userListText(value.lines, (user) => `digest-of-${user}`) : "";
    const [first, order, user] = text.split("\n");
    assert.equal(first, "user default off");
    assert.match(order ?? "", /^user order #digest-of-order on ~\* -@all \+@read \+@connection -@dangerous$/);
    assert.match(user ?? "", /^user user #digest-of-user .*\+@write.* -@dangerous$/);
  });
});
