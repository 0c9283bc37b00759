/**
 * A system on EKS, on one page: network, cluster, edge, stores, backups, then everything Kubernetes holds. What each part is made of is decided before, as data; nothing here computes.
 */
import { S3Vault } from "../components/backup/s3-vault";
import { ACCOUNTS } from "../components/cluster/accounts";
import { Eks } from "../components/cluster/eks";
import { PodAddons } from "../components/cluster/eks-addons";
import { SecretSet } from "../components/data/secret-set";
import { Key, logService } from "../components/keys/key";
import { ObjectSet } from "../components/kubernetes/object-set";
import { Vpc } from "../components/network/vpc";
import { connect } from "./aws/account";
import { installCharts } from "./aws/charts";
import { cloudObjects } from "./aws/cloud-objects";
import { createArchives } from "./aws/archive";
import { clusterArgs, vaultArgs, vpcArgs } from "./aws/arguments";
import { createEdge } from "./aws/edge";
import { createStores } from "./aws/stores";
import { credential } from "./config";
import { type Outputs, outputsOf } from "./outputs";
import { planStack } from "./plan";
import { type Settings } from "./schema";
import { startConditions } from "./start-conditions";

export function deployOnAws(settings: Settings): Outputs {
  const plan = planStack(settings);
  const { scope, protection } = plan;
  const account = { provider: connect(scope) };

  const logKey = new Key("log-key", { scope, purpose: "logs", services: [logService(scope)], protection }, account);
  const network = new Vpc("network", { ...vpcArgs(settings), scope, logKey }, account);

  const secretsKey = new Key("secrets-key", { scope, purpose: "secrets", protection }, account);
  const cluster = new Eks("cluster", { ...clusterArgs(settings), scope, network, secretsKey, logKey }, account);
  const inCluster = { provider: cluster.provider };

  const edge = createEdge(plan, { network, cluster }, account);
  const vault = new S3Vault("vault", { ...vaultArgs(plan), scope, protection }, account);
  const backups = cluster.identity("velero", ACCOUNTS.velero, vault.writer());
  const stores = createStores(plan, { network, logKey }, account);
  const archives = createArchives(plan, { cluster }, account);

  const foundation = new ObjectSet("foundation", { objects: plan.foundation }, inCluster);
  const volumeKey = new Key("volume-key", { scope, purpose: "volumes", protection }, account);
  const policies = foundation.inNamespace("NetworkPolicy", "kube-system");
  const addons = new PodAddons("addons", { scope, cluster, policies, volumeKey }, account);

  const namespaces = foundation.namespaces;
  const secrets = new SecretSet(
    "secrets",
    { secrets: plan.secrets, password: stores.password, configured: credential, namespaces },
    inCluster,
  );
  const charts = installCharts(plan, { cluster, network, edge, backups, addons, foundation, secrets });

  const after = startConditions({ secrets, stores, addons, edge, vault, archives });
  const objects = [...plan.objects, ...cloudObjects(edge, volumeKey)];
  new ObjectSet("objects", { objects, charts, beside: foundation.byId, after }, inCluster);

  return outputsOf(plan, { cluster, vault });
}
