/**
 * What a stack brings to its system, worked out from settings alone: where packets come from and go to, which store lives
 * where, which parts of the platform must talk. No cloud is asked, so a graph compiles anywhere and is always the same.
 */
import { backupActors } from "../components/backup/backup-actors";
import { controllerActors, eksActors } from "../components/cluster/eks-actors";
import { dataActors } from "../components/data/data-actors";
import { placementOf } from "../components/data/placement";
import { argoCdActors, rolloutsActors } from "../components/delivery/delivery-actors";
import { kongEdge } from "../components/edge/kong-actors";
import { speaksTlsInside } from "../components/kubernetes/facts";
import { brokerInCluster } from "../components/messaging/placement";
import { type NetworkPlan, planNetwork, tierRanges } from "../components/network/plan";
import { dotted, interval } from "../graph/cidr";
import { type Actor, type Cidr, type Dialect, type Landscape, type StorePlacement } from "../graph/landscape";
import { scopeOf } from "./facts";
import { systemActors } from "./system-actors";
import { type Settings } from "./schema";

/** Addresses that are never the internet: private networks, carriers' own, link-local. */
export const PRIVATE: readonly Cidr[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

export const INTERNET: Landscape["internet"] = { at: "ranges", ranges: ["0.0.0.0/0"], except: PRIVATE };

/**
 * Amazon's VPC CNI. It matches addresses whoever has them, judges a Service's address by its selector, and takes 24 ports
 * for one range. @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
 */
export const VPC_CNI: Dialect = {
  name: "vpc-cni",
  names: false,
  rangesMatchPods: true,
  judgesServices: true,
  portsPerRange: 24,
};

/** The network of a stack, divided. Each managed store has subnets of its own. */
export const networkPlanOf = ({ network, cloud, stores }: Settings): NetworkPlan =>
  planNetwork({ range: network.cidr, zones: cloud.zones, dataSlots: slotsOf(stores), apartFrom: apart(network) });

const apart = ({ services }: Settings["network"]) => ({ "network.services": services });

const slotsOf = (stores: Settings["stores"]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(stores).flatMap(([name, store]) => ("slot" in store ? [[name, store.slot]] : [])));

export function landscapeOf(settings: Settings): Landscape {
  const plan = networkPlanOf(settings);
  return {
    stack: settings.stack,
    stage: settings.stage,
    region: settings.cloud.region,
    host: settings.edge.host,
    stores: placements(settings, plan),
    edge: edgeOf(settings, plan),
    actors: actorsOf(settings, plan),
    ...(settings.broker === undefined ? {} : { broker: brokerInCluster() }),
    internet: INTERNET,
    dialect: VPC_CNI,
    pods: tierRanges(plan, "private"),
  };
}

const edgeOf = (settings: Settings, plan: NetworkPlan): Landscape["edge"] =>
  settings.edge.kind === "kong" ? kongEdge(settings.edge.rules) : albEdge(settings, plan);

/** In IP mode both requests and health checks come from the load balancer's own subnets. */
const albEdge = ({ edge }: Settings, plan: NetworkPlan): Landscape["edge"] => ({
  name: edge.kind,
  profiles: { portable: true },
  rules: edge.rules,
  reserved: ["/health"],
  place: { at: "ranges", ranges: tierRanges(plan, "public") },
});

const placements = (settings: Settings, plan: NetworkPlan): Readonly<Record<string, StorePlacement>> =>
  Object.fromEntries(
    Object.entries(settings.stores).map(([name, store]) => [
      name,
      placementOf(name, store, {
        scope: scopeOf(settings),
        ranges: tierRanges(plan, "data", name),
        internalTls: speaksTlsInside(settings),
      }),
    ]),
  );

const actorsOf = (settings: Settings, plan: NetworkPlan): readonly Actor[] => [
  ...eksActors({
    region: settings.cloud.region,
    resolver: nthAddress(settings.network.cidr, 2),
    api: [...tierRanges(plan, "intra"), nthAddress(settings.network.services, 1)],
    nodes: tierRanges(plan, "private"),
    internet: INTERNET,
  }),
  ...controllerActors,
  ...dataActors(settings.stores),
  ...systemActors(settings, INTERNET),
  ...backupActors,
  ...(rollsOut(settings) ? rolloutsActors(INTERNET) : []),
  ...(settings.delivery.by === "argocd" ? argoCdActors(settings.delivery, INTERNET) : []),
];

const rollsOut = ({ services }: Settings): boolean =>
  Object.values(services).some(({ rollout }) => rollout.strategy !== "rolling");

/** One address of a range, as a range of its own. */
const nthAddress = (range: Cidr, nth: number): Cidr => `${dotted(interval(range).first + nth)}/32`;
