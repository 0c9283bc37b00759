/** From settings to the arguments of the Azure components: renaming and units, nothing is decided here. */
import { type BlobVaultArgs } from "../../components/backup/blob-vault";
import { type AksArgs } from "../../components/cluster/aks";
import { type AksVersion } from "../../components/cluster/aks-plan";
import { type AzureZoneChoice } from "../../components/edge/azure-dns";
import { type VnetArgs } from "../../components/network/vnet";
import { type AzureSettings } from "../schema";
import { siteOf } from "../sites";
import { PAIRS } from "./regions";
import { delegatedStores } from "./stores";

export const vnetArgs = (settings: AzureSettings): Pick<VnetArgs, "plan" | "zones" | "pods" | "delegated"> => ({
  plan: siteOf(settings).network,
  zones: settings.cloud.zones,
  pods: settings.network.pods,
  delegated: delegatedStores(settings),
});

type ClusterArgs = Omit<AksArgs, "scope" | "place" | "network" | "vault" | "disks" | "logs" | "registry">;

export function clusterArgs({ cloud, cluster, network }: AzureSettings): ClusterArgs {
  const { version, access, nodes, deployGroup, readOnlyGroup, upgrades, azurePolicy } = cluster;
  return {
    version: version as AksVersion,
    access,
    tenant: cloud.tenant,
    people: { deployGroup, ...(readOnlyGroup === undefined ? {} : { readOnlyGroup }) },
    pools: { general: { size: nodes.type, min: nodes.min, max: nodes.max, disk: nodes.disk } },
    podRange: network.pods,
    serviceRange: network.services,
    upgrades,
    azurePolicy,
  };
}

export const vaultArgs = ({ cloud, backup }: AzureSettings): Pick<BlobVaultArgs, "copies" | "undelete" | "pair"> => ({
  copies: backup.copies,
  undelete: backup.undelete,
  pair: PAIRS[cloud.region],
});

/** The schema refuses a zone that is neither made nor in a named group. */
export const zoneOf = ({ edge: { zone } }: AzureSettings): AzureZoneChoice =>
  zone.resourceGroup === undefined
    ? { mode: "create", name: zone.name }
    : { mode: "adopt", name: zone.name, resourceGroup: zone.resourceGroup };
