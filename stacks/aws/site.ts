/** What AWS means to a stack's graph and objects, worked out from its settings alone. */
import { s3Archives } from "../../components/backup/s3-names";
import { backupBucket, backupCopyBucket } from "../../components/backup/velero-objects";
import { CLOUD_API } from "../../components/cluster/actors";
import { controllerActors, eksActors } from "../../components/cluster/eks-actors";
import { originRegions } from "../../components/data/archive-objects";
import { firewallObject } from "../../components/edge/gateway-objects";
import { kongEdge } from "../../components/edge/kong-actors";
import { kongOnAws } from "../../components/edge/kong-clouds";
import { type NetworkPlan, planNetwork, tierRanges } from "../../components/network/plan";
import { type Actor, type Dialect } from "../../graph/landscape";
import { INTERNET, nthAddress, slotsOf } from "../addresses";
import { scopeOf } from "../scope";
import { type AwsSettings } from "../schema";
import { type Account, type Site } from "../site";
import { awsCopies } from "./copies";

/**
 * Amazon's VPC CNI. It matches addresses whoever has them, judges a Service's address by its selector, and takes 24 ports
 * for one range. @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
 */
export const VPC_CNI: Dialect = {
  name: "vpc-cni",
  names: false,
  entities: false,
  rangesMatchPods: true,
  judgesServices: true,
  portsPerRange: 24,
};

export function awsSite(settings: AwsSettings): Site {
  const scope = scopeOf(settings);
  const network = networkOf(settings);
  return {
    network,
    zones: settings.cloud.zones,
    dialect: VPC_CNI,
    pods: tierRanges(network, "private"),
    edge: edgeOf(settings, network),
    entrance: entranceOf(settings),
    routes: settings.edge.routes,
    actors: actorsOf(settings, network),
    archives: s3Archives(scope, originRegions(settings.stores)),
    vaultReach: [CLOUD_API],
    vault: { provider: "aws", bucket: backupBucket(scope), config: { region: scope.region } },
    lostVault: (region) => ({
      provider: "aws",
      bucket: backupCopyBucket({ ...scope, region }),
      config: { region: scope.region },
    }),
    account: accountOf(settings),
    copies: awsCopies(settings),
    beside: (webAclArn) => (settings.edge.waf ? [firewallObject(webAclArn)] : []),
  };
}

const networkOf = ({ network, cloud, stores }: AwsSettings): NetworkPlan =>
  planNetwork({
    range: network.cidr,
    zones: cloud.zones,
    dataSlots: slotsOf(stores),
    apartFrom: { "network.services": network.services },
  });

const edgeOf = (settings: AwsSettings, plan: NetworkPlan): Site["edge"] =>
  settings.edge.kind === "kong" ? kongEdge : albEdge(settings, plan);

/** The schema refuses Kong without an issuer of certificates, and an edge without a zone. */
function entranceOf(settings: AwsSettings): Site["entrance"] {
  const { kind, zone, host, certificates } = settings.edge;
  if (kind === "alb" || certificates === undefined) return { kind: "alb" };
  return { kind, zone: zone?.name ?? host, certificates, ...kongOnAws(scopeOf(settings)) };
}

/** In IP mode both requests and health checks come from the load balancer's own subnets. */
const albEdge = ({ edge }: AwsSettings, plan: NetworkPlan): Site["edge"] => ({
  name: edge.kind,
  profiles: { portable: true },
  rules: edge.rules,
  reserved: ["/health"],
  place: { at: "ranges", ranges: tierRanges(plan, "public") },
});

const actorsOf = ({ cloud, network }: AwsSettings, plan: NetworkPlan): readonly Actor[] => [
  ...eksActors({
    region: cloud.region,
    resolver: nthAddress(network.cidr, 2),
    api: [...tierRanges(plan, "intra"), nthAddress(network.services, 1)],
    nodes: tierRanges(plan, "private"),
    internet: INTERNET,
  }),
  ...controllerActors,
];

const accountOf = ({ cloud, cluster, edge: { zone } }: AwsSettings): Account => ({
  provider: "aws",
  id: cloud.account,
  roles: [cluster.deployRole, cluster.readOnlyRole].filter((role) => role !== undefined),
  zones: zone?.id === undefined ? {} : { [zone.name]: zone.id },
});
