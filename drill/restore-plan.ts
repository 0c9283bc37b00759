/**
 * What Velero restores in the recovery region, and what it must leave alone: the program makes anew everything it declares,
 * so a restore brings only what nobody declared. Pure. Each exclusion stands with the failure it prevents.
 */
import { type Manifest } from "../graph/manifest";

export interface Exclusion {
  /** As Velero and `kubectl` name it: `deployments.apps`. */
  readonly resource: string;
  readonly because: string;
}

/** Kinds whose restored form would break the new cluster, whether or not the stack has any. */
export const DANGEROUS: readonly Exclusion[] = [
  { resource: "targetgroupbindings.elbv2.k8s.aws", because: "they hold ARNs of dead load balancers (velero#7387)" },
  { resource: "gateways.gateway.networking.k8s.io", because: "their addresses are the lost load balancer's" },
  { resource: "ingresses.networking.k8s.io", because: "their addresses are the lost load balancer's" },
  { resource: "services", because: "node ports and health-check ports are the old cluster's (velero#3419, #6376)" },
  { resource: "endpointslices.discovery.k8s.io", because: "they hold addresses of pods that are gone" },
  { resource: "serviceaccounts", because: "roles they name trust the old cluster's issuer (velero#5037)" },
  {
    resource: "validatingwebhookconfigurations.admissionregistration.k8s.io",
    because: "they call webhooks that do not run yet, and block the restore (velero#4959)",
  },
  {
    resource: "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    because: "they call webhooks that do not run yet, and block the restore (velero#4959)",
  },
  { resource: "certificaterequests.cert-manager.io", because: "their owners get new ids (cert-manager/website#529)" },
  { resource: "orders.acme.cert-manager.io", because: "their owners get new ids (cert-manager/website#529)" },
  { resource: "challenges.acme.cert-manager.io", because: "their owners get new ids (cert-manager/website#529)" },
  { resource: "clusters.postgresql.cnpg.io", because: "an operator would begin an empty database under the old name" },
  { resource: "pods", because: "their controllers make them" },
  { resource: "replicasets.apps", because: "their Deployments make them" },
  { resource: "nodes", because: "they are the new cluster's own" },
  { resource: "events", because: "they tell of another cluster" },
  { resource: "volumeattachments.storage.k8s.io", because: "disks of another region cannot be attached" },
  { resource: "persistentvolumes", because: "disks and their snapshots do not leave their region (velero#103)" },
  { resource: "persistentvolumeclaims", because: "without its volume a claim waits for one that never comes" },
  { resource: "jobs.batch", because: "they would run again" },
];

/** Kinds that others than the program write too, so that a restore must bring them; existing ones stay as they are. */
const SHARED: readonly string[] = ["configmaps", "secrets", "namespaces"];

/** `deployments.apps` of a Deployment. */
export function resourceOf({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): string {
  const one = kind.toLowerCase();
  const plural = /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : /(s|x|ch|sh)$/.test(one) ? `${one}es` : `${one}s`;
  const [group, version] = apiVersion.split("/");
  return version === undefined ? plural : `${plural}.${group}`;
}

/** Everything a restore leaves alone, given what the program declares; sorted, each once. */
export function exclusions(declared: readonly Manifest[]): readonly Exclusion[] {
  const ours = [...new Set(declared.map(resourceOf))].filter((resource) => !SHARED.includes(resource));
  const known = new Set(DANGEROUS.map(({ resource }) => resource));
  const owned = ours
    .filter((resource) => !known.has(resource))
    .map((resource) => ({ resource, because: "the program makes them anew" }));
  return [...DANGEROUS, ...owned].toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
}

export interface RestoreWish {
  readonly name: string;
  readonly namespace: string;
  readonly backup: string;
  /** Kubernetes objects of the recovery stack. */
  readonly declared: readonly Manifest[];
}

/** Never replaces what exists: the program's objects, with the new region's values in them, win. */
export const restoreObject = ({ name, namespace, backup, declared }: RestoreWish) => ({
  apiVersion: "velero.io/v1",
  kind: "Restore",
  metadata: { name, namespace },
  spec: {
    backupName: backup,
    includedNamespaces: ["*"],
    excludedResources: exclusions(declared).map(({ resource }) => resource),
    existingResourcePolicy: "none",
    includeClusterResources: false,
    restorePVs: false,
  },
});
