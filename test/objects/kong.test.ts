import assert from "node:assert/strict";
import { plannedSecrets } from "../../components/data/credential-objects";
import { kongValues } from "../../components/edge/kong-values";
import type { Manifest } from "../../graph/manifest";
import { factsOf } from "../../stacks/facts";
import {
  at,
  type Compiled,
  ofKind,
  PAYMENTS_DEV,
  PAYMENTS_EKS,
  PAYMENTS_ON_ALB,
  PAYMENTS_PROD,
  PAYMENTS_EKS_PROD,
  SHOP_AKS,
  SHOP_ON_KONG,
} from "./stacks";

const named = (kind: string, name: string, stack: Compiled = PAYMENTS_EKS_PROD): Manifest => {
  const [found] = ofKind(stack, kind).filter(({ metadata }) => metadata.name === name);
  return found ?? assert.fail(`no ${kind} ${name}`);
};

const plugins = (route: string): readonly string[] =>
  (named("HTTPRoute", route).metadata.annotations?.["konghq.com/plugins"] ?? "").split(",");

describe("the edge on Kong", () => {
  it("serves TLS alone, with a certificate for every public host from a public issuer", () => {
    for (const stack of [PAYMENTS_DEV, PAYMENTS_PROD, PAYMENTS_EKS_PROD, PAYMENTS_EKS, SHOP_AKS]) {
      const [gateway] = ofKind(stack, "Gateway");
      for (const listener of at(gateway, "spec", "listeners") as readonly unknown[]) {
        assert.equal(at(listener, "protocol"), "HTTPS");
        assert.equal(at(listener, "tls", "certificateRefs", 0, "name"), "edge-tls");
      }
    }
    const certificate = named("Certificate", "edge");
    assert.deepEqual(at(certificate, "spec", "dnsNames"), [
      "api.payments-eks-prod.example.com",
      "argocd.payments-eks-prod.example.com",
    ]);
    assert.equal(at(certificate, "spec", "issuerRef", "name"), "public");
    assert.equal(at(kongValues(), "proxy", "http", "enabled"), false);
  });

  it("proves hosts in the zone of the cloud it is on, by an identity that no object names", () => {
    const proof = (stack: Compiled) => at(named("ClusterIssuer", "public", stack), "spec", "acme", "solvers", 0);
    assert.deepEqual(proof(PAYMENTS_EKS), {
      selector: { dnsZones: ["payments-eks.example.com"] },
      dns01: { route53: { region: "eu-west-1" } },
    });
    assert.deepEqual(proof(PAYMENTS_DEV), {
      selector: { dnsZones: ["payments-dev.example.com"] },
      dns01: {
        azureDNS: {
          environment: "AzurePublicCloud",
          subscriptionID: PAYMENTS_DEV.settings.cloud.subscription,
          resourceGroupName: "payments-dev-westeurope-group",
          hostedZoneName: "payments-dev.example.com",
        },
      },
    });
  });

  it("keeps the client's address: only nodes with a Kong pod take part in the load balancer", () => {
    for (const stack of [PAYMENTS_PROD, PAYMENTS_EKS_PROD, PAYMENTS_EKS, PAYMENTS_DEV, SHOP_AKS]) {
      const balancer = named("Service", "edge", stack);
      assert.equal(at(balancer, "spec", "type"), "LoadBalancer");
      assert.equal(at(balancer, "spec", "externalTrafficPolicy"), "Local");
      assert.deepEqual(
        (at(balancer, "spec", "ports") as readonly unknown[]).map((port) => [at(port, "port"), at(port, "targetPort")]),
        [[443, 8443]],
      );
    }
  });

  it("tells each cloud's load balancer what it must know, tags included, and no other's", () => {
    const told = (stack: Compiled) => {
      const { metadata, ...rest } = named("Service", "edge", stack);
      return { class: at(rest, "spec", "loadBalancerClass"), annotations: metadata.annotations ?? {} };
    };
    const [aws, azure] = [told(PAYMENTS_EKS), told(PAYMENTS_DEV)];
    assert.equal(aws.class, "service.k8s.aws/nlb");
    assert.equal(azure.class, undefined, "AKS makes it itself; a class would be nobody's");
    assert.deepEqual(Object.keys(azure.annotations), ["service.beta.kubernetes.io/azure-pip-tags"]);
    for (const tags of [...Object.values(azure.annotations), Object.values(aws.annotations).at(-1) ?? ""])
      assert.match(tags, /system=payments,.*owner=platform,cost-centre=payments/);
  });

  it("probes no port of its own on Azure: where Kubernetes says which nodes have a Kong pod is asked", () => {
    for (const stack of [PAYMENTS_DEV, PAYMENTS_PROD, SHOP_AKS])
      for (const name of Object.keys(named("Service", "edge", stack).metadata.annotations ?? {}))
        assert.doesNotMatch(name, /health-probe/);
  });

  it("has routes for identity, payment and notification, each to its service", () => {
    const backends = ["identity", "notification", "payment"].map((name) => {
      const rules = at(named("HTTPRoute", name), "spec", "rules") as readonly unknown[];
      return rules.map((rule) => [at(rule, "matches", 0, "path", "value"), at(rule, "backendRefs", 0, "name")]);
    });
    assert.deepEqual(backends, [
      [["/identity", "identity"]],
      [["/notifications", "notification"]],
      [
        ["/v1/payments", "payment"],
        ["/v2/payments", "payment"],
      ],
    ]);
  });

  it("does to each route what the route says, and every plugin named exists", () => {
    assert.deepEqual(plugins("payment"), [
      "payment-payments-cors",
      "payment-payments-jwt",
      "payment-payments-jwt-audience",
      "payment-payments-request",
      "payment-payments-response",
      "payment-payments-size",
      "payment-payments-limit",
    ]);
    assert.ok(plugins("notification").includes("notification-notifications-clients"));
    assert.ok(!plugins("identity").some((name) => name.includes("jwt")), "whoever signs in has no token yet");
    const made = new Set(
      ofKind(PAYMENTS_EKS_PROD, "KongPlugin", "KongClusterPlugin").map(({ metadata }) => metadata.name),
    );
    for (const route of ["identity", "payment", "notification"])
      for (const plugin of plugins(route)) assert.ok(made.has(plugin), plugin);
  });

  it("checks RS256 tokens of one issuer and audience, in the header alone", () => {
    const jwt = named("KongPlugin", "payment-payments-jwt");
    assert.deepEqual(at(jwt, "config", "claims_to_verify"), ["exp", "nbf"]);
    assert.deepEqual([at(jwt, "config", "uri_param_names"), at(jwt, "config", "cookie_names")], [[], []]);
    const check = String(at(named("KongPlugin", "payment-payments-jwt-audience"), "config", "access", 0));
    assert.match(check, /claims\.iss ~= "https:\/\/identity\.example\.com"/);
    assert.match(check, /each == "payments"/);
    assert.equal(at(kongValues(), "env", "untrusted_lua_sandbox_requires"), "kong.plugins.jwt.jwt_parser");
    const credentials = plannedSecrets(PAYMENTS_EKS_PROD.graph, factsOf(PAYMENTS_EKS_PROD.settings)).filter(
      ({ labels }) => labels?.["konghq.com/credential"] === "jwt",
    );
    assert.deepEqual(
      credentials.map(({ name, values }) => [name, values["key"], values["algorithm"], values["rsa_public_key"]]),
      ["app", "back-office"].map((key) => [
        `consumer-${key}`,
        { is: "text", text: key },
        { is: "text", text: "RS256" },
        { is: "configured", key: "issuer-identity-example-com" },
      ]),
    );
    const consumers = ofKind(PAYMENTS_EKS_PROD, "KongConsumer").flatMap((each) => at(each, "credentials") as string[]);
    assert.deepEqual(consumers.toSorted(), credentials.map(({ name }) => name).toSorted());
  });

  it("counts requests per consumer, else per address, in one place that has one primary and a password", () => {
    const limit = named("KongClusterPlugin", "payment-payments-limit");
    assert.equal(at(limit, "config", "limit_by"), "consumer");
    assert.equal(at(limit, "config", "minute"), 600);
    assert.equal(at(limit, "config", "policy"), "redis");
    assert.equal(at(limit, "config", "redis", "host"), "edge-limits.ingress-system.svc.cluster.local");
    assert.equal(at(limit, "config", "redis", "ssl_verify"), true);
    assert.equal(at(limit, "config", "redis", "password"), undefined);
    assert.equal(at(limit, "configPatches", 0, "valueFrom", "secretKeyRef", "namespace"), "ingress-system");
    assert.equal(at(named("StatefulSet", "edge-limits"), "spec", "replicas"), 1);
    assert.equal(at(named("KongClusterPlugin", "identity-identity-limit"), "config", "limit_by"), "ip");
  });

  it("limits origins, addresses and sizes, and changes headers", () => {
    const config = (plugin: string, key: string): unknown => at(named("KongPlugin", plugin), "config", key);
    assert.deepEqual(config("payment-payments-cors", "origins"), ["https://app.example.com"]);
    assert.deepEqual(config("notification-notifications-clients", "allow"), ["198.51.100.0/24", "203.0.113.0/24"]);
    assert.equal(config("payment-payments-size", "allowed_payload_size"), 2 * 2 ** 20);
    assert.equal(config("payment-payments-size", "size_unit"), "bytes");
    assert.deepEqual(config("payment-payments-request", "remove"), { headers: ["x-forwarded-user"] });
    assert.deepEqual(config("payment-payments-response", "remove"), { headers: ["server", "x-powered-by"] });
  });

  it("tells a service the version it is asked for, and clients of an old one that it will go", () => {
    const rules = at(named("HTTPRoute", "payment"), "spec", "rules") as readonly unknown[];
    assert.deepEqual(
      rules.map((rule) => (at(rule, "filters") as readonly unknown[]).map((filter) => at(filter, "type"))),
      [["RequestHeaderModifier", "ResponseHeaderModifier"], ["RequestHeaderModifier"]],
    );
    assert.deepEqual(at(rules[1], "filters", 0, "requestHeaderModifier", "set"), [
      { name: "X-API-Version", value: "v2" },
    ]);
  });

  it("answers /health by itself", () => {
    assert.equal(at(named("KongPlugin", "answer-health"), "plugin"), "request-termination");
    assert.equal(at(named("HTTPRoute", "answer-health"), "spec", "rules", 0, "backendRefs"), undefined);
  });
});

describe("Kong's chart", () => {
  it("spreads Kong over zones, and tells services the port that clients used", () => {
    const [zones] = at(kongValues(), "topologySpreadConstraints") as readonly unknown[];
    assert.equal(at(zones, "topologyKey"), "topology.kubernetes.io/zone");
    assert.equal(at(kongValues(), "env", "port_maps"), "443:8443");
  });
});

describe("one system behind either edge", () => {
  it("has the same services and stores, and each edge's own objects only", () => {
    const others = ["HTTPRoute", "KongPlugin", "KongClusterPlugin", "TargetGroupConfiguration"];
    const kinds = (stack: Compiled, kind: string): readonly string[] =>
      ofKind(stack, kind).map(({ metadata }) => metadata.name);
    for (const kind of ["Deployment", "Cluster", "RabbitmqCluster", "Queue", "ServiceMonitor"])
      assert.deepEqual(kinds(PAYMENTS_ON_ALB, kind), kinds(PAYMENTS_EKS_PROD, kind), kind);
    assert.deepEqual(kinds(PAYMENTS_ON_ALB, others[1] ?? ""), []);
    assert.ok(kinds(PAYMENTS_ON_ALB, "TargetGroupConfiguration").includes("payment"));
    assert.deepEqual(kinds(PAYMENTS_EKS_PROD, "TargetGroupConfiguration"), []);
  });

  it("serves the shop's portable routes on Kong too, with their limits", () => {
    const limits = ofKind(SHOP_ON_KONG, "KongClusterPlugin").map((each) => [
      each.metadata.name,
      at(each, "config", "minute"),
      at(each, "config", "limit_by"),
    ]);
    assert.deepEqual(limits, [
      ["order-orders-limit", 1000, "ip"],
      ["payment-payments-limit", 300, "ip"],
      ["user-users-limit", 600, "ip"],
    ]);
  });
});
