/**
 * The shared load balancer as Gateway API objects: class, Gateway, listener settings, and what the load balancer answers by
 * itself. Certificates are found by host name, so no object here carries an ARN; the one that must, for the firewall, is
 * apart and Pulumi's. Refuses TLS below 1.2 on every listener; plain HTTP only redirects.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/
 */
import { type Gateway, type HttpRoute } from "../kubernetes/custom";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { NAMESPACES, ROUTES_LABEL } from "../kubernetes/namespaces";
import { mandatoryTags } from "../names";
import {
  ACCESS_LOG_PREFIX,
  accessLogBucket,
  AWS_GATEWAY,
  AWS_GATEWAY_API,
  frontGroup,
  GATEWAY,
  GATEWAY_CLASS,
} from "./names";

const namespace = NAMESPACES.ingress;
const GATEWAY_API = "gateway.networking.k8s.io/v1";

/** TLS 1.3 and 1.2, forward secrecy only. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
export const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Everything of the shared edge that belongs to no single service. */
export const gatewayObjects = (graph: Graph, facts: Facts): readonly Manifest[] => [
  gatewayClass,
  loadBalancer(facts),
  gateway(facts),
  redirectRoute(facts),
  ...graph.landscape.edge.reserved.flatMap((path) => answeredPath(facts, path)),
];

const gatewayClass: Manifest = {
  apiVersion: GATEWAY_API,
  kind: "GatewayClass",
  metadata: { name: GATEWAY_CLASS },
  spec: {
    controllerName: "gateway.k8s.aws/alb",
    parametersRef: { group: AWS_GATEWAY, kind: "LoadBalancerConfiguration", name: GATEWAY_CLASS, namespace },
  },
};

const loadBalancer = (facts: Facts): Manifest => ({
  apiVersion: AWS_GATEWAY_API,
  kind: "LoadBalancerConfiguration",
  metadata: { name: GATEWAY_CLASS, namespace },
  spec: {
    mergingMode: "prefer-gateway-class",
    scheme: "internet-facing",
    ipAddressType: "ipv4",
    listenerConfigurations: [{ protocolPort: "HTTPS:443", sslPolicy: TLS_POLICY }],
    securityGroups: [frontGroup(facts.scope)],
    manageBackendSecurityGroupRules: true,
    loadBalancerAttributes: Object.entries(attributes(facts)).map(([key, value]) => ({ key, value })),
    tags: { ...mandatoryTags(facts.scope) },
  },
});

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
const attributes = ({ scope, keep }: Facts) => ({
  "access_logs.s3.enabled": "true",
  "access_logs.s3.bucket": accessLogBucket(scope),
  "access_logs.s3.prefix": ACCESS_LOG_PREFIX,
  "deletion_protection.enabled": String(keep),
  "routing.http.drop_invalid_header_fields.enabled": "true",
  "routing.http.desync_mitigation_mode": "defensive",
  "idle_timeout.timeout_seconds": "60",
});

const FIREWALL = "shared-firewall";

/**
 * Ties the firewall to the load balancer: the only object of the edge with an ARN. Pulumi applies it, whoever delivers the
 * rest; the Gateway names it from the start.
 */
export const firewallObject = (webAclArn: unknown): Manifest => ({
  apiVersion: AWS_GATEWAY_API,
  kind: "LoadBalancerConfiguration",
  metadata: { name: FIREWALL, namespace },
  spec: { wafV2: { webACL: webAclArn } },
});

const gateway = (facts: Facts): Gateway => ({
  apiVersion: GATEWAY_API,
  kind: "Gateway",
  metadata: { name: GATEWAY, namespace },
  spec: {
    gatewayClassName: GATEWAY_CLASS,
    ...(facts.waf ? { infrastructure: { parametersRef: FIREWALL_REF } } : {}),
    listeners: [
      plainListener,
      tlsListener("https", facts.host),
      ...(facts.delivery.by === "argocd" ? [tlsListener("https-delivery", facts.delivery.signOn.host)] : []),
    ],
  },
});

const FIREWALL_REF = { group: AWS_GATEWAY, kind: "LoadBalancerConfiguration", name: FIREWALL };

/** Only the redirect attaches here: it lives in the Gateway's own namespace. */
const plainListener = { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "Same" } } };

/** Without a `tls` block, which would demand a certificate reference: the controller finds the certificate by host name. */
const tlsListener = (name: string, hostname: string) => ({
  name,
  port: 443,
  protocol: "HTTPS",
  hostname,
  allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: ROUTES_LABEL } } },
});

/** Where a route attaches. */
export const parent = (sectionName: "http" | "https" | "https-delivery") => ({
  group: "gateway.networking.k8s.io",
  kind: "Gateway",
  name: GATEWAY,
  namespace,
  sectionName,
});

/** All public hosts of the stack: each needs a certificate and a record. */
export const publicHosts = ({ host, delivery }: Facts): readonly string[] => [
  host,
  ...(delivery.by === "argocd" ? [delivery.signOn.host] : []),
];

const redirectRoute = (facts: Facts): HttpRoute => ({
  apiVersion: GATEWAY_API,
  kind: "HTTPRoute",
  metadata: { name: "redirect-to-tls", namespace },
  spec: {
    parentRefs: [parent("http")],
    hostnames: publicHosts(facts),
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", port: 443, statusCode: 301 } }],
      },
    ],
  },
});

/** A path that the load balancer answers itself, with no service behind it. */
function answeredPath(facts: Facts, path: string): readonly Manifest[] {
  const name = `answer${path.replaceAll("/", "-")}`;
  const extensionRef = { group: AWS_GATEWAY, kind: "ListenerRuleConfiguration", name };
  const fixedResponseConfig = { statusCode: 200, contentType: "text/plain", messageBody: "ok" };
  return [
    {
      apiVersion: AWS_GATEWAY_API,
      kind: "ListenerRuleConfiguration",
      metadata: { name, namespace },
      spec: { actions: [{ type: "fixed-response", fixedResponseConfig }] },
    },
    {
      apiVersion: GATEWAY_API,
      kind: "HTTPRoute",
      metadata: { name, namespace },
      spec: {
        parentRefs: [parent("https")],
        hostnames: [facts.host],
        rules: [
          {
            matches: [{ path: { type: "Exact", value: path } }],
            filters: [{ type: "ExtensionRef", extensionRef }],
          },
        ],
      },
    },
  ];
}
