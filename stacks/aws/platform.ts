/**
 * AWS, for the page of a system: one account, its network, EKS, the shared load balancer, the stores and the backups. What
 * each part is made of is decided before, as data; nothing here computes.
 */
import type * as pulumi from "@pulumi/pulumi";
import { copyReader } from "../../components/backup/lost-vault";
import { S3Vault } from "../../components/backup/s3-vault";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { Eks } from "../../components/cluster/eks";
import { PodAddons } from "../../components/cluster/eks-addons";
import { type AwsEdgeCloud } from "../../components/edge/edge-cloud";
import { Key, logService } from "../../components/keys/key";
import { type ObjectSet } from "../../components/kubernetes/object-set";
import { LogGroup } from "../../components/observability/log-group";
import { Vpc } from "../../components/network/vpc";
import { type StackPlan } from "../plan";
import { type AddOns, type Platform } from "../platform";
import { type AwsSettings } from "../schema";
import { connect } from "./account";
import { createArchives } from "./archive";
import { clusterArgs, vaultArgs, vpcArgs } from "./arguments";
import { awsCharts } from "./charts";
import { cloudObjects } from "./cloud-objects";
import { createEdge } from "./edge";
import { createStores } from "./stores";

export function createAws(plan: StackPlan<AwsSettings>): Platform {
  const { scope, protection, settings } = plan;
  const account = { provider: connect(scope) };

  const logKey = new Key("log-key", { scope, purpose: "logs", services: [logService(scope)], protection }, account);
  const network = new Vpc("network", { ...vpcArgs(settings), scope, logKey }, account);

  const secretsKey = new Key("secrets-key", { scope, purpose: "secrets", protection }, account);
  const cluster = new Eks("cluster", { ...clusterArgs(settings), scope, network, secretsKey, logKey }, account);

  const edge = createEdge(plan, { network, cluster }, account);
  const vault = new S3Vault("vault", { ...vaultArgs(plan), scope, protection }, account);
  const lost = settings.recovers === undefined ? [] : copyReader(scope, settings.recovers.region);
  const backups = cluster.identity("velero", ACCOUNTS.velero, [...vault.writer(), ...lost]);
  const stores = createStores(plan, { network, logKey }, account);
  const archives = createArchives(plan, { cluster }, account);
  const logs = createLogs(plan, { cluster, logKey }, account);

  return {
    cluster,
    vault,
    stores,
    archives,
    logs,
    proofs: edge.identities.certificates,
    entrance: edge.ready,
    addOns: (foundation) => addOns(plan, { cluster, edge, foundation }, account),
    charts: (definitions) => awsCharts(plan, { cluster, network, edge, backups, definitions }),
  };
}

/** Nothing where logs go elsewhere: whoever takes them is signed in to with a secret of the stack. */
function createLogs(
  { scope, settings: { logs } }: StackPlan<AwsSettings>,
  { cluster, logKey }: { readonly cluster: Eks; readonly logKey: Key },
  account: pulumi.ComponentResourceOptions,
): Platform["logs"] {
  if (logs?.to !== "cloudWatch") return [];
  const group = new LogGroup("pod-logs", { scope, key: logKey, retention: logs.retention }, account);
  return [...group.ready, ...cluster.identity("logs", ACCOUNTS.logs, group.writer()).ready];
}

interface Made {
  readonly cluster: Eks;
  readonly edge: AwsEdgeCloud;
  readonly foundation: ObjectSet;
}

function addOns({ scope, protection }: StackPlan, made: Made, account: pulumi.ComponentResourceOptions): AddOns {
  const volumeKey = new Key("volume-key", { scope, purpose: "volumes", protection }, account);
  const policies = made.foundation.inNamespace("NetworkPolicy", "kube-system");
  const { ready } = new PodAddons("addons", { scope, cluster: made.cluster, policies, volumeKey }, account);
  return { ready, objects: cloudObjects(made.edge, volumeKey) };
}
