/**
 * Kong as Gateway API objects: class, Gateway, certificate, the Service that makes the load balancer, and what it answers
 * by itself. Only TLS is served: port 80 is closed, so nothing can be sent in the clear by mistake. Client addresses
 * survive the load balancer, because only nodes with a Kong pod take part (`externalTrafficPolicy: Local`).
 */
import { type Certificate, type ClusterIssuer, type Gateway, type HttpRoute } from "../kubernetes/custom";
import { internalCertificate } from "../certificates/issuer-objects";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type EdgeFacts, type Facts } from "../kubernetes/facts";
import { NAMESPACES, ROUTES_LABEL } from "../kubernetes/namespaces";
import { disruptionBudget } from "../workload/pod";
import { parent, publicHosts } from "./gateway-objects";
import { kongConsumers } from "./kong-consumers";
import { limitsObjects } from "./kong-limits";
import { GATEWAY, KONG_CLASS, KONG_CLIENT_TLS, KONG_LABELS, KONG_TLS_PORT, KONG_TLS_SECRET } from "./names";

const namespace = NAMESPACES.ingress;
const GATEWAY_API = "gateway.networking.k8s.io/v1";

type Kong = Extract<EdgeFacts, { readonly kind: "kong" }>;

/** Name of the Service in front of Kong: the load balancer, and what routes publish in DNS. */
export const KONG_SERVICE = "edge";

/** Everything of the shared edge that belongs to no single service. */
export const kongObjects = (graph: Graph, facts: Facts, edge: Kong): readonly Manifest[] => [
  gatewayClass,
  publicIssuer(edge),
  certificate(facts),
  internalCertificate({
    name: KONG_CLIENT_TLS,
    namespace,
    secretName: KONG_CLIENT_TLS,
    dnsNames: [`kong.${namespace}.svc.cluster.local`],
    usages: ["client auth"],
  }),
  gateway(facts),
  loadBalancer(edge.balancer),
  disruptionBudget("kong", namespace, KONG_LABELS),
  ...limitsObjects(),
  ...kongConsumers(graph),
  ...graph.landscape.edge.reserved.flatMap((path) => answeredPath(facts, path)),
];

/** Kong is installed by its chart; its controller takes this class over without making anything. */
const gatewayClass: Manifest = {
  apiVersion: GATEWAY_API,
  kind: "GatewayClass",
  metadata: { name: KONG_CLASS, annotations: { "konghq.com/gatewayclass-unmanaged": "true" } },
  spec: { controllerName: "konghq.com/kic-gateway-controller" },
};

const PUBLIC_ISSUER = "public";

/** Proves host names by records in the zone, with cert-manager's own cloud identity: nothing has to be reachable for it. */
const publicIssuer = ({ zone, certificates, proof }: Kong): ClusterIssuer => ({
  apiVersion: "cert-manager.io/v1",
  kind: "ClusterIssuer",
  metadata: { name: PUBLIC_ISSUER },
  spec: {
    acme: {
      server: certificates.server,
      email: certificates.email,
      privateKeySecretRef: { name: "public-issuer-account" },
      solvers: [{ selector: { dnsZones: [zone] }, dns01: proof }],
    },
  },
});

const certificate = (facts: Facts): Certificate => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: "edge", namespace },
  spec: {
    secretName: KONG_TLS_SECRET,
    dnsNames: publicHosts(facts),
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: PUBLIC_ISSUER },
  },
});

const gateway = (facts: Facts): Gateway => ({
  apiVersion: GATEWAY_API,
  kind: "Gateway",
  metadata: { name: GATEWAY, namespace },
  spec: {
    gatewayClassName: KONG_CLASS,
    listeners: [
      tlsListener("https", facts.host),
      ...(facts.delivery.by === "argocd" ? [tlsListener("https-delivery", facts.delivery.signOn.host)] : []),
    ],
  },
});

const tlsListener = (name: string, hostname: string) => ({
  name,
  port: 443,
  protocol: "HTTPS",
  hostname,
  tls: { mode: "Terminate" as const, certificateRefs: [{ group: "", kind: "Secret", name: KONG_TLS_SECRET }] },
  allowedRoutes: { namespaces: { from: "Selector" as const, selector: { matchLabels: ROUTES_LABEL } } },
});

/** Targets are nodes, and of those only the ones that have a Kong pod: the source address stays the client's. */
const loadBalancer = ({ class: maker, annotations }: Kong["balancer"]): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: KONG_SERVICE,
    namespace,
    labels: KONG_LABELS,
    annotations,
  },
  spec: {
    type: "LoadBalancer",
    ...(maker === undefined ? {} : { loadBalancerClass: maker }),
    externalTrafficPolicy: "Local",
    loadBalancerSourceRanges: ["0.0.0.0/0"], // said on purpose: this is the public edge
    selector: KONG_LABELS,
    ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: KONG_TLS_PORT, appProtocol: "https" }],
  },
});

/** A path that Kong answers itself, with no service behind it. */
function answeredPath(facts: Facts, path: string): readonly Manifest[] {
  const name = `answer${path.replaceAll("/", "-")}`;
  const route: HttpRoute = {
    apiVersion: GATEWAY_API,
    kind: "HTTPRoute",
    metadata: { name, namespace, annotations: { "konghq.com/protocols": "https" } },
    spec: {
      parentRefs: [parent("https")],
      hostnames: [facts.host],
      rules: [
        {
          matches: [{ path: { type: "Exact", value: path } }],
          filters: [
            { type: "ExtensionRef", extensionRef: { group: "configuration.konghq.com", kind: "KongPlugin", name } },
          ],
        },
      ],
    },
  };
  const config = { status_code: 200, content_type: "text/plain", body: "ok" };
  return [
    {
      apiVersion: "configuration.konghq.com/v1",
      kind: "KongPlugin",
      metadata: { name, namespace },
      plugin: "request-termination",
      config,
    },
    route,
  ];
}
