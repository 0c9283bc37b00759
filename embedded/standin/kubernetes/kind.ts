/**
 * Which Kubernetes kind a resource type of the SDK is, and which types are refused here. Refused are those that the
 * provider would have to unpack with tools or network this machine lacks (Helm releases, Kustomize, YAML components).
 */
import { Refused } from "../provider";
import { text, type Properties } from "../values";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** A `…Patch` resource: it owns some fields of an object that somebody else owns. */
  readonly patch: boolean;
}

const REFUSED: readonly (readonly [prefix: string, instead: string])[] = [
  ["kubernetes:helm.sh/v3:", "use helm.v4.Chart, which is recorded as unexpanded where charts cannot be fetched"],
  ["kubernetes:helm.sh/v2:", "use helm.v4.Chart, which is recorded as unexpanded where charts cannot be fetched"],
  ["kubernetes:yaml", "declare the objects one by one"],
  ["kubernetes:kustomize", "declare the objects one by one"],
];

/** `kubernetes:apps/v1:Deployment` is `apps/v1` `Deployment`; custom resources carry both in their token too. */
export function kindOf(type: string, inputs: Properties): Kind {
  const refused = REFUSED.find(([prefix]) => type.startsWith(prefix));
  if (refused !== undefined) throw new Refused(`${type} is not supported by the local stand-in; ${refused[1]}`);
  const [, group = "", named = ""] = type.split(":");
  const apiVersion = text(inputs["apiVersion"]) ?? group.replace(/^core\//, "");
  const kind = text(inputs["kind"]) ?? named.replace(/Patch$/, "");
  if (named === `${kind}Patch`) return { apiVersion, kind, patch: true };
  if (/[a-z]List$/.test(named)) throw new Refused(`${type} is a list; declare the objects in it one by one`);
  return { apiVersion, kind, patch: false };
}

const CLUSTER_SCOPED = new Set(
  `Namespace Node PersistentVolume ClusterRole ClusterRoleBinding CustomResourceDefinition StorageClass CSIDriver CSINode
  PriorityClass IngressClass RuntimeClass GatewayClass APIService MutatingWebhookConfiguration FlowSchema VolumeSnapshotClass
  ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding PriorityLevelConfiguration
  ClusterIssuer ClusterSecretStore CertificateSigningRequest NodePool EC2NodeClass`.split(/\s+/),
);

/** A guess for when no server can be asked. */
export const looksClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

export const isSecretKind = ({ apiVersion, kind }: Pick<Kind, "apiVersion" | "kind">): boolean =>
  apiVersion === "v1" && kind === "Secret";
