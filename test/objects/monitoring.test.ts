import assert from "node:assert/strict";
import { plannedSecrets } from "../../components/data/credential-objects";
import { podSpecOf } from "../../components/kubernetes/order";
import { monitoringValues } from "../../components/observability/values";
import type { Manifest } from "../../graph/manifest";
import { factsOf } from "../../stacks/facts";
import { at, type Compiled, compiled, DEV, ofKind, PAYMENTS_DEV, PAYMENTS_EKS_PROD } from "./stacks";

const named = (kind: string, name: string): Manifest =>
  ofKind(PAYMENTS_EKS_PROD, kind).find(({ metadata }) => metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}

const rules = ofKind(PAYMENTS_EKS_PROD, "PrometheusRule").flatMap((each) =>
  (at(each, "spec", "groups", 0, "rules") as readonly Rule[]).map((rule) => ({ ...rule, of: each.metadata.name })),
);

interface Board {
  readonly title: string;
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const board = (uid: string): Board =>
  JSON.parse(String(at(named("ConfigMap", `dashboard-${uid}`), "data", `${uid}.json`))) as Board;

describe("monitoring", () => {
  it("is there where a stack asks for it, and nowhere else", () => {
    for (const stack of [DEV, PAYMENTS_DEV])
      assert.deepEqual(ofKind(stack, "ServiceMonitor", "PodMonitor", "PrometheusRule", "AlertmanagerConfig"), []);
  });

  it("asks every service, every store, the broker and the edge", () => {
    assert.deepEqual(
      ofKind(PAYMENTS_EKS_PROD, "ServiceMonitor").map(({ metadata }) => metadata.name),
      ["identity", "notification", "payment"],
    );
    assert.deepEqual(
      ofKind(PAYMENTS_EKS_PROD, "PodMonitor").map(({ metadata }) => metadata.name),
      ["payments", "payments-pool", "sessions", "rabbitmq", "kong", "cert-manager", "log-shipper"],
    );
  });

  it("may ask only what it asks: each target is an edge of the graph with just that port", () => {
    const reached = PAYMENTS_EKS_PROD.graph.edges.filter(({ from }) => from === "platform/prometheus");
    const ports = (to: string): readonly number[] =>
      reached.filter((edge) => edge.to === to).flatMap((edge) => edge.ports.map(({ port }) => port));
    assert.deepEqual(ports("service/payment"), [8080]);
    assert.deepEqual(ports("store/payments"), [9187, 9127]);
    assert.deepEqual(ports("store/sessions"), [9121]);
    assert.deepEqual(ports("broker/rabbitmq"), [15_691]);
    assert.deepEqual(ports("edge/kong"), [8100]);
  });

  it("reaches whatever the chart's own monitors ask, or their rules would report it as down for ever", () => {
    const reached = PAYMENTS_EKS_PROD.graph.edges.filter(({ from }) => from === "platform/prometheus");
    const ports = (to: string): readonly number[] =>
      reached.filter((edge) => edge.to === `platform/${to}`).flatMap((edge) => edge.ports.map(({ port }) => port));
    for (const [part, asked] of Object.entries({
      alertmanager: [9093, 8080],
      dns: [53, 53, 9153],
      grafana: [3000],
      kubelets: [10_250],
      "kubernetes-api": [443],
      "metrics-operator": [10_250],
      prometheus: [9090, 8080],
      "state-metrics": [8080],
    }))
      assert.deepEqual(ports(part), asked, part);
  });

  it("asks a store without Sentinel too, by a login that reads nothing but how it is", () => {
    const { monitoring } = PAYMENTS_EKS_PROD.settings;
    const small = compiled("payments-eks", (settings) => ({ ...settings, monitoring }));
    const members = (stack: Compiled): readonly unknown[] =>
      ofKind(stack, "StatefulSet")
        .filter(({ metadata }) => metadata.name === "sessions")
        .flatMap((each) => at(podSpecOf(each), "containers") as readonly unknown[]);
    assert.equal(at(members(small)[1], "env", 1, "value"), "metrics");
    assert.ok(ofKind(small, "PodMonitor").some(({ metadata }) => metadata.name === "sessions"));
    assert.ok(ofKind(small, "PrometheusRule").some(({ metadata }) => metadata.name === "sessions"));
    const users = plannedSecrets(small.graph, factsOf(small.settings)).find(({ name }) => name === "sessions-users");
    const list = users?.values["users.acl"] ?? assert.fail("no users");
    const lines = list.is === "userList" ? list.lines : [];
    assert.equal(lines.find(({ user }) => user === "metrics")?.rules, "on -@all +info +ping +client|setname");
    assert.equal(members(PAYMENTS_DEV).length, 1);
  });

  it("tells its chart nothing that would be refused, and gives nobody cluster-wide Secrets", () => {
    const { monitoring } = factsOf(PAYMENTS_EKS_PROD.settings);
    const values = monitoringValues(monitoring ?? assert.fail("nothing is measured"));
    for (const part of ["prometheus", "alertmanager"])
      assert.deepEqual(at(values, part, "podDisruptionBudget"), { enabled: true }, "the chart sets a bound of its own");
    assert.equal(at(values, "grafana", "rbac", "namespaced"), true);
    assert.ok(!(at(values, "kube-state-metrics", "collectors") as readonly string[]).includes("secrets"));
    assert.equal(at(values, "kube-state-metrics", "fullnameOverride"), "monitoring-kube-state-metrics");
  });

  it("tells nobody of what only informs, or shows that alerts work at all", () => {
    const config = named("AlertmanagerConfig", "channels");
    assert.deepEqual(at(config, "spec", "route", "routes", 1), {
      receiver: "nobody",
      matchers: [{ name: "severity", matchType: "=~", value: "info|none" }],
    });
    assert.deepEqual(at(config, "spec", "receivers", 2), { name: "nobody" });
  });

  it("wakes somebody for each service's objective, each store's health, and each queue's dead letters", () => {
    for (const service of ["identity", "notification", "payment"])
      assert.deepEqual(
        rules.filter(({ of }) => of === service).map(({ alert, labels }) => `${alert} ${labels.severity}`),
        ["ObjectiveBurnsFast critical", "ObjectiveBurns warning", "NoReplica critical"],
      );
    const alerts = (of: string): readonly string[] => rules.filter((rule) => rule.of === of).map(({ alert }) => alert);
    assert.deepEqual(alerts("payments"), [
      "StoreDown",
      "ReplicaMissing",
      "ReplicaBehind",
      "ArchiveStands",
      "BackupMissing",
    ]);
    assert.deepEqual(alerts("sessions"), ["NotOnePrimary", "ReplicaMissing"]);
    const dead = rules.filter(({ alert }) => alert === "DeadLetters").map(({ expr }) => expr);
    const queues = ofKind(PAYMENTS_EKS_PROD, "Queue").map((each) => String(at(each, "spec", "name")));
    const unwatched = queues.filter(
      (name) => name.endsWith(".dead") && !dead.some((expr) => expr.includes(`"${name}"`)),
    );
    assert.deepEqual(unwatched, []);
  });

  it("sends what is critical to every channel, and holds no secret", () => {
    const config = named("AlertmanagerConfig", "channels");
    const everybody = (at(config, "spec", "receivers") as readonly unknown[])[1];
    for (const kind of ["slackConfigs", "pagerdutyConfigs", "emailConfigs"])
      assert.equal((at(everybody, kind) as readonly unknown[]).length, 1, kind);
    assert.deepEqual(at(config, "spec", "route", "routes", 0, "matchers", 0), {
      name: "severity",
      matchType: "=",
      value: "critical",
    });
    assert.deepEqual(at(everybody, "slackConfigs", 0, "apiURL"), { name: "alert-channels", key: "team" });
  });

  it("draws the system and every service with a panel for each of its edges that says how it is", () => {
    assert.deepEqual(
      board("payments")
        .panels.map(({ title }) => title)
        .slice(-2),
      ["PostgreSQL payments", "Valkey sessions"],
    );
    const titles = (service: string): readonly string[] =>
      board(`payments-${service}`).panels.map(({ title }) => title);
    assert.ok(titles("payment").includes("PostgreSQL payments"));
    assert.ok(titles("payment").includes("Published to payment-events"));
    assert.ok(titles("notification").includes("Waiting in payment-events.notification"));
    assert.ok(!titles("identity").some((title) => title.includes("payment")));
    for (const service of ["identity", "notification", "payment"])
      for (const { title, targets } of board(`payments-${service}`).panels) assert.ok(targets.length > 0, title);
  });
});
