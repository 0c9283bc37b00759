/** What a stack on Azure may set of its cloud, network, cluster, edge and backups. */
import { z } from "zod";
import { cidr, duration, hostName, size } from "../scalars";
import { certificates, routes } from "../schema-edge";

const guid = (what: string) =>
  z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, `the id of ${what}, in lower case`);

/** Where the stack runs. The provider refuses to touch another subscription. */
export const cloud = z.strictObject({
  provider: z.literal("azure"),
  region: z.string().regex(/^[a-z]+\d?$/, `a region such as "westeurope"`),
  /** The one subscription this stack may touch: a wrong sign-in must not hit production. */
  subscription: guid("a subscription"),
  /** Directory in which people and identities are known. */
  tenant: guid("a tenant"),
  /**
   * Raise it to make the key vault anew after `down`: Azure keeps the name of a deleted one for a week, and the vault can
   * be recovered until then.
   */
  generation: z.int().min(1).max(99).default(1),
  /** Zones by number: a preview needs no credentials to know them. */
  zones: z.array(z.enum(["1", "2", "3"])).length(3, "three zones: quorums and spreads rely on them"),
});

export const network = z.strictObject({
  /** Of the network: nodes, private endpoints, managed stores. Pods have a range of their own. */
  cidr,
  /** Addresses of pods: an overlay that no other network sees. Must meet neither the network nor the Services. */
  pods: cidr.default("10.244.0.0/16"),
  /** Addresses of Services inside the cluster. Must not overlap the network. */
  services: cidr.default("172.20.0.0/16"),
});

const access = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("private") }),
  z.strictObject({ mode: z.literal("restricted"), ranges: z.array(cidr).min(1) }),
]);

export const cluster = z.strictObject({
  version: z.string().regex(/^1\.\d+$/, `a Kubernetes version such as "1.35"`),
  access,
  nodes: z
    .strictObject({
      type: z.string().regex(/^Standard_/, `a machine size such as "Standard_D4ds_v5"`),
      min: z.int().min(1),
      max: z.int().max(100),
      disk: size("64 GiB").default("64 GiB"),
    })
    .refine(({ min, max }) => min <= max, "min at most max"),
  /** Who administers the cluster, by id of an Entra group; nobody else does. */
  deployGroup: guid("a group"),
  /** Who sees everything but secrets, by id of an Entra group. */
  readOnlyGroup: guid("a group").optional(),
  /** Which releases Azure installs by itself, in the maintenance window. */
  upgrades: z.enum(["none", "patch"]).default("patch"),
  /** Defender for Containers: threat detection on nodes and control plane, charged by core. Needs `logs`. */
  defender: z.boolean().default(false),
  /** The Azure Policy add-on: the subscription's own assignments reach into the cluster. */
  azurePolicy: z.boolean().default(false),
  /** How long the control plane's log is kept in Log Analytics; without it there is none. */
  logs: duration("90 days").optional(),
});

/** Azure's own load balancer passes connections on; routes are Kong's, in the cluster. */
export const edge = z
  .strictObject({
    kind: z.literal("kong"),
    routes,
    /** Public host of all routes. */
    host: hostName,
    /** DNS zone the host lies in. `create`: ours; otherwise it exists already, in the resource group of that name. */
    zone: z.strictObject({
      name: hostName,
      create: z.boolean().default(true),
      resourceGroup: z.string().optional(),
    }),
    certificates,
  })
  .refine(({ zone, host }) => host === zone.name || host.endsWith(`.${zone.name}`), {
    message: "a zone that the host lies in",
    path: ["zone", "name"],
  })
  .refine(({ zone }) => zone.create !== (zone.resourceGroup !== undefined), {
    message: "a zone that is either created, or adopted from a resource group",
    path: ["zone", "resourceGroup"],
  });

/** What a stack of role `recovery` stands in for. `keelson drill` writes this. */
export const recovers = z.strictObject({
  /** The lost region: the pair of this stack's. */
  region: z.string().regex(/^[a-z]+\d?$/, `a region such as "westeurope"`),
  /** Until the data is back nothing acts by itself: Argo CD does not sync, no backup begins. */
  restored: z.boolean().default(false),
});

export const backup = z.strictObject({
  daily: duration("30 days").default("30 days"),
  weekly: duration("90 days").default("90 days"),
  /** Where copies are: in the region's zones, or in the paired region as well. */
  copies: z.enum(["zones", "pairedRegion"]).default("zones"),
  /** How long what was deleted can be brought back. Velero knows no immutable blobs: this is the guard. */
  undelete: duration("14 days").default("14 days"),
  /** When a restore of the newest daily backup is tried, as a cron line in UTC. */
  validate: z.string().default("0 6 * * 1"),
});
