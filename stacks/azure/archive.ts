/** Object storage for the archives of stores in the cluster, each store's right to write there, and who its servers are. */
import type * as pulumi from "@pulumi/pulumi";
import { BlobVault, type BlobVaultArgs } from "../../components/backup/blob-vault";
import { LostArchive } from "../../components/backup/lost-archive";
import { type Aks } from "../../components/cluster/aks";
import { archivedStores, identityObject, originRegions } from "../../components/data/archive-objects";
import { type RoleGrant } from "../../components/identity/azure-roles";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { type PrivateEndpoints } from "../../components/network/private-endpoints";
import { type Manifest } from "../../graph/manifest";
import { type StackPlan } from "../plan";
import { type Platform } from "../platform";
import { type AzureSettings } from "../schema";
import { vaultArgs } from "./arguments";

export interface Ground extends Pick<BlobVaultArgs, "scope" | "place" | "keys" | "endpoints" | "protection"> {
  readonly cluster: Aks;
}

export interface Archives {
  readonly ready: Platform["archives"];
  /** What tells each store's servers who they are: an output, so Pulumi's whoever delivers the store. */
  readonly objects: readonly Manifest[];
}

export function createArchives(
  { settings }: StackPlan<AzureSettings>,
  { cluster, ...where }: Ground,
  options: pulumi.ComponentResourceOptions,
): Archives {
  const archived = archivedStores(settings.stores);
  if (archived.length === 0) return { ready: new Map(), objects: [] };
  const vault = new BlobVault("archive", { ...where, ...vaultArgs(settings), purpose: "archive" }, options);
  const lost = lostArchives(settings, where, options);
  const identities = archived.map((store) => {
    // The operator gives the servers of a cluster an account of the cluster's own name.
    const account = { namespace: NAMESPACES.data, name: store };
    const grants = [...vault.archiver(), ...lost.flatMap((each) => each.reader())];
    return { store, identity: cluster.identity(`archive-${store}`, account, grants) };
  });
  const storage = [...vault.ready, ...lost.flatMap(({ ready }) => ready)];
  return {
    ready: new Map(identities.map(({ store, identity }) => [store, [...storage, ...identity.ready]])),
    objects: identities.map(({ store, identity }) => identityObject(store, identity.clientId)),
  };
}

/** Archives of regions that this one stands in for. */
const lostArchives = (
  { stores, cloud }: AzureSettings,
  { scope, endpoints }: Pick<Ground, "scope" | "endpoints">,
  options: pulumi.ComponentResourceOptions,
): readonly LostArchive[] =>
  originRegions(stores)
    .filter((region) => region !== cloud.region)
    .map((region) => new LostArchive(`archive-${region}`, { scope: { ...scope, region }, endpoints }, options));

/** The right to read the backups of the region that this one stands in for, if it does. */
export function lostBackups(
  { scope, settings: { recovers } }: StackPlan<AzureSettings>,
  endpoints: PrivateEndpoints,
  options: pulumi.ComponentResourceOptions,
): readonly RoleGrant[] {
  if (recovers === undefined) return [];
  const { region } = recovers;
  const args = { scope: { ...scope, region }, endpoints, purpose: "backups" } as const;
  return new LostArchive(`backups-${region}`, args, options).reader();
}
