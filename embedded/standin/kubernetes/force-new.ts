/**
 * Which changes need a new object: the table of the real provider (provider/pkg/provider/diff.go of pulumi-kubernetes
 * 4.34), so that a plan made here is the plan made there. What the table leaves out is updated in place, and the API
 * server has the last word.
 */
import type { Kind } from "./kind";
import { covers, parsePath, type Step } from "./property-path";

export interface Mutability {
  /** Provider setting `enableConfigMapMutable`: change a ConfigMap in place. */
  readonly configMaps: boolean;
  /** Provider setting `enableSecretMutable`. */
  readonly secrets: boolean;
}

const ALWAYS = ["metadata.name", "metadata.namespace"];

const POD = `affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork
  hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName
  readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName
  shareProcessNamespace subdomain terminationGracePeriodSeconds volumes`;

const CONTAINER = `args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources
  securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir`;

const VOLUME = `awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs
  hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume`;

const under = (prefix: string, names: string): readonly string[] =>
  names.split(/\s+/).map((name) => `${prefix}.${name}`);

const TABLE: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/StatefulSet": under(
    "spec",
    "podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates",
  ),
  "batch/v1/Job": under("spec", "completions parallelism selector template"),
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": under("spec", VOLUME),
  "v1/PersistentVolumeClaim": under("spec", "accessModes selector storageClassName volumeName"),
  "v1/Pod": [
    ...under("spec", POD),
    ...under("spec.containers[*]", CONTAINER),
    ...under("spec.initContainers[*]", CONTAINER),
  ],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Service": ["spec.clusterIP"],
};

/** Property paths of a kind whose change forces a replacement. `immutable` is the object's own field. */
export function forceNew({ apiVersion, kind, patch }: Kind, mutable: Mutability, immutable = false): readonly string[] {
  const id = `${apiVersion}/${kind}`;
  if (patch) return ALWAYS;
  if (id === "v1/Secret") return [...ALWAYS, "type", ...(mutable.secrets && !immutable ? [] : ["data", "stringData"])];
  if (id === "v1/ConfigMap") return [...ALWAYS, ...(mutable.configMaps && !immutable ? [] : ["data", "binaryData"])];
  return [...ALWAYS, ...(TABLE[id] ?? [])];
}

/** Whether a change at this path is covered by one of those. */
export const replaces = (forced: readonly string[], path: readonly Step[]): boolean =>
  forced.some((pattern) => covers(parsePath(pattern), path));
