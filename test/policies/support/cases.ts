/** For every rule: objects that pass it, the smallest change that violates it, and where. Used alone and under the engine. */
import { alone, BALANCED, BALANCER, containerCase, podCase, RESTRICTED, type Case } from "./case";
import { AWS_CASES } from "./cases-aws";
import { AZURE_CASES } from "./cases-azure";
import { EKS_CASES } from "./cases-eks";
import { EXPOSURE_CASES } from "./cases-exposure";
import { NETWORK_CASES } from "./cases-network";
import { S3_CASES } from "./cases-s3";
import { WORKLOAD_CASES } from "./cases-workload";
import { container, denyAll, manifest, pod, POD_CONTEXT, resource, spec, type Fields, type Sample } from "./samples";

export type { Case } from "./case";

const CONTEXT = "securityContext";

const POD_CASES: readonly Case[] = [
  podCase("pod-run-as-non-root", { securityContext: { seccompProfile: { type: "RuntimeDefault" } } }, [
    "spec.containers[0].securityContext.runAsNonRoot",
    "neither the container nor its pod rules out root",
  ]),
  containerCase("pod-run-as-user-zero", container({}, { runAsUser: 0 }), [`${CONTEXT}.runAsUser`, "user 0 is root"]),
  containerCase("pod-privileged", container({}, { privileged: true }), [
    `${CONTEXT}.privileged`,
    "the container is privileged",
  ]),
  podCase("pod-host-namespaces", { hostPID: true }, ["spec.hostPID", "the pod shares a namespace of its node"]),
  containerCase("pod-host-ports", container({ ports: [{ containerPort: 80, hostPort: 80 }] }), [
    "ports[0].hostPort",
    "the container takes a port of its node",
  ]),
  podCase("pod-volume-types", { volumes: [{ name: "v", nfs: { server: "s", path: "/" } }] }, [
    "spec.volumes[0]",
    "this type of volume reaches outside the pod",
  ]),
  containerCase("pod-probe-hosts", container({ livenessProbe: { httpGet: { host: "h", port: 80 } } }), [
    "livenessProbe.httpGet.host",
    "the kubelet is sent to a host other than the pod",
  ]),
  containerCase("pod-host-process", container({}, { windowsOptions: { hostProcess: true } }), [
    `${CONTEXT}.windowsOptions.hostProcess`,
    "the container is a process of its Windows node",
  ]),
  containerCase("pod-privilege-escalation", container({}, { allowPrivilegeEscalation: undefined }), [
    `${CONTEXT}.allowPrivilegeEscalation`,
    "wants false, got nothing",
  ]),
  containerCase("pod-capabilities-restricted", container({}, { capabilities: {} }), [
    `${CONTEXT}.capabilities.drop`,
    'wants a list with "ALL"',
  ]),
  podCase("pod-seccomp-restricted", { securityContext: { runAsNonRoot: true } }, [
    "spec.containers[0].securityContext.seccompProfile",
    "neither the container nor its pod names a profile",
  ]),
  containerCase("pod-read-only-root", container({}, { readOnlyRootFilesystem: false }), [
    `${CONTEXT}.readOnlyRootFilesystem`,
    "wants true, got a boolean",
  ]),
  containerCase("image-pinned", container({ image: "ghcr.io/acme/app" }), [
    "image",
    "neither a digest nor a tag other than latest",
  ]),
  containerCase("secrets-no-literal-in-env", container({ env: [{ name: "DB_PASSWORD", value: "hunter2" }] }), [
    "env[0].value",
    "looks like a secret: a text of 7 characters",
  ]),
  containerCase("pod-apparmor", container({}, { appArmorProfile: { type: "Unconfined" } }), [
    `${CONTEXT}.appArmorProfile.type`,
    "wants RuntimeDefault or Localhost",
  ]),
  containerCase("pod-selinux", container({}, { seLinuxOptions: { user: "u" } }), [
    `${CONTEXT}.seLinuxOptions.user`,
    "this label reaches beyond the container",
  ]),
  podCase("pod-sysctls", { securityContext: { ...POD_CONTEXT, sysctls: [{ name: "kernel.msgmax", value: "1" }] } }, [
    "spec.securityContext.sysctls[0].name",
    "this setting of the kernel reaches beyond the pod",
  ]),
  // These break a second rule of a stricter level by nature; `also` in the tests lists it.
  podCase("pod-host-path", { volumes: [{ name: "v", hostPath: { path: "/" } }] }, [
    "spec.volumes[0].hostPath",
    "the volume is a directory of the node",
  ]),
  containerCase("pod-capabilities-baseline", container({}, { capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }), [
    `${CONTEXT}.capabilities.add[0]`,
    "this capability reaches beyond the container",
  ]),
  podCase("pod-seccomp-baseline", { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Unconfined" } } }, [
    "spec.securityContext.seccompProfile.type",
    "wants RuntimeDefault or Localhost",
  ]),
  containerCase("pod-proc-mount-baseline", container({}, { procMount: "Unmasked" }), [
    `${CONTEXT}.procMount`,
    'wants "Default", got a text of 8 characters',
  ]),
  podCase("pod-proc-mount-restricted", { hostUsers: false, containers: [container({}, { procMount: "Unmasked" })] }, [
    "spec.containers[0].securityContext.procMount",
    'wants "Default", got a text of 8 characters',
  ]),
];

/** Rules that a violator breaks too, because one includes the other. */
export const ALSO: Readonly<Record<string, readonly string[]>> = {
  "pod-host-path": ["pod-volume-types"],
  "pod-capabilities-baseline": ["pod-capabilities-restricted"],
  "pod-seccomp-baseline": ["pod-seccomp-restricted"],
  "pod-proc-mount-baseline": ["pod-proc-mount-restricted"],
  "image-pinned": ["image-digest"],
  "network-no-allow-all": ["network-ports-named"],
};

const plainService = (rule: string, fields: Fields): Sample =>
  manifest("v1", "Service", { metadata: { name: "order", namespace: rule }, spec: fields });

const ingress = (fields: Fields): Sample =>
  manifest("networking.k8s.io/v1", "Ingress", { metadata: { name: "shop", namespace: "tls-ingress" }, spec: fields });

const gateway = (namespace: string, listener: Fields): Sample =>
  manifest("gateway.networking.k8s.io/v1", "Gateway", {
    metadata: { name: "shop", namespace },
    spec: {
      gatewayClassName: "alb",
      infrastructure: { parametersRef: { group: "gateway.k8s.aws", kind: "LoadBalancerConfiguration", name: "shop" } },
      listeners: [{ name: "https", protocol: "HTTPS", port: 443, hostname: "api.shop.example", ...listener }],
    },
  });

const loadBalancer = (namespace: string, fields: Fields): Sample =>
  manifest("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", {
    metadata: { name: "shop", namespace },
    spec: {
      ...BALANCER,
      listenerConfigurations: [{ protocolPort: "HTTPS:443", ...fields }],
    },
  });

const MODERN = { sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" };

const uncovered = (direction: "Ingress" | "Egress"): Case => {
  const rule = `network-${direction.toLowerCase()}-covered`;
  const other = direction === "Ingress" ? "Egress" : "Ingress";
  return {
    rule,
    passes: [pod(rule, spec()), denyAll(rule)],
    fails: [pod(rule, spec()), denyAll(rule, { policyTypes: [other] })],
    path: "metadata.labels",
    message: `no NetworkPolicy of its namespace isolates these pods for ${direction.toLowerCase()}`,
  };
};

const KUBERNETES_CASES: readonly Case[] = [
  uncovered("Ingress"),
  uncovered("Egress"),
  alone(
    "network-no-allow-all",
    [denyAll("open"), denyAll("open", { ingress: [{}] })],
    ["spec.ingress[0].from", "a rule without peers allows everybody"],
  ),
  {
    rule: "tls-gateway-listener",
    passes: [gateway("gateway", {}), loadBalancer("gateway", MODERN)],
    fails: [gateway("gateway", {}), loadBalancer("gateway", {})],
    path: "spec.listeners[0]",
    message: "no sslPolicy for this listener: the default of 2016 accepts TLS 1.0",
  },
  {
    rule: "tls-gateway-allowed-routes",
    passes: [gateway("routes", {}), loadBalancer("routes", MODERN)],
    fails: [gateway("routes", { allowedRoutes: { namespaces: { from: "All" } } }), loadBalancer("routes", MODERN)],
    path: "spec.listeners[0].allowedRoutes.namespaces.from",
    message: "routes of every namespace are taken",
  },
  {
    rule: "tls-gateway-host",
    passes: [gateway("hosts", {}), loadBalancer("hosts", MODERN)],
    fails: [
      gateway("hosts", { hostname: undefined }),
      loadBalancer("hosts", { ...MODERN, defaultCertificate: "arn:aws:acm:certificate" }),
    ],
    path: "spec.listeners[0].hostname",
    message: "serves every host that a route claims",
  },
  alone(
    "tls-ingress",
    [
      ingress({
        ingressClassName: "nginx",
        tls: [{ hosts: ["*.shop.example"] }],
        rules: [{ host: "api.shop.example" }],
      }),
      ingress({ ingressClassName: "nginx", rules: [{ host: "api.shop.example" }] }),
    ],
    ["spec.tls", "no certificate"],
  ),
  alone(
    "tls-load-balancer-service",
    [
      plainService("ingress-system", { ...BALANCED, ports: [{ port: 443, name: "https" }] }),
      plainService("ingress-system", { ...BALANCED, ports: [{ port: 80, name: "http" }] }),
    ],
    ["spec.ports[0]", "this port is open to clients without TLS"],
  ),
  alone(
    "network-no-node-port",
    [plainService("np", { type: "ClusterIP" }), plainService("np", { type: "NodePort" })],
    ["spec.type", "opens a port on every node"],
  ),
  alone(
    "pod-namespace-enforces-level",
    [
      manifest("v1", "Namespace", { metadata: { name: "shop", labels: RESTRICTED } }),
      manifest("v1", "Namespace", { metadata: { name: "shop" } }),
    ],
    ['metadata.labels["pod-security.kubernetes.io/enforce"]', "wants restricted or baseline, got nothing"],
  ),
  alone(
    "rbac-no-wildcards",
    [
      manifest("rbac.authorization.k8s.io/v1", "Role", {
        metadata: { name: "r", namespace: "x" },
        rules: [{ verbs: ["get"] }],
      }),
      manifest("rbac.authorization.k8s.io/v1", "Role", {
        metadata: { name: "r", namespace: "x" },
        rules: [{ verbs: ["*"] }],
      }),
    ],
    ["rules[0].verbs", 'wants names, got "*"'],
  ),
  alone(
    "rbac-no-cluster-admin",
    [
      manifest("rbac.authorization.k8s.io/v1", "RoleBinding", {
        metadata: { name: "r", namespace: "x" },
        roleRef: { name: "view" },
      }),
      manifest("rbac.authorization.k8s.io/v1", "RoleBinding", {
        metadata: { name: "r", namespace: "x" },
        roleRef: { name: "cluster-admin" },
      }),
    ],
    ["roleRef.name", "this role may do everything"],
  ),
  alone(
    "secrets-no-literal-in-config-map",
    [
      manifest("v1", "ConfigMap", { metadata: { name: "c", namespace: "x" }, data: { LOG_LEVEL: "info" } }),
      manifest("v1", "ConfigMap", {
        metadata: { name: "c", namespace: "x" },
        data: { url: "postgres://me:hunter2@db/x" },
      }),
    ],
    ["data.url", "looks like a secret: a text of 26 characters"],
  ),
  alone(
    "pod-no-opaque-release",
    [
      resource("kubernetes:helm.sh/v3:Release", "kong", {}),
      resource("kubernetes:helm.sh/v3:Release", "kong", { chart: "kong" }),
    ],
    ["chart", "its objects cannot be seen"],
  ),
];

export const CASES: readonly Case[] = [
  ...POD_CASES,
  ...WORKLOAD_CASES,
  ...KUBERNETES_CASES,
  ...NETWORK_CASES,
  ...EXPOSURE_CASES,
  ...EKS_CASES,
  ...AWS_CASES,
  ...S3_CASES,
  ...AZURE_CASES,
];
