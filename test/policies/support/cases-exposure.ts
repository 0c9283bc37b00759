/** What clients reach: Ingresses, routes, Kong, load balancers. */
import { alone, BALANCER, cloud, type Case } from "./case";
import { manifest, type Fields, type Sample } from "./samples";

const ingress = (namespace: string, fields: Fields = {}, more: Fields = {}): Sample =>
  manifest("networking.k8s.io/v1", "Ingress", {
    metadata: { name: "shop", namespace, ...more },
    spec: {
      ingressClassName: "nginx",
      tls: [{ hosts: ["api.shop.example"] }],
      rules: [{ host: "api.shop.example" }],
      ...fields,
    },
  });

const route = (name: string, path: string, namespace = "routes-apart"): Sample =>
  manifest("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ name: "shop" }],
      hostnames: ["api.shop.example"],
      rules: [{ matches: [{ path: { type: "PathPrefix", value: path } }] }],
    },
  });

const backend = (port: number): Sample =>
  manifest("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "order", namespace: "backend" },
    spec: { rules: [{ backendRefs: [{ name: "order", port }] }] },
  });

const plain = (namespace: string, annotations: Fields = {}): Sample =>
  manifest("v1", "Service", { metadata: { name: "order", namespace, annotations }, spec: { ports: [{ port: 8080 }] } });

const kong = (protocol: string): Sample =>
  manifest("configuration.konghq.com/v1", "KongIngress", {
    metadata: { name: "k", namespace: "x" },
    route: { protocols: ["https", protocol] },
  });

const configuration = (changes: Fields, namespace = "balancer"): Sample =>
  manifest("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", {
    metadata: { name: "shop", namespace },
    spec: { ...BALANCER, ...changes },
  });

/** The same configuration without one attribute, or with it at another value. */
const attribute = (rule: string, key: string, [path, message]: readonly [string, string], value?: string): Case => {
  const kept = BALANCER.loadBalancerAttributes.filter((entry) => entry.key !== key);
  const changed = value === undefined ? kept : [...kept, { key, value }];
  return alone(rule, [configuration({}), configuration({ loadBalancerAttributes: changed })], [path, message]);
};

const ATTRIBUTES = "spec.loadBalancerAttributes";
const ACL = "aws:wafv2/webAcl:WebAcl";
const GUARD = { rules: [{ overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { name: "n" } } }] };

const BALANCER_CASES: readonly Case[] = [
  attribute("cloud-balancer-logs", "access_logs.s3.enabled", [ATTRIBUTES, "no log of requests"]),
  attribute("cloud-balancer-headers", "routing.http.drop_invalid_header_fields.enabled", [
    ATTRIBUTES,
    "headers that are not valid are passed on",
  ]),
  attribute(
    "cloud-balancer-desync",
    "routing.http.desync_mitigation_mode",
    [`${ATTRIBUTES}[3].value`, "such requests are only counted"],
    "monitor",
  ),
  attribute("cloud-balancer-deletion-protected", "deletion_protection.enabled", [
    ATTRIBUTES,
    "it can be deleted by a slip",
  ]),
  alone(
    "cloud-balancer-firewall",
    [configuration({}, "guarded"), configuration({ wafV2: undefined }, "unguarded")], // firewalls add up in a namespace
    ["spec.wafV2", "no firewall is attached"],
  ),
  cloud(
    "cloud-firewall-blocks",
    ACL,
    [GUARD, { rules: [{ ...GUARD.rules[0], overrideAction: { count: {} } }] }],
    ["rules[0]", "what this rule finds is only counted"],
  ),
  cloud(
    "cloud-firewall-managed",
    ACL,
    [GUARD, { rules: [{ statement: { rateBasedStatement: { limit: 100 } }, action: { block: {} } }] }],
    ["rules", "no managed rule group: nobody updates what it knows of attacks"],
  ),
  cloud(
    "tls-target-group",
    "aws:lb/targetGroup:TargetGroup",
    [{ protocol: "HTTPS" }, { protocol: "HTTP" }],
    ["protocol", "targets are spoken to in the clear"],
  ),
];

export const EXPOSURE_CASES: readonly Case[] = [
  alone(
    "tls-ingress-host",
    [ingress("host"), ingress("host", { defaultBackend: { resource: { kind: "Bucket", name: "b" } } })],
    ["spec.defaultBackend", "answers for every host that nobody else claims"],
  ),
  alone(
    "tls-ingress-no-snippets",
    [
      ingress("snippets"),
      ingress("snippets", {}, { annotations: { "nginx.ingress.kubernetes.io/server-snippet": "return 200;" } }),
    ],
    ['metadata.annotations["nginx.ingress.kubernetes.io/server-snippet"]', "writes into the proxy's own configuration"],
  ),
  {
    rule: "tls-route-unique",
    passes: [route("a", "/orders"), route("b", "/users")],
    fails: [route("a", "/orders"), route("b", "/orders")],
    path: "spec.rules",
    message: "HTTPRoute b claims the same host and path",
  },
  {
    rule: "network-backend-exists",
    passes: [backend(8080), plain("backend")],
    fails: [backend(8081), plain("backend")],
    path: "spec.rules[0].backendRefs[0].name",
    message: "its Service has no such port",
  },
  alone(
    "tls-kong-protocols",
    [kong("grpcs"), kong("http")],
    ["route.protocols[1]", "plain connections are served too"],
  ),
  alone(
    "tls-kong-upstream",
    [plain("upstream"), plain("upstream", { "konghq.com/tls-verify": "false" })],
    ['metadata.annotations["konghq.com/tls-verify"]', "any certificate will do"],
  ),
  ...BALANCER_CASES,
];
