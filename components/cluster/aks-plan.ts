/**
 * Decides what an AKS cluster is made of, as data: reachable API endpoint, node pools, what Azure adds to it. Refuses
 * Kubernetes versions outside standard support, an API endpoint that is open to the world, and add-ons that exclude each
 * other. Two of those do not even compile.
 */
import { parseCidr } from "../../graph/cidr";
import { type Cidr } from "../../graph/landscape";
import { type Problem } from "../../graph/problems";
import { gibibytes, type Size } from "../../graph/units";
import { dotted, interval } from "../../graph/cidr";

/**
 * Versions in standard support in November 2026 that stay there for some months: 1.35 until March, 1.36 until June 2027.
 * 1.34 leaves this month; 1.37, planned for October, had no tested network yet when this was read.
 * @see https://learn.microsoft.com/en-us/azure/aks/supported-kubernetes-versions
 */
export const AKS_VERSIONS = ["1.35", "1.36"] as const;
export type AksVersion = (typeof AKS_VERSIONS)[number];

/** Who can reach the Kubernetes API. `private`: the network only. `restricted`: also these public ranges. */
export type AksAccess =
  { readonly mode: "private" } | { readonly mode: "restricted"; readonly ranges: readonly Cidr[] };

/** Nodes of one shape. */
export interface AksPool {
  /** Machine size, such as `Standard_D4ds_v5`. Must be able to encrypt at host. A change replaces the pool's nodes. */
  readonly size: string;
  /** Fewest nodes, over all zones. */
  readonly min: number;
  /** Most nodes, over all zones; at least one for each. */
  readonly max: number;
  /** Disk for images and scratch data; persistent data is on volumes of its own. @default "64 GiB" */
  readonly disk?: Size;
}

/**
 * What Azure runs in the cluster on request. The application-routing add-on with its gateway and the mesh add-on both bring
 * Istio's control plane and exclude each other: Azure refuses the second, and here a value with both has no type.
 * @see https://learn.microsoft.com/en-us/azure/aks/app-routing-gateway-api
 */
export type AksRouting =
  | { readonly gateway?: never; readonly mesh?: never }
  | { readonly gateway: true; readonly mesh?: never }
  | { readonly gateway?: never; readonly mesh: { readonly revision: `asm-${number}-${number}` } };

/** Threat detection and the logs of pods need a place to go to, so they cannot be asked for without one. */
export type AksLogs<W> =
  | { readonly workspace?: never; readonly defender?: false; readonly pods?: false }
  | { readonly workspace: W; readonly defender: boolean; readonly pods: boolean };

export interface AksSettings {
  readonly version: string;
  readonly access: AksAccess;
  readonly pools: Readonly<Record<string, AksPool>>;
  readonly zones: readonly string[];
  readonly routing: AksRouting;
}

/** Everything wrong with a cluster's settings, at once. */
export const aksProblems = (settings: AksSettings): readonly Problem[] => [
  ...versionProblems(settings.version),
  ...accessProblems(settings.access),
  ...Object.entries(settings.pools).flatMap(([name, pool]) => poolProblems(name, pool, settings.zones.length)),
  ...routingProblems(settings.routing),
];

function versionProblems(version: string): readonly Problem[] {
  if (AKS_VERSIONS.some((known) => known === version)) return [];
  const want = `a version in standard support: ${AKS_VERSIONS.join(", ")}`;
  return [{ where: "cluster.version", got: `"${version}"`, want, mend: `set it to ${AKS_VERSIONS.at(-1)}` }];
}

/** A range wider than this is as good as open. */
const WIDEST_ACCESS = 16;
/** Ranges Azure takes. */
const MOST_RANGES = 200;

function accessProblems(access: AksAccess): readonly Problem[] {
  if (access.mode === "private") return [];
  const where = "cluster.access.ranges";
  const mend = "list the addresses you deploy from, or set the mode to private";
  const count = access.ranges.length;
  if (count === 0 || count > MOST_RANGES) return [{ where, got: `${count} ranges`, want: `1 to ${MOST_RANGES}`, mend }];
  const wide = access.ranges.filter((range) => (parseCidr(range)?.prefix ?? 0) < WIDEST_ACCESS);
  return wide.map((got) => ({ where, got, want: `ranges of /${WIDEST_ACCESS} or narrower`, mend }));
}

function poolProblems(name: string, { min, max, disk = "64 GiB" }: AksPool, zones: number): readonly Problem[] {
  const where = `cluster.pools.${name}`;
  const sized = Number.isInteger(min) && Number.isInteger(max) && min >= 0 && max >= zones && min <= max;
  const counted = `whole numbers, 0 <= min <= max, and max at least ${zones}: one for each zone`;
  const named = /^[a-z][a-z0-9]{0,9}$/.test(name);
  return [
    ...(sized ? [] : [{ where, got: `min ${min}, max ${max}`, want: counted, mend: "correct them" }]),
    ...(named ? [] : [{ where, got: `the name ${name}`, want: "up to ten letters and digits", mend: "rename it" }]),
    ...(gibibytes(disk) >= 30
      ? []
      : [{ where: `${where}.disk`, got: disk, want: "at least 30 GiB", mend: "raise it" }]),
  ];
}

/** What the compiler says of values it sees, said of those it does not. */
const routingProblems = ({ gateway, mesh }: AksRouting): readonly Problem[] =>
  gateway === undefined || mesh === undefined
    ? []
    : [
        {
          where: "cluster.routing",
          got: "the application-routing gateway and the mesh add-on",
          want: "one of them: both bring a control plane of Istio, and Azure refuses the second",
          mend: "remove routing.gateway or routing.mesh",
        },
      ];

export interface PlannedPool {
  readonly name: string;
  readonly zone: string;
  readonly min: number;
  readonly max: number;
  readonly spec: AksPool;
}

/** One pool for each kind and zone: a volume lives in one zone, and the autoscaler must be able to grow that one. */
export const planPools = (pools: Readonly<Record<string, AksPool>>, zones: readonly string[]): readonly PlannedPool[] =>
  Object.entries(pools).flatMap(([name, spec]) =>
    zones.map((zone, index) => ({
      name: `${name}${zone}`,
      zone,
      spec,
      min: share(spec.min, zones.length, index),
      max: share(spec.max, zones.length, index),
    })),
  );

/** Shares a number among zones as evenly as whole numbers allow, the first zones first. */
const share = (total: number, zones: number, index: number): number =>
  Math.floor(total / zones) + (index < total % zones ? 1 : 0);

/**
 * The add-ons that were asked for. Application routing comes without its NGINX, which is retired. Its Gateway API
 * implementation has a switch that the SDK's version of Azure's API does not know: `az aks update --enable-app-routing-istio`.
 */
export const planRouting = ({ gateway, mesh }: AksRouting) => ({
  ...(gateway === true
    ? { ingressProfile: { webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: "None" } } } }
    : {}),
  ...(mesh === undefined ? {} : { serviceMeshProfile: { mode: "Istio", istio: { revisions: [mesh.revision] } } }),
});

/** The endpoint part. The API server has its addresses in a subnet of ours, so nodes never leave the network to reach it. */
export const planAccess = (access: AksAccess, subnetId: unknown) => ({
  enableVnetIntegration: true,
  subnetId,
  disableRunCommand: true,
  enablePrivateCluster: access.mode === "private",
  ...(access.mode === "private"
    ? { enablePrivateClusterPublicFQDN: false, privateDNSZone: "system" }
    : { authorizedIPRanges: [...access.ranges] }),
});

/**
 * Pods in an overlay of their own, and Cilium, which enforces policies. Limits by host name need Azure's advanced container
 * networking, charged by node and hour. @see https://learn.microsoft.com/en-us/azure/aks/azure-cni-powered-by-cilium
 */
export const planNetworking = (pods: Cidr, services: Cidr) => ({
  networkPlugin: "azure",
  networkPluginMode: "overlay",
  networkDataplane: "cilium",
  networkPolicy: "cilium",
  podCidr: pods,
  serviceCidr: services,
  dnsServiceIP: dotted(interval(services).first + DNS_HOST),
  ipFamilies: ["IPv4"],
  loadBalancerSku: "standard",
  outboundType: "userAssignedNATGateway",
  advancedNetworking: {
    enabled: true,
    observability: { enabled: true },
    security: { enabled: true, advancedNetworkPolicies: "FQDN" },
  },
});

/** The address of the range that Kubernetes' DNS has by custom. */
const DNS_HOST = 10;

/** Rotates, balances and scales as the EKS autoscaler does; it is the control plane's own here. */
export const AUTOSCALER = {
  "balance-similar-node-groups": "true",
  expander: "least-waste",
  "skip-nodes-with-system-pods": "false",
  "max-graceful-termination-sec": "600",
} as const;
