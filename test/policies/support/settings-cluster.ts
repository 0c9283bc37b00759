/** Security settings of what lives in the cluster. */
import { both, set, type Setting, unset } from "./settings";

type What = Pick<Setting, "name" | "rule" | "without">;

const on =
  (at: Setting["at"], stack: Setting["stack"] = "prod") =>
  (name: string, without: Setting["without"], rule: string): Setting => ({ name, at, stack, without, rule });

/** Every kind of workload that the program renders: one of each. */
const WORKLOADS = [
  { kind: "a Deployment", at: [":Deployment", "user-service-user"], pod: "spec/template/spec", stack: "prod" },
  { kind: "a Rollout", at: [":Rollout", "order-service-order"], pod: "spec/template/spec", stack: "prod" },
  {
    kind: "a CronJob",
    at: [":CronJob", "velero-restore-validation"],
    pod: "spec/jobTemplate/spec/template/spec",
    stack: "prod",
  },
  { kind: "a Job", at: [":Job", "data-grants-orders-8630a441"], pod: "spec/template/spec", stack: "prod" },
  { kind: "a StatefulSet", at: [":StatefulSet", "data-sessions"], pod: "spec/template/spec", stack: "dev" },
] as const;

const podSettings = (pod: string): readonly What[] => {
  const own = `${pod}/containers/0`;
  const context = `${own}/securityContext`;
  return [
    {
      name: "runs as nobody",
      without: unset(`${context}/runAsNonRoot`, `${pod}/securityContext/runAsNonRoot`),
      rule: "pod-run-as-non-root",
    },
    { name: "its user is not root", without: set(`${pod}/securityContext/runAsUser`, 0), rule: "pod-run-as-user-zero" },
    { name: "is not privileged", without: set(`${context}/privileged`, true), rule: "pod-privileged" },
    {
      name: "cannot gain rights",
      without: unset(`${context}/allowPrivilegeEscalation`),
      rule: "pod-privilege-escalation",
    },
    { name: "drops capabilities", without: unset(`${context}/capabilities`), rule: "pod-capabilities-restricted" },
    {
      name: "system calls are filtered",
      without: unset(`${context}/seccompProfile`, `${pod}/securityContext/seccompProfile`),
      rule: "pod-seccomp-restricted",
    },
    {
      name: "cannot write its own files",
      without: unset(`${context}/readOnlyRootFilesystem`),
      rule: "pod-read-only-root",
    },
    { name: "an account of its own", without: unset(`${pod}/serviceAccountName`), rule: "pod-own-account" },
    { name: "bounded memory", without: unset(`${own}/resources/limits/memory`), rule: "pod-resources" },
    { name: "keeps off its node", without: set(`${pod}/hostPID`, true), rule: "pod-host-namespaces" },
    { name: "a trusted registry", without: set(`${own}/image`, "evil.example/a:1"), rule: "image-registry" },
    { name: "a pinned image", without: set(`${own}/image`, "ghcr.io/stefanprodan/podinfo"), rule: "image-pinned" },
  ];
};

const WORKLOAD_SETTINGS: readonly Setting[] = WORKLOADS.flatMap(({ kind, at, pod, stack }) =>
  podSettings(pod).map(({ name, without, rule }) => ({ name: `${kind}: ${name}`, at, stack, without, rule })),
);

/** The account refuses the token too. The restore validation's account has rights, and so may have one. */
const TOKEN_SETTINGS: readonly Setting[] = WORKLOADS.filter(({ kind }) => kind !== "a CronJob").map(
  ({ kind, at, pod, stack }) => ({
    name: `${kind}: carries no token`,
    at,
    stack,
    without: unset(`${pod}/automountServiceAccountToken`),
    twice: {
      at: [":ServiceAccount", at[1].replace("-8630a441", "")] as const,
      without: unset("automountServiceAccountToken"),
    },
    rule: "pod-no-idle-token",
  }),
);

const deployment = on([":Deployment", "user-service-user"]);
const rollout = on([":Rollout", "order-service-order"]);
const policy = on([":NetworkPolicy", "order-service-service-order"]);
const egress = on([":NetworkPolicy", "payment-service-service-payment"]);
const namespace = on([":Namespace", "namespace-order-service"]);
const gateway = on([":Gateway", "ingress-system-shared"]);
const balancer = on([":LoadBalancerConfiguration", "ingress-system-alb"]);
const LABELS = "metadata/labels";
const ENFORCE = "pod-security.kubernetes.io~1enforce";
const ORDER = "spec/template/spec/containers/0";

const NETWORK_SETTINGS: readonly Setting[] = [
  on([":NetworkPolicy", "order-service-default-deny"])("default denial", "remove", "network-default-deny"),
  on([":NetworkPolicy", "data-default-deny"])(
    "default denial of egress",
    set("spec/policyTypes", ["Ingress"]),
    "network-default-deny",
  ),
  policy("names resolve over TCP", unset("spec/egress/0/ports/0"), "network-dns-egress"),
  policy("named peers", set("spec/ingress/0/from", []), "network-no-allow-all"),
  policy("named ports", unset("spec/ingress/0/ports"), "network-ports-named"),
  policy(
    "reached through the edge only",
    set("spec/ingress/0/from", [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }]),
    "network-no-internet-ingress",
  ),
  policy("selects the service", set("spec/podSelector/matchLabels", { app: "odrer" }), "network-policy-selects"),
  egress("kept from the metadata service", exceptMetadata(), "network-no-metadata"),
  namespace("Pod Security level", unset(`${LABELS}/${ENFORCE}`), "pod-namespace-enforces-level"),
  namespace("version of the level", unset(`${LABELS}/${ENFORCE}-version`), "pod-namespace-pins-version"),
  on([":Service", "user-service-user"])("no port on the nodes", set("spec/type", "NodePort"), "network-no-node-port"),
  on([":Service", "user-service-user"])(
    "no load balancer of its own",
    set("spec/type", "LoadBalancer"),
    "network-load-balancer-at-edge",
  ),
];

/** Takes away the exception that the metadata service is in. */
function exceptMetadata(): Exclude<Setting["without"], string> {
  return (props) => {
    const text = JSON.stringify(props);
    if (!text.includes('"169.254.0.0/16",')) throw new Error("no exception: the setting has moved");
    Object.assign(props, JSON.parse(text.replaceAll('"169.254.0.0/16",', "")));
  };
}

const EDGE_SETTINGS: readonly Setting[] = [
  gateway("encrypted listener", set("spec/listeners/1/protocol", "HTTP"), "tls-gateway-listener"),
  gateway("a host of its own", unset("spec/listeners/1/hostname"), "tls-gateway-host"),
  gateway(
    "routes of chosen namespaces",
    set("spec/listeners/1/allowedRoutes/namespaces", { from: "All" }),
    "tls-gateway-allowed-routes",
  ),
  balancer("TLS 1.2 at least", unset("spec/listenerConfigurations/0/sslPolicy"), "tls-gateway-listener"),
  balancer("log of requests", set("spec/loadBalancerAttributes/0/value", "false"), "cloud-balancer-logs"),
  balancer("valid headers only", unset("spec/loadBalancerAttributes/4"), "cloud-balancer-headers"),
  balancer("no smuggled requests", set("spec/loadBalancerAttributes/5/value", "monitor"), "cloud-balancer-desync"),
  balancer(
    "cannot be deleted",
    set("spec/loadBalancerAttributes/3/value", "false"),
    "cloud-balancer-deletion-protected",
  ),
  on([":LoadBalancerConfiguration", "shared-firewall"])("firewall", "remove", "cloud-balancer-firewall"),
  on([":HTTPRoute", "redirect-to-tls"])("plain HTTP redirects", "remove", "tls-gateway-listener"),
  on([":HTTPRoute", "redirect-to-tls"])(
    "redirects to https",
    set("spec/rules/0/filters/0/requestRedirect/scheme", "http"),
    "tls-gateway-listener",
  ),
  on([":HTTPRoute", "user-service-user"])(
    "a path of its own",
    set("spec/rules/0/matches/0/path/value", "/orders"),
    "tls-route-unique",
  ),
];

const SURVIVAL_SETTINGS: readonly Setting[] = [
  deployment("readiness", unset(`${ORDER}/readinessProbe`), "pod-probes"),
  rollout("liveness", unset(`${ORDER}/livenessProbe`), "pod-probes"),
  rollout("spread over zones", unset("spec/template/spec/topologySpreadConstraints"), "resilience-zones"),
  rollout("the autoscaler counts", set("spec/replicas", 3), "resilience-one-scaler"),
  on([":HorizontalPodAutoscaler", "user-service-user"])(
    "two pods at least",
    set("spec/minReplicas", 1),
    "resilience-replicas",
  ),
  on([":PodDisruptionBudget", "user-service-user"])("disruption budget", "remove", "resilience-budget"),
  on([":PodDisruptionBudget", "user-service-user"])(
    "a budget that lets nodes drain",
    set("spec/maxUnavailable", 0),
    "resilience-budget-evicts",
  ),
  rollout("image by digest", set(`${ORDER}/image`, "ghcr.io/stefanprodan/podinfo:6.11.0"), "image-digest"),
  rollout(
    "password from a Secret",
    both(set(`${ORDER}/env/2/value`, "hunter2"), unset(`${ORDER}/env/2/valueFrom`)),
    "secrets-no-literal-in-env",
  ),
  rollout(
    "no secret in the command",
    set(`${ORDER}/command`, ["./podinfo", "--api-token=abc"]),
    "secrets-no-literal-in-command",
  ),
];

const RIGHTS_SETTINGS: readonly Setting[] = [
  on([":ClusterRole", "restore-validation"])("named verbs", set("rules/1/verbs", ["*"]), "rbac-no-wildcards"),
  on([":ClusterRole", "restore-validation"])(
    "no Secrets of the cluster",
    set("rules/2/resources", ["secrets"]),
    "rbac-no-escalation",
  ),
  on([":ClusterRoleBinding", "restore-validation"])(
    "a role of its own",
    set("roleRef/name", "cluster-admin"),
    "rbac-no-cluster-admin",
  ),
  on([":RoleBinding", "velero-restore-validation"])(
    "an account of its own",
    set("subjects/0/name", "default"),
    "rbac-no-default-account",
  ),
  on([":ClusterRole", "restore-validation"])(
    "reads no Secret by a binding of the whole cluster",
    both(set("rules/2/resources", ["secrets"]), set("rules/2/verbs", ["get"])),
    "rbac-no-cluster-wide-secrets",
  ),
  on([":AppProject", "objects-appproject-argocd-services"], "argocd")(
    "delivers to named namespaces",
    set("spec/destinations/0/namespace", "*"),
    "rbac-delivery-bounded",
  ),
  on([":StorageClass", "gp3"])("encrypted volumes", unset("parameters/encrypted"), "cloud-volumes-encrypted"),
  on([":StorageClass", "gp3"])("volumes under a key of ours", unset("parameters/kmsKeyId"), "cloud-volumes-encrypted"),
];

const data = on([":Cluster", "data-orders"], "dev");

const OPERATED_SETTINGS: readonly Setting[] = [
  data("PostgreSQL in the cluster refuses plain connections", unset("spec/postgresql/pg_hba/1"), "tls-cloudnative-pg"),
  data(
    "PostgreSQL in the cluster takes TLS 1.2 at least",
    set("spec/postgresql/parameters/ssl_min_protocol_version", "TLSv1"),
    "tls-cloudnative-pg",
  ),
  data("no superuser", set("spec/enableSuperuserAccess", true), "rbac-no-database-superuser"),
  data("bounded memory of an operator's pods", unset("spec/resources/limits/memory"), "pod-resources"),
  data("a trusted registry for an operator's pods", set("spec/imageName", "evil.example/pg:1"), "image-registry"),
  data(
    "filtered system calls of an operator's pods",
    set("spec/seccompProfile/type", "Unconfined"),
    "pod-seccomp-baseline",
  ),
  on([":NetworkPolicy", "data-default-deny"], "dev")("default denial around stores", "remove", "network-default-deny"),
];

export const CLUSTER_SETTINGS: readonly Setting[] = [
  ...WORKLOAD_SETTINGS,
  ...TOKEN_SETTINGS,
  ...NETWORK_SETTINGS,
  ...EDGE_SETTINGS,
  ...SURVIVAL_SETTINGS,
  ...RIGHTS_SETTINGS,
  ...OPERATED_SETTINGS,
];
