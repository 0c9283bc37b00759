/** What Azure means to a stack's graph and objects, worked out from its settings alone. */
import { blobArchives, blobConfig } from "../../components/backup/blob-names";
import { CLOUD_API } from "../../components/cluster/actors";
import { aksActors, dnsRecordsActor, PRIVATE_SERVICES } from "../../components/cluster/aks-actors";
import { archivedStores, identityObject, originRegions } from "../../components/data/archive-objects";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { ENDPOINTS, planAzureNetwork } from "../../components/network/azure-plan";
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
    dialect: CILIUM,
    pods: [settings.network.pods],
    edge: edgeOf(settings),
    // Kong's own objects need an identity that proves host names in Azure's zone: not built yet.
    entrance: { kind: "alb" },
    routes: "portable",
    actors: actorsOf(settings, network),
    vaultReach: [CLOUD_API, PRIVATE_SERVICES],
    vault: {
      provider: "azure",
      bucket: "backups",
      config: blobConfig(scopeOf(settings)),
      environment: ENVIRONMENT,
    },
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

/** Requests come from Kong's pods: Azure's load balancer only passes connections on to them. */
const edgeOf = ({ edge }: AzureSettings): Site["edge"] => ({
  name: edge.kind,
  profiles: { portable: true },
  rules: Infinity,
  reserved: ["/health"],
  place: { at: "pods", namespace: NAMESPACES.ingress, labels: { "app.kubernetes.io/name": edge.kind } },
});

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
