/** What Azure means to a stack's graph and objects, worked out from its settings alone. */
import { blobArchives, blobConfig, lostBlobConfig } from "../../components/backup/blob-names";
import { CLOUD_API } from "../../components/cluster/actors";
import { aksActors, dnsRecordsActor, PRIVATE_SERVICES } from "../../components/cluster/aks-actors";
import { archivedStores, identityObject, originRegions } from "../../components/data/archive-objects";
import { kongEdge } from "../../components/edge/kong-actors";
import { kongOnAzure } from "../../components/edge/kong-clouds";
import { ENDPOINTS, planAzureNetwork } from "../../components/network/azure-plan";
import { groupName } from "../../components/network/group-name";
import { type NetworkPlan, tierRanges } from "../../components/network/plan";
import { type Actor, type Dialect } from "../../graph/landscape";
import { INTERNET, nthAddress, slotsOf } from "../addresses";
import { type AzureSettings } from "../schema";
import { scopeOf } from "../scope";
import { type Account, type Site } from "../site";
import { azureCopies } from "./copies";

/**
 * Cilium as AKS runs it: it knows pods, nodes and the API server by identity, which no address range matches, translates a
 * Service's address before it judges, and limits egress to host names.
 * @see https://learn.microsoft.com/en-us/azure/aks/azure-cni-powered-by-cilium
 */
export const CILIUM: Dialect = {
  name: "cilium",
  names: true,
  entities: true,
  rangesMatchPods: false,
  judgesServices: false,
  portsPerRange: Infinity,
};

export function azureSite(settings: AzureSettings): Site {
  const network = networkOf(settings);
  return {
    network,
    zones: settings.cloud.zones.map((zone) => `${settings.cloud.region}-${zone}`),
    dialect: CILIUM,
    pods: [settings.network.pods],
    edge: kongEdge,
    entrance: entranceOf(settings),
    routes: settings.edge.routes,
    actors: actorsOf(settings, network),
    vaultReach: [CLOUD_API, PRIVATE_SERVICES],
    vault: {
      provider: "azure",
      bucket: "backups",
      config: blobConfig(scopeOf(settings)),
      environment: ENVIRONMENT,
    },
    lostVault: (region) => ({
      provider: "azure",
      bucket: "backups",
      config: lostBlobConfig(scopeOf(settings), region),
    }),
    archives: blobArchives(scopeOf(settings), originRegions(settings.stores)),
    account: accountOf(settings),
    copies: azureCopies(settings),
    beside: (output) => archivedStores(settings.stores).map((store) => identityObject(store, output)),
  };
}

/** The plugin asks which of Azure's clouds it is in. */
const ENVIRONMENT = { AZURE_CLOUD_NAME: "AzurePublicCloud" } as const;

const networkOf = ({ network, stores }: AzureSettings): NetworkPlan =>
  planAzureNetwork({
    range: network.cidr,
    dataSlots: slotsOf(stores),
    apartFrom: { "network.services": network.services, "network.pods": network.pods },
  });

function entranceOf(settings: AzureSettings): Site["entrance"] {
  const { kind, zone, certificates } = settings.edge;
  const scope = scopeOf(settings);
  const resourceGroup = zone.resourceGroup ?? groupName(scope);
  return { kind, zone: zone.name, certificates, ...kongOnAzure(scope, { name: zone.name, resourceGroup }) };
}

const actorsOf = ({ cloud, network }: AzureSettings, plan: NetworkPlan): readonly Actor[] => [
  ...aksActors({
    region: cloud.region,
    api: [...tierRanges(plan, "intra"), nthAddress(network.services, 1)],
    nodes: tierRanges(plan, "private"),
    endpoints: tierRanges(plan, "data", ENDPOINTS.name),
    internet: INTERNET,
  }),
  dnsRecordsActor,
];

const accountOf = ({ cloud, edge: { zone } }: AzureSettings): Account => ({
  provider: "azure",
  id: cloud.subscription,
  region: cloud.region,
  zones: zone.resourceGroup === undefined ? {} : { [zone.name]: zone.resourceGroup },
});
