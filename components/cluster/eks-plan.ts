/**
 * Decides what an EKS cluster is made of, as data: reachable API endpoint, node groups, add-ons and their settings.
 * Refuses Kubernetes versions outside standard support and an API endpoint that is open to the world.
 */
import { parseCidr } from "../../graph/cidr";
import { type Cidr } from "../../graph/landscape";
import { type Problem } from "../../graph/problems";
import { type Size } from "../../graph/units";
import { type MandatoryTag } from "../names";

/**
 * Versions in standard support in November 2026; 1.34 leaves it on 2 December 2026. Extended support costs six times as
 * much for each cluster and hour. @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
export const EKS_VERSIONS = ["1.35", "1.36"] as const;
export type EksVersion = (typeof EKS_VERSIONS)[number];

/**
 * Who can reach the Kubernetes API. `private`: the network only, so whoever deploys must run inside it, or come through a
 * tunnel. `restricted`: also these public ranges.
 */
export type ApiAccess =
  { readonly mode: "private" } | { readonly mode: "restricted"; readonly ranges: readonly Cidr[] };

/** Nodes of one shape. */
export interface Pool {
  /** Interchangeable instance types, by preference. A change replaces the pool's nodes. */
  readonly instanceTypes: readonly string[];
  /** Fewest nodes, over all its zones. */
  readonly min: number;
  /** Most nodes, over all its zones; at least one for each. */
  readonly max: number;
  /** Zones with nodes of this pool. @default - every zone of the network */
  readonly zones?: readonly string[];
  /** @default "on-demand" */
  readonly capacity?: "on-demand" | "spot";
  /** Disk for images and scratch data; persistent data is on volumes of its own. @default "50 GiB" */
  readonly disk?: Size;
  /** Processor of the instance types. @default "x86_64" */
  readonly architecture?: "x86_64" | "arm64";
  /** Node labels. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PlannedGroup {
  readonly pool: string;
  readonly zone: string;
  /** Fewest and most nodes in this zone. */
  readonly min: number;
  readonly max: number;
  readonly spec: Pool;
}

/** A range wider than this is as good as open: two halves of the internet are two ranges. */
const WIDEST_ACCESS = 16;

/** One node group for each pool and zone: a volume lives in one zone, and the autoscaler must be able to grow that one. */
export const planGroups = (pools: Readonly<Record<string, Pool>>, zones: readonly string[]): readonly PlannedGroup[] =>
  Object.entries(pools).flatMap(([pool, spec]) => {
    const own = spec.zones ?? zones;
    const [min, max] = [share(spec.min, own.length), share(spec.max, own.length)];
    return own.map((zone, index) => ({ pool, zone, spec, min: min(index), max: max(index) }));
  });

/** Shares a number among zones as evenly as whole numbers allow, the first zones first. */
const share = (total: number, zones: number) => (index: number) =>
  Math.floor(total / zones) + (index < total % zones ? 1 : 0);

/** The endpoint part of a cluster's network settings. */
export const planEndpoint = (access: ApiAccess) => ({
  endpointPrivateAccess: true,
  endpointPublicAccess: access.mode === "restricted",
  ...(access.mode === "restricted" ? { publicAccessCidrs: [...access.ranges] } : {}),
});

export interface EksSettings {
  readonly version: string;
  readonly access: ApiAccess;
  readonly pools: Readonly<Record<string, Pool>>;
  readonly zones: readonly string[];
}

/** Everything wrong with a cluster's settings, at once. */
export const eksProblems = (settings: EksSettings): readonly Problem[] => [
  ...versionProblems(settings.version),
  ...accessProblems(settings.access),
  ...poolProblems(settings),
];

function versionProblems(version: string): readonly Problem[] {
  if (EKS_VERSIONS.some((known) => known === version)) return [];
  const want = `a version in standard support: ${EKS_VERSIONS.join(", ")}`;
  return [{ where: "cluster.version", got: `"${version}"`, want, mend: `set it to ${EKS_VERSIONS.at(-1)}` }];
}

function accessProblems(access: ApiAccess): readonly Problem[] {
  if (access.mode === "private") return [];
  const where = "cluster.access.ranges";
  const mend = "list the addresses you deploy from, or set the mode to private";
  if (access.ranges.length === 0) return [{ where, got: "none", want: "at least one range", mend }];
  const wide = access.ranges.filter((range) => (parseCidr(range)?.prefix ?? 0) < WIDEST_ACCESS);
  return wide.map((got) => ({ where, got, want: `ranges of /${WIDEST_ACCESS} or narrower`, mend }));
}

function poolProblems({ pools, zones }: EksSettings): readonly Problem[] {
  const none = { where: "cluster.pools", got: "none", want: "at least one pool of nodes", mend: "add a pool" };
  if (Object.keys(pools).length === 0) return [none];
  return Object.entries(pools).flatMap(([name, pool]) => [
    ...sizeProblems(name, pool, (pool.zones ?? zones).length),
    ...zoneProblems(name, pool, zones),
  ]);
}

function sizeProblems(name: string, { min, max }: Pool, zones: number): readonly Problem[] {
  if (Number.isInteger(min) && Number.isInteger(max) && min >= 0 && max >= zones && min <= max) return [];
  const want = `whole numbers, 0 <= min <= max, and max at least ${zones}: one for each zone`;
  return [{ where: `cluster.pools.${name}`, got: `min ${min}, max ${max}`, want, mend: "correct them" }];
}

function zoneProblems(name: string, pool: Pool, zones: readonly string[]): readonly Problem[] {
  const unknown = (pool.zones ?? []).filter((zone) => !zones.includes(zone));
  const where = `cluster.pools.${name}.zones`;
  return unknown.map((got) => ({ where, got, want: `one of ${zones.join(", ")}`, mend: "name a zone of the network" }));
}

/** Add-ons that run on the host network or in the network's own data path: they need no policy and come before nodes. */
export const NODE_ADDONS = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"] as const;
/** Add-ons that run as ordinary pods: they need nodes, and policies that let them talk. */
export const POD_ADDONS = ["coredns", "aws-ebs-csi-driver", "metrics-server"] as const;
export type AddonName = (typeof NODE_ADDONS)[number] | (typeof POD_ADDONS)[number];

/** What an add-on is told beyond its defaults. */
export function addonConfiguration(addon: AddonName, tags: Readonly<Record<MandatoryTag, string>>): string | undefined {
  if (addon === "vpc-cni") return JSON.stringify(ENFORCED_POLICIES);
  if (addon === "aws-ebs-csi-driver") return JSON.stringify({ controller: { extraVolumeTags: tags } });
  return undefined;
}

/**
 * `strict`: a pod reaches nothing until its policies are in place. In the default mode everything is allowed until then.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
 */
const ENFORCED_POLICIES = {
  enableNetworkPolicy: "true",
  env: { NETWORK_POLICY_ENFORCING_MODE: "strict" },
  nodeAgent: { enablePolicyEventLogs: "true" },
} as const;
