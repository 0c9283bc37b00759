/** Small objects that break no rule, to be broken in one place at a time. */
import type { ResourceDescription } from "../../../policies/object";

export type Fields = Readonly<Record<string, unknown>>;

/** One resource of a case: what the engine would be told. `uses` names the samples a property is computed from. */
export interface Sample {
  readonly type: string;
  readonly name: string;
  readonly props: Fields;
  readonly uses?: Readonly<Record<string, string>>;
  readonly protect?: boolean;
  /** Name of the provider, where a case has several. */
  readonly provider?: string;
}

/** What the engine sends for a text that is not known yet. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const STACK = "urn:pulumi:test::keelson::";

export const urnOf = ({ type, name }: Sample): string => `${STACK}${type}::${name}`;

export const described = (sample: Sample): ResourceDescription => ({
  urn: urnOf(sample),
  type: sample.type,
  name: sample.name,
  props: sample.props,
  opts: { protect: sample.protect ?? false, ignoreChanges: [] },
  provider: { urn: `${STACK}pulumi:providers:any::${sample.provider ?? "default"}`, props: {} },
});

/** A Kubernetes object as a sample; its logical name is unique within a case. */
export function manifest(apiVersion: string, kind: string, fields: Fields & { readonly metadata: Fields }): Sample {
  const module = apiVersion === "v1" ? "core/v1" : apiVersion;
  const name = [fields.metadata["namespace"], kind, fields.metadata["name"]].join("-");
  return { type: `kubernetes:${module}:${kind}`, name, props: { apiVersion, kind, ...fields } };
}

export const resource = (type: string, name: string, props: Fields, more: Partial<Sample> = {}): Sample => ({
  type,
  name,
  props,
  ...more,
});

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

export const IMAGE = `ghcr.io/acme/app:1.2.3@${DIGEST}`;

export const CONTAINER = {
  name: "app",
  image: IMAGE,
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

export const POD_CONTEXT = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

export const container = (changes: Fields, context: Fields = {}): Fields => ({
  ...CONTAINER,
  ...changes,
  securityContext: { ...CONTAINER.securityContext, ...context },
});

/** A pod spec that passes every rule. It asks no DNS of the cluster's, so that it needs no policy for that. */
export const spec = (changes: Fields = {}): Fields => ({
  serviceAccountName: "order",
  automountServiceAccountToken: false,
  dnsPolicy: "Default",
  securityContext: POD_CONTEXT,
  containers: [CONTAINER],
  ...changes,
});

export const LABELS = { app: "order" };

/** A pod that some controller owns. */
export const pod = (namespace: string, podSpec: Fields): Sample =>
  manifest("v1", "Pod", {
    metadata: { name: "order", namespace, labels: LABELS, ownerReferences: [{ kind: "ReplicaSet", name: "order" }] },
    spec: podSpec,
  });

/** Isolates every pod of a namespace in both directions. */
export const denyAll = (namespace: string, changes: Fields = {}): Sample =>
  manifest("networking.k8s.io/v1", "NetworkPolicy", {
    metadata: { name: "default-deny", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ...changes },
  });
