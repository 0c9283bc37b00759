/**
 * Proves on a schedule that a backup can be restored: the newest daily one, into namespaces of other names, with what would
 * act on the outside left out; then compares and deletes. Its rights: Velero's restores, and reading and deleting exactly
 * those namespaces. Fails visibly, as a failed Job, and cleans up either way.
 */
import { type Labels, type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, podSecurity, SCRATCH, serviceAccount } from "../workload/pod";
import { dailyNamespaces, validationNamespace, validationNamespaces } from "./velero-objects";

const namespace = NAMESPACES.backup;
const name = "restore-validation";

export const VALIDATION_LABELS: Labels = { "app.kubernetes.io/name": name };

/** Hours a tried restore may take. */
const PATIENCE_SECONDS = 3 * 3_600;

export const validationObjects = (graph: Graph, facts: Facts): readonly Manifest[] => [
  serviceAccount(name, namespace, VALIDATION_LABELS),
  ...rights(graph),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: VALIDATION_LABELS },
    data: { "validate.sh": script(graph) },
  },
  cronJob(facts),
];

const subject = { kind: "ServiceAccount", name, namespace };
const GROUP = "rbac.authorization.k8s.io";

const rights = (graph: Graph): readonly Manifest[] => [
  {
    apiVersion: `${GROUP}/v1`,
    kind: "Role",
    metadata: { name, namespace },
    rules: [
      { apiGroups: ["velero.io"], resources: ["backups"], verbs: ["get", "list"] },
      { apiGroups: ["velero.io"], resources: ["restores"], verbs: ["create", "delete", "get", "list"] },
    ],
  },
  {
    apiVersion: `${GROUP}/v1`,
    kind: "RoleBinding",
    metadata: { name, namespace },
    roleRef: { apiGroup: GROUP, kind: "Role", name },
    subjects: [subject],
  },
  {
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRole",
    metadata: { name },
    rules: [
      {
        apiGroups: [""],
        resources: ["namespaces"],
        resourceNames: validationNamespaces(graph),
        verbs: ["get", "delete"],
      },
      { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["list"] },
      { apiGroups: [""], resources: ["configmaps", "services"], verbs: ["list"] },
    ],
  },
  {
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name },
    subjects: [subject],
  },
];

const cronJob = ({ backup }: Facts): Manifest => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name, namespace, labels: VALIDATION_LABELS },
  spec: {
    schedule: backup.validate,
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 5,
    jobTemplate: {
      spec: {
        activeDeadlineSeconds: PATIENCE_SECONDS,
        backoffLimit: 0,
        template: { metadata: { labels: VALIDATION_LABELS }, spec: pod },
      },
    },
  },
});

/** It speaks to the Kubernetes API, so it is one of the few pods with a token, and a short one. */
const TOKEN = {
  name: "token",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3_600 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
};

const pod = {
  automountServiceAccountToken: false,
  containers: [
    {
      name: "validate",
      image: imageOf("kubectl"),
      command: ["sh", "/scripts/validate.sh"],
      env: [{ name: "HOME", value: "/tmp" }],
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [
        { name: "scripts", mountPath: "/scripts", readOnly: true },
        { name: "token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true },
        SCRATCH.mount,
      ],
    },
  ],
  enableServiceLinks: false,
  restartPolicy: "Never",
  securityContext: podSecurity(),
  serviceAccountName: name,
  volumes: [{ name: "scripts", configMap: { name } }, TOKEN, SCRATCH.volume],
};

/** Kinds that would act on the outside, or start a second writer beside the first. */
const LEFT_OUT = [
  "gateways.gateway.networking.k8s.io",
  "httproutes.gateway.networking.k8s.io",
  "targetgroupbindings.elbv2.k8s.aws",
  "targetgroupconfigurations.gateway.k8s.aws",
  "clusters.postgresql.cnpg.io",
  "rollouts.argoproj.io",
  "cronjobs.batch",
  "jobs.batch",
  "horizontalpodautoscalers.autoscaling",
] as const;

const restore = (graph: Graph): string =>
  JSON.stringify({
    apiVersion: "velero.io/v1",
    kind: "Restore",
    metadata: { generateName: `${name}-`, namespace },
    spec: {
      scheduleName: "daily",
      excludedResources: LEFT_OUT,
      includeClusterResources: false,
      namespaceMapping: Object.fromEntries(dailyNamespaces(graph).map((each) => [each, validationNamespace(each)])),
    },
  });

const script = (graph: Graph): string => `set -eu
fail() { echo "restore validation failed: $1" >&2; exit 1; }
clean() { kubectl delete namespace --ignore-not-found --wait=true --timeout=15m ${validationNamespaces(graph).join(" ")}; }
trap clean EXIT
clean
restore=$(echo '${restore(graph)}' | kubectl create -f - -o name)
echo "trying $restore"
while :; do
  phase=$(kubectl -n ${namespace} get "$restore" -o 'jsonpath={.status.phase}')
  case "$phase" in
    Completed) break ;;
    PartiallyFailed|Failed|FailedValidation) fail "$restore ended $phase" ;;
  esac
  sleep 10
done
count() { kubectl -n "$1" get services,configmaps,deployments,statefulsets -o name | wc -l; }
for source in ${dailyNamespaces(graph).join(" ")}; do
  was=$(count "$source") is=$(count "validate-$source")
  echo "$source: $is of $was objects restored"
  [ "$is" -gt 0 ] || [ "$was" -eq 0 ] || fail "nothing of $source came back"
done
kubectl -n ${namespace} delete "$restore"
echo "the newest daily backup can be restored"
`;
