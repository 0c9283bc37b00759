/**
 * Azure, for the page of a system: one subscription, its network, the keys, AKS, the registry, the zone and the backups.
 * What each part is made of is decided before, as data; nothing here computes.
 */
import type * as pulumi from "@pulumi/pulumi";
import { BlobVault } from "../../components/backup/blob-vault";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { Aks } from "../../components/cluster/aks";
import { azureStorageClass } from "../../components/data/azure-storage-objects";
import { archivedStores } from "../../components/data/archive-objects";
import { pulumiOwned } from "../../components/delivery/owned";
import { DiskEncryption } from "../../components/keys/disk-encryption";
import { KeyVault } from "../../components/keys/key-vault";
import { ResourceGroup } from "../../components/network/azure-place";
import { PrivateEndpoints } from "../../components/network/private-endpoints";
import { Vnet } from "../../components/network/vnet";
import { LogWorkspace } from "../../components/observability/log-workspace";
import { Acr } from "../../components/registry/acr";
import { type StackPlan } from "../plan";
import { type Platform } from "../platform";
import { type AzureSettings } from "../schema";
import { connect } from "./account";
import { clusterArgs, vaultArgs, vnetArgs } from "./arguments";
import { createArchives, lostBackups } from "./archive";
import { azureCharts } from "./charts";
import { createEdge } from "./edge";
import { createStores, storeEndpoints, storeKeys } from "./stores";

/** @param parent of every component. @default - the stack */
export function createAzure(plan: StackPlan<AzureSettings>, parent?: pulumi.Resource): Platform {
  const { scope, protection, settings } = plan;
  const account = { provider: connect(settings), ...(parent === undefined ? {} : { parent }) };
  const { place } = new ResourceGroup("group", { scope, protection }, account);
  const where = { scope, place, protection };

  const network = new Vnet("network", { ...vnetArgs(settings), scope, place }, account);
  const endpoints = new PrivateEndpoints("endpoints", { ...where, network, also: storeEndpoints(settings) }, account);
  const keys = new KeyVault("keys", { ...where, endpoints, ...keyArgs(settings) }, account);

  const registry = new Acr("registry", { ...where, endpoints, pushFrom: pushers(settings) }, account);
  const logs = logsOf(plan, where, account);
  const disks = new DiskEncryption("volumes", { scope, place, keys }, account);
  const parts = { scope, place, network, vault: keys, disks, registry, ...logs };
  const cluster = new Aks("cluster", { ...clusterArgs(settings), ...parts }, account);

  const edge = createEdge(plan, { place, cluster }, account);
  const vault = new BlobVault("vault", { ...where, keys, endpoints, ...vaultArgs(settings) }, account);
  const backups = cluster.identity("velero", ACCOUNTS.velero, [
    ...vault.writer(),
    ...lostBackups(plan, endpoints, account),
  ]);
  const archives = createArchives(plan, { ...where, keys, endpoints, cluster }, account);

  return {
    cluster,
    vault,
    stores: createStores(plan, { place, network, keys, endpoints }, account),
    archives: archives.ready,
    logs: [],
    proofs: edge.identities.certificates,
    entrance: edge.ready,
    addOns: () => ({ ready: cluster.ready, objects: pulumiOwned([azureStorageClass(disks.id), ...archives.objects]) }),
    charts: (definitions) => azureCharts(plan, { edge, backups, definitions }),
  };
}

/** What is encrypted with keys of ours in every stack: Secrets of the cluster, volumes, backups. */
const PURPOSES = ["secrets", "volumes", "backups"] as const;

const keyArgs = (settings: AzureSettings) => {
  const { tenant, generation } = settings.cloud;
  const archive = archivedStores(settings.stores).length === 0 ? [] : ["archive"];
  return { tenant, generation, purposes: [...PURPOSES, ...archive, ...storeKeys(settings)] };
};

/** Who reaches the cluster from outside may push images, too. */
const pushers = ({ cluster: { access } }: AzureSettings) => (access.mode === "restricted" ? access.ranges : []);

function logsOf(
  { settings: { cluster, logs } }: StackPlan<AzureSettings>,
  where: Pick<ConstructorParameters<typeof LogWorkspace>[1], "scope" | "place">,
  account: pulumi.ComponentResourceOptions,
) {
  if (cluster.logs === undefined) return {};
  const workspace = new LogWorkspace("logs", { ...where, retention: cluster.logs }, account).id;
  return { logs: { workspace, defender: cluster.defender, pods: logs?.to === "logAnalytics" } };
}
