/** What ships logs: what it may do on its nodes, whom it reaches, and what the collector is told. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { plannedSecrets } from "../../components/data/credential-objects";
import { podSpecOf } from "../../components/kubernetes/order";
import { networkPolicies, widenings } from "../../graph/derive/network";
import type { Manifest } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { factsOf } from "../../stacks/facts";
import { stackObjects } from "../../stacks/objects";
import type { AwsSettings } from "../../stacks/schema";
import { LARGE, onAzure } from "../components/azure/settings";
import { proof } from "../graph/proof";
import { at, type Compiled, compiled, DEV, ofKind, PAYMENTS_DEV, PAYMENTS_EKS_PROD } from "./stacks";

const OTLP = { to: "otlp", endpoint: "https://loki.example.com:8443/otlp" } as const;

const shipping = (logs: AwsSettings["logs"]): Compiled =>
  compiled("payments-eks-prod", (given) => ({ ...given, logs }));
const TO_OTLP = shipping(OTLP);
const TO_CLOUD = shipping({ to: "cloudWatch", retention: "90 days" });

const shipper = (stack: Compiled): Manifest => ofKind(stack, "DaemonSet")[0] ?? assert.fail("no DaemonSet");

const collector = (stack: Compiled): unknown => {
  const name = at(podSpecOf(shipper(stack)), "volumes", 1, "configMap", "name");
  const [found] = ofKind(stack, "ConfigMap").filter(({ metadata }) => metadata.name === name);
  return parse(String(at(found, "data", "config.yaml")));
};

const reached = ({ graph }: Compiled, from: string): readonly string[] =>
  graph.edges.filter((edge) => edge.from === from && edge.kind === "platform").map(({ to }) => to);

describe("logs", () => {
  it("are shipped where a stack asks for it, and nowhere else", () => {
    for (const stack of [DEV, PAYMENTS_DEV]) {
      assert.deepEqual(ofKind(stack, "DaemonSet"), []);
      assert.ok(!ofKind(stack, "Namespace").some(({ metadata }) => metadata.name === "logging"));
    }
    assert.equal(shipper(PAYMENTS_EKS_PROD).metadata.namespace, "logging");
  });

  it("are read as files of the node: read-only, not as root, without a token, capabilities or anything else of the host", () => {
    const pod = podSpecOf(shipper(TO_OTLP));
    assert.equal(at(pod, "automountServiceAccountToken"), false);
    assert.deepEqual(
      ["runAsNonRoot", "runAsUser", "runAsGroup"].map((key) => at(pod, "securityContext", key)),
      [true, 10_001, 0],
    );
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) assert.equal(at(pod, key), undefined, key);
    const [container] = at(pod, "containers") as readonly unknown[];
    assert.equal(at(container, "securityContext", "readOnlyRootFilesystem"), true);
    assert.deepEqual(at(container, "securityContext", "capabilities"), { drop: ["ALL"] });
    const ofHost = (at(pod, "volumes") as readonly unknown[]).filter((volume) => at(volume, "hostPath") !== undefined);
    assert.deepEqual(ofHost, [{ name: "logs", hostPath: { path: "/var/log/pods", type: "Directory" } }]);
    assert.deepEqual(at(container, "volumeMounts", 0), { name: "logs", mountPath: "/var/log/pods", readOnly: true });
  });

  it("of every node get away, but for the shipper's own, and no secret stands in its settings", () => {
    assert.deepEqual(at(podSpecOf(shipper(TO_OTLP)), "tolerations"), [{ operator: "Exists" }]);
    const told = collector(TO_OTLP);
    assert.deepEqual(at(told, "receivers", "file_log", "exclude"), ["/var/log/pods/logging_*/*/*.log"]);
    assert.equal(at(told, "exporters", "otlp_http", "endpoint"), OTLP.endpoint);
    assert.equal(at(told, "exporters", "otlp_http", "headers", "Authorization"), "${env:AUTHORIZATION}");
    assert.equal(at(told, "exporters", "otlp_http", "sending_queue", "wait_for_result"), true);
    const secrets = plannedSecrets(TO_OTLP.graph, factsOf(TO_OTLP.settings)).filter(
      (each) => each.namespace === "logging",
    );
    assert.deepEqual(
      secrets.map(({ values }) => values),
      [{ authorization: { is: "configured", key: "logs" } }],
    );
  });

  it("change pods when their settings change", () => {
    const elsewhere = shipping({ to: "otlp", endpoint: "https://logs.example.com" });
    assert.notDeepEqual(at(podSpecOf(shipper(elsewhere)), "volumes", 1), at(podSpecOf(shipper(TO_OTLP)), "volumes", 1));
  });

  it("go to a group of CloudWatch with the pods' own identity, which may add to it and nothing else", () => {
    const told = collector(TO_CLOUD);
    assert.deepEqual(at(told, "exporters", "awscloudwatchlogs"), {
      region: "eu-west-1",
      log_group_name: "/keelson/payments-prod-eu-west-1-pods",
      log_stream_name: "${env:NODE_NAME}",
    });
    assert.deepEqual(reached(TO_CLOUD, "platform/log-shipper").toSorted(), [
      "platform/cloud-api",
      "platform/dns",
      "platform/identity-agent",
    ]);
  });

  it("reach one endpoint, named where the network knows names, and are asked by Prometheus alone", () => {
    assert.deepEqual(reached(TO_OTLP, "platform/log-shipper").toSorted(), ["platform/dns", "platform/log-store"]);
    assert.deepEqual(
      TO_OTLP.graph.edges.filter(({ to }) => to === "platform/log-shipper").map(({ from, ports }) => [from, ports]),
      [["platform/prometheus", [{ port: 8888, protocol: "TCP" }]]],
    );
    const wide = widenings(TO_OTLP.graph).filter(({ edge }) => edge.from === "platform/log-shipper");
    assert.deepEqual([...new Set(wide.map(({ means }) => means))], ["loki.example.com"]);
    const near = shipping({ ...OTLP, ranges: ["10.200.0.0/24"] });
    assert.ok(!widenings(near.graph).some(({ edge }) => edge.from === "platform/log-shipper"));
    const rules = networkPolicies(near.graph).filter(({ metadata }) => metadata.namespace === "logging");
    assert.ok(JSON.stringify(rules).includes('"cidr":"10.200.0.0/24"'));
  });

  it("wake somebody when they do not get away", () => {
    const [rule] = ofKind(TO_OTLP, "PrometheusRule").filter(({ metadata }) => metadata.name === "log-shipper");
    assert.match(String(at(rule, "spec", "groups", 0, "rules", 0, "expr")), /otelcol_exporter_send_failed_log_records/);
    assert.ok(ofKind(TO_OTLP, "PodMonitor").some(({ metadata }) => metadata.name === "log-shipper"));
  });
});

describe("monitoring, logs and delivery on Cilium", () => {
  const settings = onAzure("prod", {
    ...LARGE,
    logs: OTLP,
    monitoring: {
      channels: [
        { by: "slack", name: "team", channel: "#alerts" },
        { by: "pagerduty", name: "on-call" },
      ],
    },
    delivery: {
      by: "argocd",
      repository: { url: "ssh://git@git.example.com:2222/shop.git" },
      signOn: { host: "argocd.example.com", issuer: "https://login.example.com", clientId: "argocd", admins: "admins" },
    },
  });
  const graph = compileStack(settings);

  it("reach what is outside by its name, and its port, instead of the whole internet", () => {
    const policies = stackObjects(graph, settings).map(({ manifest }) => manifest);
    const names = (policy: string): readonly unknown[] =>
      policies
        .filter(({ kind, metadata }) => kind === "CiliumNetworkPolicy" && metadata.name === `platform-${policy}`)
        .flatMap((each) => at(each, "spec", "egress") as readonly unknown[])
        .filter((rule) => at(rule, "toFQDNs") !== undefined)
        .map((rule) => [at(rule, "toFQDNs"), at(rule, "toPorts", 0, "ports", 0, "port")]);
    assert.deepEqual(names("log-shipper"), [[[{ matchName: "loki.example.com" }], "8443"]]);
    assert.deepEqual(names("alertmanager"), [
      [[{ matchName: "hooks.slack.com" }, { matchName: "events.pagerduty.com" }], "443"],
    ]);
    assert.deepEqual(names("argocd-repo-server"), [[[{ matchName: "git.example.com" }], "2222"]]);
    assert.deepEqual(names("argocd-server"), [[[{ matchName: "login.example.com" }], "443"]]);
    const wide = widenings(graph).map(({ edge }) => edge.to);
    assert.deepEqual(
      wide.filter((to) =>
        ["log-store", "alert-channels", "git-repository", "sign-on"].some((name) => to.endsWith(name)),
      ),
      [],
    );
  });

  it("are proved by Cilium's semantics", function () {
    this.timeout(240_000);
    assert.deepEqual(proof(graph).slice(0, 10), []);
  });
});
