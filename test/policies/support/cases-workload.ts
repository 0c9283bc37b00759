/** Workloads, images, secrets, rights and survival. */
import { alone, containerCase, podCase, type Case } from "./case";
import { container, CONTAINER, denyAll, LABELS, manifest, spec, type Fields, type Sample } from "./samples";

const PROBE = { httpGet: { path: "/", port: 8080 } };
const PROBED = { ...CONTAINER, readinessProbe: PROBE, livenessProbe: PROBE };
const ZONES = { topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }] };

/** A Deployment that passes every rule, with its budget and its policy. */
const deployment = (namespace: string, fields: Fields = {}, podFields: Fields = {}): Sample =>
  manifest("apps/v1", "Deployment", {
    metadata: { name: "order", namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: spec({ containers: [PROBED], ...ZONES, ...podFields }) },
      ...fields,
    },
  });

const budget = (namespace: string, fields: Fields = { maxUnavailable: 1 }): Sample =>
  manifest("policy/v1", "PodDisruptionBudget", {
    metadata: { name: "order", namespace },
    spec: { selector: { matchLabels: LABELS }, ...fields },
  });

const scaler = (namespace: string): Sample =>
  manifest("autoscaling/v2", "HorizontalPodAutoscaler", {
    metadata: { name: "order", namespace },
    spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: "Deployment", name: "order" } },
  });

/** A Deployment and what stands beside it, once whole and once with one thing changed. */
const workloadCase = (
  rule: string,
  broken: readonly [fields: Fields, podFields?: Fields],
  [path, message]: readonly [string, string],
): Case => ({
  rule,
  passes: [deployment(rule), budget(rule), denyAll(rule)],
  fails: [deployment(rule, ...broken), budget(rule), denyAll(rule)],
  path,
  message,
});

const RBAC = "rbac.authorization.k8s.io/v1";
const clusterRole = (verbs: readonly string[]): Sample =>
  manifest(RBAC, "ClusterRole", { metadata: { name: "reader" }, rules: [{ resources: ["secrets"], verbs }] });
const clusterBinding = manifest(RBAC, "ClusterRoleBinding", {
  metadata: { name: "reader" },
  roleRef: { kind: "ClusterRole", name: "reader" },
});
const roleBinding = (name: string): Sample =>
  manifest(RBAC, "RoleBinding", {
    metadata: { name: "b", namespace: "x" },
    roleRef: { kind: "Role", name: "view" },
    subjects: [{ kind: "ServiceAccount", name, namespace: "x" }],
  });
const role = (verb: string): Sample =>
  manifest(RBAC, "Role", {
    metadata: { name: "r", namespace: "x" },
    rules: [{ apiGroups: [""], resources: ["pods/exec"], verbs: [verb] }],
  });

const RIGHTS_CASES: readonly Case[] = [
  alone("rbac-no-escalation", [role("delete"), role("create")], ["rules[0]", "may run commands in any pod"]),
  {
    rule: "rbac-no-cluster-wide-secrets",
    passes: [clusterBinding, clusterRole(["create"])],
    fails: [clusterBinding, clusterRole(["get"])],
    path: "roleRef.name",
    message: "this role reads Secrets, here in every namespace",
  },
  alone(
    "rbac-no-default-account",
    [roleBinding("order"), roleBinding("default")],
    ["subjects[0].name", "every pod that names no account gets these rights"],
  ),
];

const plugin = (config: Fields): Sample =>
  manifest("configuration.konghq.com/v1", "KongPlugin", {
    metadata: { name: "p", namespace: "x" },
    plugin: "p",
    config,
  });

const GENERATED = "q8Zt3LmVx0RnYb5KdWc7HsPf2JgUa9EoTi4QvXrB";

const TEXT_CASES: readonly Case[] = [
  containerCase("image-registry", container({ image: "evil.example/app:1@sha256:" + "0".repeat(64) }), [
    "image",
    "its registry is in no list of ours",
  ]),
  containerCase("image-digest", container({ image: "ghcr.io/acme/app:1" }), [
    "image",
    "a tag alone: what it names may change",
  ]),
  containerCase("secrets-no-literal-in-command", container({ args: ["--db-password=hunter2"] }), [
    "args[0]",
    "looks like a secret: a text of 21 characters",
  ]),
  containerCase("secrets-no-random-in-env", container({ env: [{ name: "SALT", value: GENERATED }] }), [
    "env[0].value",
    "looks generated: a text of 40 characters",
  ]),
  alone(
    "secrets-no-random-in-config-map",
    [
      manifest("v1", "ConfigMap", {
        metadata: { name: "c", namespace: "x" },
        data: { digest: "0123456789abcdef".repeat(4) },
      }),
      manifest("v1", "ConfigMap", { metadata: { name: "c", namespace: "x" }, data: { salt: GENERATED } }),
    ],
    ["data.salt", "looks generated: a text of 40 characters"],
  ),
  alone(
    "secrets-no-literal-in-kong-plugin",
    [plugin({ limits: { minute: 5 }, credentials: true }), plugin({ redis: { password: "hunter2" } })],
    ["config.redis.password", "looks like a secret: a text of 7 characters"],
  ),
];

const gp3 = (parameters: Fields): Sample =>
  manifest("storage.k8s.io/v1", "StorageClass", {
    metadata: { name: "gp3" },
    provisioner: "ebs.csi.aws.com",
    parameters: { encrypted: "true", kmsKeyId: "arn:aws:kms:key", ...parameters },
  });

const project = (destination: string): Sample =>
  manifest("argoproj.io/v1alpha1", "AppProject", {
    metadata: { name: "p", namespace: "argocd" },
    spec: { sourceRepos: ["https://git.example"], destinations: [{ namespace: destination, server: "https://k" }] },
  });

const PG_HBA = ["hostssl all all all scram-sha-256", "hostnossl all all all reject"];

const postgres = (fields: Fields): Sample =>
  manifest("postgresql.cnpg.io/v1", "Cluster", {
    metadata: { name: "orders", namespace: "data" },
    spec: { resources: CONTAINER.resources, postgresql: { pg_hba: PG_HBA }, ...fields },
  });

const names = manifest("networking.k8s.io/v1", "NetworkPolicy", {
  metadata: { name: "names", namespace: "data" },
  spec: {
    podSelector: { matchLabels: { "cnpg.io/cluster": "orders" } },
    policyTypes: ["Egress"],
    egress: [{ to: [{ podSelector: {} }], ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) }],
  },
});

const stored = (rule: string, broken: Fields, [path, message]: readonly [string, string]): Case => ({
  rule,
  passes: [postgres({}), denyAll("data"), names],
  fails: [postgres(broken), denyAll("data"), names],
  path,
  message,
});

const OPERATED_CASES: readonly Case[] = [
  alone(
    "cloud-volumes-encrypted",
    [gp3({}), gp3({ encrypted: undefined })],
    ["parameters.encrypted", "wants true, got nothing"],
  ),
  alone("rbac-delivery-bounded", [project("order"), project("*")], ["spec.destinations[0]", "any place will do"]),
  stored("tls-cloudnative-pg", { postgresql: {} }, ["spec.postgresql.pg_hba", "plain connections are taken"]),
  stored("rbac-no-database-superuser", { enableSuperuserAccess: true }, [
    "spec.enableSuperuserAccess",
    "the superuser may sign in",
  ]),
];

export const WORKLOAD_CASES: readonly Case[] = [
  podCase("pod-no-idle-token", { automountServiceAccountToken: undefined }, [
    "spec.automountServiceAccountToken",
    "a token for the Kubernetes API is mounted, and nothing is bound to its account",
  ]),
  podCase("pod-own-account", { serviceAccountName: "default" }, [
    "spec.serviceAccountName",
    "shares the namespace's default account",
  ]),
  {
    rule: "pod-no-default-namespace",
    passes: [deployment("placed"), budget("placed"), denyAll("placed")],
    fails: [deployment("default"), budget("default"), denyAll("default")],
    path: "metadata.namespace",
    message: "is in the namespace default",
  },
  containerCase("pod-resources", container({ resources: { requests: { cpu: "1", memory: "1Mi" } } }), [
    "resources.limits.memory",
    "no limit of memory",
  ]),
  workloadCase(
    "pod-probes",
    [{}, { containers: [{ ...PROBED, livenessProbe: undefined }] }],
    ["spec.template.spec.containers[0].livenessProbe", "no livenessProbe"],
  ),
  {
    rule: "pod-not-naked",
    passes: podCase("pod-not-naked", {}, ["", ""]).passes,
    fails: [
      manifest("v1", "Pod", { metadata: { name: "order", namespace: "pod-not-naked", labels: LABELS }, spec: spec() }),
      denyAll("pod-not-naked"),
    ],
    path: "metadata.ownerReferences",
    message: "nobody replaces it",
  },
  ...TEXT_CASES,
  ...RIGHTS_CASES,
  ...OPERATED_CASES,
  workloadCase("resilience-replicas", [{ replicas: 1 }], ["spec.replicas", "wants at least 2 pods"]),
  {
    rule: "resilience-budget",
    passes: [deployment("budget"), budget("budget"), denyAll("budget")],
    fails: [deployment("budget"), denyAll("budget")],
    path: "spec.replicas",
    message: "no PodDisruptionBudget selects its pods",
  },
  {
    rule: "resilience-budget-evicts",
    passes: [budget("evicts"), deployment("evicts"), denyAll("evicts")],
    fails: [budget("evicts", { minAvailable: 2 }), deployment("evicts"), denyAll("evicts")],
    path: "spec.minAvailable",
    message: "no pod may ever be evicted: nodes do not drain",
  },
  workloadCase(
    "resilience-zones",
    [{}, { topologySpreadConstraints: undefined }],
    ["spec.template.spec.topologySpreadConstraints", "all its pods may be in one zone"],
  ),
  {
    rule: "resilience-one-scaler",
    passes: [deployment("scaled", { replicas: undefined }), scaler("scaled"), budget("scaled"), denyAll("scaled")],
    fails: [deployment("scaled"), scaler("scaled"), budget("scaled"), denyAll("scaled")],
    path: "spec.replicas",
    message: "an autoscaler writes this field too",
  },
];
