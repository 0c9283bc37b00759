/**
 * The parts every pod of ours is made of, so that all of them meet Pod Security `restricted` in the same way and survive
 * the loss of a zone. Refuses nothing: there is no parameter that would weaken it.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { type Labels } from "../../graph/manifest";
import { type Resources } from "../../graph/service";
import { quantity } from "../../graph/units";

/** A user that no image of ours runs privileged things as. The number matters: a name cannot be checked for root. */
export const NON_ROOT = 65_532;

export const podSecurity = (user: number = NON_ROOT) => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** Spreads over zones first, over nodes as far as possible. */
export const spread = (labels: Labels) =>
  (["topology.kubernetes.io/zone", "kubernetes.io/hostname"] as const).map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ["pod-template-hash"],
  }));

export const resourcesOf = ({ requests, limits }: Resources) => ({
  requests: { cpu: requests.cpu, memory: quantity(requests.memory) },
  limits: { cpu: limits.cpu, memory: quantity(limits.memory) },
});

/** Scratch space, since the root file system is read-only. */
export const SCRATCH = {
  volume: { name: "scratch", emptyDir: { sizeLimit: "64Mi" } },
  mount: { name: "scratch", mountPath: "/tmp" },
} as const;

/** The cluster's own authority, by which a service checks stores and the broker: its certificate alone, not a key. */
export const AUTHORITY = {
  secret: "internal-tls",
  file: "/etc/keelson/authority/ca.crt",
  volume: {
    name: "authority",
    secret: { secretName: "internal-tls", items: [{ key: "ca.crt", path: "ca.crt" }] },
  },
  mount: { name: "authority", mountPath: "/etc/keelson/authority", readOnly: true },
} as const;

/** A variable whose value is in a Secret. */
export const fromSecret = (name: string, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** Allows one voluntary disruption at a time. Unhealthy pods never block a node's drain. */
export const disruptionBudget = (name: string, namespace: string, labels: Labels) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace, labels },
  spec: { maxUnavailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
});

/** An account that says who a pod is and opens nothing: its token is not mounted. */
export const serviceAccount = (name: string, namespace: string, labels: Labels) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace, labels },
  automountServiceAccountToken: false,
});
