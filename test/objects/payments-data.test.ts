import assert from "node:assert/strict";
import { originBucket } from "../../components/backup/s3-names";
import { plannedSecrets, userListText } from "../../components/data/credential-objects";
import { podSpecOf } from "../../components/kubernetes/order";
import type { Manifest } from "../../graph/manifest";
import { factsOf } from "../../stacks/facts";
import { scopeOf } from "../../stacks/scope";
import type { Settings } from "../../stacks/schema";
import { at, type Compiled, compiled, ofKind, PAYMENTS_DEV, PAYMENTS_EKS_PROD } from "./stacks";

const named = (kind: string, name: string, stack: Compiled = PAYMENTS_EKS_PROD): Manifest => {
  const [found] = ofKind(stack, kind).filter(({ metadata }) => metadata.name === name);
  return found ?? assert.fail(`no ${kind} ${name}`);
};

const secret = (name: string, stack: Compiled = PAYMENTS_EKS_PROD) =>
  plannedSecrets(stack.graph, factsOf(stack.settings)).find((each) => each.name === name) ?? assert.fail(name);

const textOf = (name: string, key: string): string => {
  const value = secret(name).values[key];
  return value?.is === "text" ? value.text : assert.fail(`${name}: ${key}`);
};

type Postgres = Extract<Settings["stores"][string], { flavour: "cloudnative-pg" }>;

describe("PostgreSQL in production", () => {
  it("has a primary and two replicas in zones of their own, and a commit waits for one of them", () => {
    const cluster = named("Cluster", "payments");
    assert.equal(at(cluster, "spec", "instances"), 3);
    assert.equal(at(cluster, "spec", "affinity", "podAntiAffinityType"), "required");
    assert.equal(at(cluster, "spec", "affinity", "topologyKey"), "topology.kubernetes.io/zone");
    assert.equal(at(cluster, "spec", "postgresql", "synchronous", "number"), 1);
    assert.equal(at(named("Cluster", "payments", PAYMENTS_DEV), "spec", "postgresql", "synchronous"), undefined);
  });

  it("is reached through poolers: writers at the primary, readers at replicas, and whoever grants past them", () => {
    const stores = PAYMENTS_EKS_PROD.graph.landscape.stores["payments"];
    assert.equal(stores?.host, "payments-pool-rw-in.data.svc.cluster.local");
    assert.equal(stores.readHost, "payments-pool-ro-in.data.svc.cluster.local");
    assert.equal(textOf("payments-owner", "host"), "payments-rw.data.svc.cluster.local");
    assert.equal(textOf("payment-payments-credential", "host"), stores.host);
    assert.deepEqual(
      ofKind(PAYMENTS_EKS_PROD, "Pooler").map((each) => [
        at(each, "spec", "type"),
        at(each, "spec", "pgbouncer", "poolMode"),
      ]),
      [
        ["rw", "transaction"],
        ["ro", "transaction"],
      ],
    );
    for (const type of ["rw", "ro"])
      assert.deepEqual(at(named("Service", `payments-pool-${type}-in`), "spec", "selector"), {
        "cnpg.io/cluster": "payments",
        "cnpg.io/poolerName": `payments-pool-${type}`,
      });
  });

  it("archives its log and a daily base backup under a name with region and generation", () => {
    const cluster = named("Cluster", "payments");
    assert.equal(at(cluster, "spec", "plugins", 0, "isWALArchiver"), true);
    assert.equal(at(cluster, "spec", "plugins", 0, "parameters", "serverName"), "payments-eu-west-1-1");
    const store = named("ObjectStore", "payments");
    assert.match(String(at(store, "spec", "configuration", "destinationPath")), /^s3:\/\/.*archive.*\/postgres$/);
    assert.deepEqual(at(store, "spec", "configuration", "s3Credentials"), { inheritFromIAMRole: true });
    assert.equal(at(store, "spec", "retentionPolicy"), "30d");
    assert.equal(at(named("ScheduledBackup", "payments-daily"), "spec", "method"), "plugin");
    assert.ok(PAYMENTS_EKS_PROD.graph.nodes.get("store/payments")?.identity);
  });

  it("is recovered from another region's copy, and then archives under a name of its own", () => {
    const recovery = compiled("payments-eks-prod", (settings) => ({
      ...settings,
      role: "recovery",
      cloud: {
        ...settings.cloud,
        region: "eu-central-1",
        zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      },
      backup: { ...settings.backup, replicateTo: "eu-west-1" },
      stores: {
        ...settings.stores,
        payments: {
          ...(settings.stores["payments"] as Postgres),
          archive: { retention: "30 days", generation: 2, from: { region: "eu-west-1", generation: 1 } },
        },
      },
    }));
    const cluster = named("Cluster", "payments", recovery);
    assert.equal(at(cluster, "spec", "bootstrap", "recovery", "source"), "origin");
    assert.equal(at(cluster, "spec", "bootstrap", "initdb"), undefined);
    const origin = at(cluster, "spec", "externalClusters", 0, "plugin", "parameters");
    assert.deepEqual(origin, { barmanObjectName: "payments-origin", serverName: "payments-eu-west-1-1" });
    assert.equal(at(cluster, "spec", "plugins", 0, "parameters", "serverName"), "payments-eu-central-1-2");
    const path = String(
      at(named("ObjectStore", "payments-origin", recovery), "spec", "configuration", "destinationPath"),
    );
    assert.ok(path.startsWith(`s3://${originBucket(scopeOf(recovery.settings), "eu-west-1")}/`));
    assert.match(path, /archive-copy/);
  });

  it("speaks TLS only, with a certificate that clients can check", () => {
    assert.equal(at(named("Cluster", "payments"), "spec", "certificates", "serverTLSSecret"), "payments-server-tls");
    const names = at(named("Certificate", "payments-server"), "spec", "dnsNames") as readonly string[];
    for (const host of ["payments-rw", "payments-pool-rw-in", "payments-pool-ro-in"])
      assert.ok(names.includes(`${host}.data.svc.cluster.local`), host);
  });
});

describe("Valkey in production", () => {
  const members = named("StatefulSet", "sessions");
  const container = (name: string): unknown =>
    (at(podSpecOf(members), "containers") as readonly unknown[]).find((each) => at(each, "name") === name);

  it("has a master and two replicas in zones of their own, each with a Sentinel, and two Sentinels decide", () => {
    assert.equal(at(members, "spec", "replicas"), 3);
    assert.equal(at(podSpecOf(members), "topologySpreadConstraints", 0, "whenUnsatisfiable"), "DoNotSchedule");
    const script = String(at(container("sentinel"), "command", 2));
    assert.match(script, /sentinel monitor sessions \$primary 6379 2$/m);
    assert.match(script, /sentinel auth-user sessions sentinel/);
  });

  it("appends its data to a volume, and speaks TLS only", () => {
    assert.equal(at(members, "spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"), "2Gi");
    const script = String(at(container("valkey"), "command", 2));
    for (const line of ["port 0", "tls-port 6379", "tls-replication yes", "appendonly yes"])
      assert.ok(script.split("\n").includes(line), line);
  });

  it("lets a service ask Sentinel where the primary is, and use just its own commands there", () => {
    const users = secret("sessions-users").values;
    const acl = users["users.acl"];
    const asking = users["sentinel.acl"];
    assert.ok(acl?.is === "userList" && asking?.is === "userList");
    const text = userListText(asking.lines, () => "digest");
    assert.match(text, /^user default off$/m);
    assert.match(text, /^user identity #digest on &\* -@all .*\+sentinel\|get-primary-addr-by-name/m);
    assert.doesNotMatch(text, /^user identity .*(\+sentinel |sentinel\|set|failover)/m);
    assert.match(
      userListText(acl.lines, () => "digest"),
      /^user identity #digest on ~\* -@all &\* \+@read \+@write /m,
    );
    assert.equal(textOf("identity-sessions-credential", "port"), "26379");
    const env = at(podSpecOf(named("Deployment", "identity")), "containers", 0, "env") as readonly unknown[];
    assert.ok(env.some((each) => at(each, "name") === "SESSIONS_SENTINEL" && at(each, "value") === "sessions"));
    assert.ok(env.some((each) => at(each, "name") === "SESSIONS_CA"));
  });

  it("is plain, small and without Sentinel in development", () => {
    const small = named("StatefulSet", "sessions", PAYMENTS_DEV);
    assert.equal(at(small, "spec", "replicas"), 1);
    assert.equal((at(podSpecOf(small), "containers") as readonly unknown[]).length, 1);
  });
});

describe("RabbitMQ", () => {
  it("has three nodes in zones of their own, TLS only, and a minority that stops", () => {
    const broker = named("RabbitmqCluster", "rabbitmq");
    assert.equal(at(broker, "spec", "replicas"), 3);
    assert.equal(at(broker, "spec", "tls", "disableNonTLSListeners"), true);
    const pod = at(broker, "spec", "override", "statefulSet", "spec", "template", "spec");
    assert.equal(at(pod, "topologySpreadConstraints", 0, "whenUnsatisfiable"), "DoNotSchedule");
    assert.equal(at(pod, "securityContext", "runAsNonRoot"), true);
    assert.match(String(at(broker, "spec", "rabbitmq", "additionalConfig")), /pause_minority/);
    assert.ok(named("PodDisruptionBudget", "rabbitmq"));
  });

  it("keeps messages in quorum queues, and what is given up on in dead letters", () => {
    const queues = ofKind(PAYMENTS_EKS_PROD, "Queue").map((each) => [
      at(each, "spec", "name"),
      at(each, "spec", "type"),
    ]);
    assert.deepEqual(queues, [
      ["payment-events.notification", "quorum"],
      ["payment-events.notification.dead", "quorum"],
    ]);
    const definition = at(named("Policy", "rabbitmq-payment-events-notification"), "spec", "definition");
    assert.deepEqual(definition, {
      "dead-letter-exchange": "dead-letters",
      "dead-letter-routing-key": "payment-events.notification",
      "dead-letter-strategy": "at-least-once",
      overflow: "reject-publish",
      "delivery-limit": 5,
    });
    const dead = named("Binding", "rabbitmq-payment-events-notification-dead");
    assert.equal(at(dead, "spec", "source"), "dead-letters");
    assert.equal(at(dead, "spec", "routingKey"), "payment-events.notification");
  });

  it("gives each service a user of its own in the system's vhost, with just its permissions", () => {
    const permissions = ofKind(PAYMENTS_EKS_PROD, "Permission").map((each) => [
      at(each, "spec", "userReference", "name"),
      at(each, "spec", "vhost"),
      at(each, "spec", "permissions"),
    ]);
    assert.deepEqual(permissions, [
      [
        "rabbitmq-notification",
        "payments",
        { configure: "^$", write: "^$", read: "^(payment-events\\.notification)$" },
      ],
      ["rabbitmq-payment", "payments", { configure: "^$", write: "^(payment-events)$", read: "^$" }],
    ]);
    const users = ofKind(PAYMENTS_EKS_PROD, "User").map((each) =>
      String(at(each, "spec", "importCredentialsSecret", "name")),
    );
    for (const user of users) assert.deepEqual(Object.keys(secret(user).values), ["username", "password"]);
    const logins = ["payment", "notification"].map((name) => secret(`${name}-rabbitmq-credential`).values["password"]);
    assert.equal(new Set(logins.map((each) => JSON.stringify(each))).size, 2);
  });

  it("tells a service where to publish and what to consume, and by whose certificate to know the broker", () => {
    const env = (name: string): Readonly<Record<string, unknown>> =>
      Object.fromEntries(
        (at(podSpecOf(named("Deployment", name)), "containers", 0, "env") as readonly unknown[]).map((each) => [
          String(at(each, "name")),
          at(each, "value"),
        ]),
      );
    assert.equal(env("payment")["PAYMENT_EVENTS_EXCHANGE"], "payment-events");
    assert.equal(env("notification")["PAYMENT_EVENTS_QUEUE"], "payment-events.notification");
    assert.equal(env("notification")["BROKER_CA"], "/etc/keelson/authority/ca.crt");
    const [volume] = (at(podSpecOf(named("Deployment", "payment")), "volumes") as readonly unknown[]).filter(
      (each) => at(each, "name") === "authority",
    );
    assert.deepEqual(at(volume, "secret", "items"), [{ key: "ca.crt", path: "ca.crt" }]);
  });
});
