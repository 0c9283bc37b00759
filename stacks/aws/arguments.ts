/** From settings to the arguments of the AWS components: renaming and units, nothing is decided here. */
import { type S3VaultArgs } from "../../components/backup/s3-vault";
import { backupPlanOf } from "../../components/backup/velero-objects";
import { type EksArgs } from "../../components/cluster/eks";
import { type EksVersion } from "../../components/cluster/eks-plan";
import { type AlbCloudArgs } from "../../components/edge/alb-cloud";
import { type ZoneChoice } from "../../components/edge/dns-zone";
import { publicHosts } from "../../components/edge/gateway-objects";
import { globalArn } from "../../components/names";
import { type VpcArgs } from "../../components/network/vpc";
import { routeTable } from "../../graph/derive/routes";
import { scopeOf } from "../scope";
import { type StackPlan } from "../plan";
import { type AwsSettings } from "../schema";
import { siteOf } from "../sites";

export const vpcArgs = (settings: AwsSettings): Pick<VpcArgs, "plan" | "nat" | "flowLogRetention"> => ({
  plan: siteOf(settings).network,
  nat: settings.network.nat === "one" ? "single" : "per-zone",
  flowLogRetention: settings.network.flowLogs,
});

export function clusterArgs(settings: AwsSettings): Omit<EksArgs, "scope" | "network" | "secretsKey" | "logKey"> {
  const { version, access, nodes, logs, deployRole, readOnlyRole } = settings.cluster;
  const role = (name: string): string => globalArn(scopeOf(settings), "iam", `role/${name}`);
  return {
    version: version as EksVersion,
    access,
    people: {
      deployRole: role(deployRole),
      ...(readOnlyRole === undefined ? {} : { readOnlyRole: role(readOnlyRole) }),
    },
    pools: { general: { instanceTypes: [nodes.type], min: nodes.min, max: nodes.max, disk: nodes.disk } },
    logRetention: logs,
    serviceRange: settings.network.services,
    deletionProtection: settings.protection.mode === "retain",
  };
}

export function edgeArgs({
  settings,
  graph,
  facts,
}: StackPlan<AwsSettings>): Omit<AlbCloudArgs, "scope" | "network" | "cluster"> {
  const rows = routeTable(graph);
  const limits = rows.flatMap(({ path, route }) =>
    route.limit === undefined ? [] : [{ path, rate: route.limit.rate }],
  );
  const { delivery, edge } = settings;
  const [host = edge.host, ...more] = publicHosts(facts);
  return {
    hosts: [host, ...more],
    zone: zoneOf(edge),
    targetPorts: [...new Set([...rows.map(({ port }) => port), ...(delivery.by === "argocd" ? [ARGO_CD_PORT] : [])])],
    ...(edge.waf ? { firewall: { limits } } : {}),
  };
}

/** Port of Argo CD's dashboard, as its chart is told. */
const ARGO_CD_PORT = 8080;

/** The schema refuses an edge without a zone, and an adopted zone without its id. */
export function zoneOf({ zone, host }: AwsSettings["edge"]): ZoneChoice {
  if (zone?.id !== undefined) return { mode: "adopt", name: zone.name, id: zone.id };
  return { mode: "create", name: zone?.name ?? host };
}

/** Archives hold no lock: what has expired is removed by whoever archives. */
export const archiveArgs = ({
  settings,
}: StackPlan<AwsSettings>): Pick<S3VaultArgs, "plan" | "purpose" | "replicateTo"> => {
  const { replicateTo } = settings.backup;
  return {
    purpose: "archive",
    plan: { lock: undefined, oldVersionDays: 7 },
    ...(replicateTo === undefined ? {} : { replicateTo }),
  };
};

export function vaultArgs({
  settings,
  graph,
  facts,
}: StackPlan<AwsSettings>): Pick<S3VaultArgs, "plan" | "replicateTo"> {
  const { replicateTo } = settings.backup;
  return { plan: backupPlanOf(graph, facts), ...(replicateTo === undefined ? {} : { replicateTo }) };
}
