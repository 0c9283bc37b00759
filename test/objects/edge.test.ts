import assert from "node:assert/strict";
import { firewallObject, TLS_POLICY } from "../../components/edge/gateway-objects";
import { targetGroupName } from "../../components/edge/names";
import { scopeOf } from "../../stacks/scope";
import { at, DEV, ofKind, PROD } from "./stacks";

const attribute = (stack: typeof DEV, key: string): unknown => {
  const [config] = ofKind(stack, "LoadBalancerConfiguration");
  const all = at(config, "spec", "loadBalancerAttributes") as readonly { key: string; value: string }[];
  return all.find((each) => each.key === key)?.value;
};

describe("the edge", () => {
  it("forwards each path to its service, with weights where a version rolls out", () => {
    const backends = ofKind(PROD, "HTTPRoute")
      .filter(({ metadata }) => metadata.namespace?.endsWith("-service"))
      .map((route) => [
        at(route, "spec", "rules", 0, "matches", 0, "path", "value"),
        (at(route, "spec", "rules", 0, "backendRefs") as readonly unknown[]).map(
          (ref) => `${String(at(ref, "name"))}:${String(at(ref, "port"))}=${String(at(ref, "weight"))}`,
        ),
      ]);
    assert.deepEqual(backends, [
      ["/orders", ["order-stable:8080=100", "order-canary:8080=0"]],
      ["/payments", ["payment-stable:8080=100", "payment-canary:8080=0"]],
      ["/users", ["user:8080=100"]],
    ]);
  });

  it("has a target group by address for every Service behind a route, and none for another", () => {
    for (const stack of [DEV, PROD]) {
      const routed = ofKind(stack, "HTTPRoute").flatMap((route) =>
        (at(route, "spec", "rules") as readonly unknown[]).flatMap((rule) =>
          ((at(rule, "backendRefs") ?? []) as readonly unknown[]).map(
            (ref) => `${String(route.metadata.namespace)}/${String(at(ref, "name"))}`,
          ),
        ),
      );
      const configured = ofKind(stack, "TargetGroupConfiguration").map((config) => {
        assert.equal(at(config, "spec", "defaultConfiguration", "targetType"), "ip");
        assert.ok(String(at(config, "spec", "defaultConfiguration", "targetGroupName")).length <= 32);
        return `${String(config.metadata.namespace)}/${String(at(config, "spec", "targetReference", "name"))}`;
      });
      assert.deepEqual(configured.toSorted(), routed.toSorted());
    }
  });

  it("answers /health by itself, without a service", () => {
    const route = ofKind(DEV, "HTTPRoute").find(({ metadata }) => metadata.name === "answer-health");
    assert.equal(at(route, "spec", "rules", 0, "matches", 0, "path", "value"), "/health");
    assert.equal(at(route, "spec", "rules", 0, "backendRefs"), undefined);
    const name = at(route, "spec", "rules", 0, "filters", 0, "extensionRef", "name");
    const rule = ofKind(DEV, "ListenerRuleConfiguration").find(({ metadata }) => metadata.name === name);
    assert.equal(at(rule, "spec", "actions", 0, "fixedResponseConfig", "statusCode"), 200);
  });

  it("speaks TLS 1.2 or better, and plain HTTP only to redirect from its own namespace", () => {
    const [config] = ofKind(PROD, "LoadBalancerConfiguration");
    assert.deepEqual(at(config, "spec", "listenerConfigurations"), [
      { protocolPort: "HTTPS:443", sslPolicy: TLS_POLICY },
    ]);
    const [gateway] = ofKind(PROD, "Gateway");
    const plain = (at(gateway, "spec", "listeners") as readonly unknown[]).filter(
      (listener) => at(listener, "protocol") === "HTTP",
    );
    assert.deepEqual(
      plain.map((listener) => at(listener, "allowedRoutes", "namespaces", "from")),
      ["Same"],
    );
    const onPlain = ofKind(PROD, "HTTPRoute").filter(
      (route) => at(route, "spec", "parentRefs", 0, "sectionName") === "http",
    );
    assert.deepEqual(
      onPlain.map((route) => at(route, "spec", "rules", 0, "filters", 0, "type")),
      ["RequestRedirect"],
    );
  });

  it("lets no namespace attach a route that the label does not name", () => {
    const labelled = ofKind(PROD, "Namespace").filter(({ metadata }) => metadata.labels?.["keelson.dev/routes"]);
    const withRoutes = new Set(ofKind(PROD, "HTTPRoute").map(({ metadata }) => metadata.namespace));
    assert.deepEqual(labelled.map(({ metadata }) => metadata.name).toSorted(), [...withRoutes].toSorted());
  });

  it("protects the load balancer of a stack that keeps its data, and not of one that does not", () => {
    assert.equal(attribute(PROD, "deletion_protection.enabled"), "true");
    assert.equal(attribute(DEV, "deletion_protection.enabled"), "false");
  });

  it("names its firewall only where there is one, and carries the ARN in Pulumi's object alone", () => {
    assert.equal(at(ofKind(DEV, "Gateway")[0], "spec", "infrastructure"), undefined);
    const named = at(ofKind(PROD, "Gateway")[0], "spec", "infrastructure", "parametersRef", "name");
    assert.equal(firewallObject("an ARN").metadata.name, named);
  });

  it("measures a canary by the target group that its route uses", () => {
    const [template] = ofKind(PROD, "AnalysisTemplate");
    const name = targetGroupName(scopeOf(PROD.settings), "order", "canary");
    const text = JSON.stringify(template);
    assert.ok(text.includes(name));
    assert.ok(JSON.stringify(ofKind(PROD, "TargetGroupConfiguration")).includes(`"${name}"`));
  });
});
