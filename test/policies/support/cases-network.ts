/** Namespaces, ranges, ports and Services. */
import { alone, BALANCED, RESTRICTED, type Case } from "./case";
import { denyAll, LABELS, manifest, pod, spec, type Fields, type Sample } from "./samples";

const namespace = (name: string, labels: Fields = RESTRICTED): Sample =>
  manifest("v1", "Namespace", { metadata: { name, labels } });

const allow = (name: string, fields: Fields): Sample =>
  manifest("networking.k8s.io/v1", "NetworkPolicy", {
    metadata: { name: "allow", namespace: name },
    spec: { podSelector: { matchLabels: LABELS }, policyTypes: ["Egress"], ...fields },
  });

const dns = (...protocols: readonly string[]): Fields => ({
  egress: [
    {
      to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
      ports: protocols.map((protocol) => ({ protocol, port: 53 })),
    },
  ],
});

const asking = pod("dns", spec({ dnsPolicy: undefined }));

const PORTS = [{ protocol: "TCP", port: 443 }];
const to = (...peers: readonly Fields[]): Fields => ({ egress: [{ to: peers, ports: PORTS }] });
const from = (cidr: string): Fields => ({
  policyTypes: ["Ingress"],
  ingress: [{ from: [{ ipBlock: { cidr, except: ["10.0.0.0/8"] } }], ports: PORTS }],
});
const internet = (...except: readonly string[]): Fields => to({ ipBlock: { cidr: "0.0.0.0/0", except } });

const near = (name: string): readonly Sample[] => [pod(name, spec()), denyAll(name)];

const policyCase = (
  rule: string,
  [good, bad]: readonly [Fields, Fields],
  [path, message]: readonly [string, string],
): Case => ({
  rule,
  passes: [allow(rule, good), ...near(rule)],
  fails: [allow(rule, bad), ...near(rule)],
  path,
  message,
});

const service = (name: string, fields: Fields, annotations: Fields = {}): Sample =>
  manifest("v1", "Service", { metadata: { name: "order", namespace: name, annotations }, spec: fields });

const HTTPS = { ports: [{ port: 443, name: "https" }] };

export const NETWORK_CASES: readonly Case[] = [
  {
    rule: "network-default-deny",
    passes: [namespace("denied"), denyAll("denied")],
    fails: [namespace("denied"), denyAll("denied", { policyTypes: ["Ingress"] })],
    path: "metadata.name",
    message: "no policy denies egress to all its pods by default",
  },
  {
    rule: "pod-namespace-pins-version",
    passes: [namespace("pinned"), denyAll("pinned")],
    fails: [namespace("pinned", { "pod-security.kubernetes.io/enforce": "restricted" }), denyAll("pinned")],
    path: 'metadata.labels["pod-security.kubernetes.io/enforce-version"]',
    message: "wants a version, got nothing",
  },
  {
    rule: "network-dns-egress",
    passes: [asking, denyAll("dns"), allow("dns", dns("UDP", "TCP"))],
    fails: [asking, denyAll("dns"), allow("dns", dns("UDP"))],
    path: "metadata.labels",
    message: "no policy lets these pods ask the cluster's DNS over TCP",
  },
  policyCase(
    "network-policy-selects",
    [to({ podSelector: { matchLabels: LABELS } }), { podSelector: { matchLabels: { app: "odrer" } } }],
    ["spec.podSelector", "selects no pod"],
  ),
  policyCase(
    "network-no-metadata",
    [internet("169.254.169.254/32"), internet("10.0.0.0/8")],
    ["spec.egress[0].to[0].ipBlock", "this range holds the metadata service, 169.254.169.254/32"],
  ),
  policyCase(
    "network-ports-named",
    [to({ podSelector: { matchLabels: LABELS } }), { egress: [{ to: [{ podSelector: { matchLabels: LABELS } }] }] }],
    ["spec.egress[0].ports", "every port is open"],
  ),
  policyCase(
    "network-no-internet-ingress",
    [from("203.0.113.0/24"), from("0.0.0.0/0")],
    ["spec.ingress[0].from[0].ipBlock.cidr", "the internet is let in, past the edge"],
  ),
  alone(
    "network-load-balancer-at-edge",
    [service("ingress-system", { ...BALANCED, ...HTTPS }), service("order", { ...BALANCED, ...HTTPS })],
    ["spec.type", "a load balancer of its own, past the edge"],
  ),
  alone(
    "network-load-balancer-bounded",
    [
      service("ingress-system", { ...BALANCED, ...HTTPS }),
      service("ingress-system", { type: "LoadBalancer", ...HTTPS }),
    ],
    ["spec.loadBalancerSourceRanges", "neither internal nor said from where it may be reached"],
  ),
  {
    rule: "network-service-selects",
    passes: [service("chosen", { selector: LABELS }), ...near("chosen")],
    fails: [service("chosen", { selector: { app: "odrer" } }), ...near("chosen")],
    path: "spec.selector",
    message: "selects no pod",
  },
];
