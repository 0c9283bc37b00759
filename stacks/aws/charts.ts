/** Which charts a stack needs and what each waits for: its namespace and policies, its identity, and names that resolve. */
import type * as pulumi from "@pulumi/pulumi";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { autoscalerStatements } from "../../components/cluster/autoscaler-permissions";
import { type Identity } from "../../components/cluster/cluster";
import { type Eks } from "../../components/cluster/eks";
import { type PodAddons } from "../../components/cluster/eks-addons";
import { rolloutsStatements } from "../../components/cluster/rollouts-permissions";
import { type SecretSet } from "../../components/data/secret-set";
import { type EdgeCloud } from "../../components/edge/edge-cloud";
import { Chart, type Values } from "../../components/kubernetes/chart";
import { type ChartName } from "../../components/kubernetes/chart-names";
import { type ArgoCdFacts, type Facts, usesRollouts } from "../../components/kubernetes/facts";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { type ObjectSet } from "../../components/kubernetes/object-set";
import {
  argoCdValues,
  autoscalerValues,
  externalDnsValues,
  gatewayCrdValues,
  loadBalancerControllerValues,
  postgresOperatorValues,
  rolloutsValues,
  veleroValues,
} from "../../components/kubernetes/values";
import { type Network } from "../../components/network/network";
import { credential } from "../config";
import { type StackPlan, WEBHOOK } from "../plan";
import { systemCharts } from "./system-charts";

export interface Ground {
  readonly cluster: Eks;
  readonly network: Network;
  readonly edge: EdgeCloud;
  readonly backups: Identity;
  readonly addons: PodAddons;
  readonly foundation: ObjectSet;
  readonly secrets: SecretSet;
}

export interface Wanted {
  readonly namespace: string;
  readonly values: Values;
  /** What its first pod needs besides its namespace. @default - nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Charts above it in the list whose controllers it needs to start. @default - none */
  readonly afterCharts?: readonly ChartName[];
  readonly needed: boolean;
}

type Installed = Partial<Readonly<Record<ChartName, readonly pulumi.Resource[]>>>;

export function installCharts(plan: StackPlan, ground: Ground): Installed {
  const definitions = install("gateway-crds", gatewayDefinitions, ground);
  const wanted = Object.entries(wantedCharts(plan, ground, definitions)) as readonly [ChartName, Wanted][];
  const installed = new Map<ChartName, readonly pulumi.Resource[]>([["gateway-crds", definitions]]);
  for (const [name, chart] of wanted.filter(([, { needed }]) => needed)) {
    const first = (chart.afterCharts ?? []).flatMap((each) => installed.get(each) ?? []);
    installed.set(name, install(name, { ...chart, after: [...(chart.after ?? []), ...first] }, ground));
  }
  return Object.fromEntries(installed);
}

const gatewayDefinitions: Wanted = { namespace: NAMESPACES.platform, values: gatewayCrdValues(), needed: true };

function install(
  name: ChartName,
  { namespace, values, after = [] }: Wanted,
  ground: Ground,
): readonly pulumi.Resource[] {
  const { cluster, addons, foundation } = ground;
  const starts =
    name === "gateway-crds" ? [] : [...addons.ready, ...foundation.inNamespace("NetworkPolicy", namespace)];
  const dependsOn = [...foundation.inNamespace("Namespace", namespace), ...starts, ...after];
  return new Chart(name, { chart: name, namespace, values }, { provider: cluster.provider, dependsOn }).ready;
}

export type Charts = Readonly<Record<Exclude<ChartName, "gateway-crds">, Wanted>>;

function wantedCharts(plan: StackPlan, ground: Ground, gateway: readonly pulumi.Resource[]): Charts {
  const { facts } = plan;
  const { cluster, network, edge, backups } = ground;
  const { platform } = NAMESPACES;
  const zone = plan.settings.edge.zone?.name ?? plan.settings.edge.host;
  return {
    "aws-load-balancer-controller": {
      namespace: platform,
      values: loadBalancerControllerValues(facts, cluster.name, network.id),
      after: [...edge.identities.loadBalancer.ready, ...gateway],
      needed: true,
    },
    "external-dns": {
      namespace: platform,
      values: externalDnsValues(facts, zone),
      after: [...edge.identities.dns.ready, ...gateway],
      needed: true,
    },
    "cluster-autoscaler": { ...autoscaler(facts, cluster), needed: true },
    velero: { namespace: NAMESPACES.backup, values: veleroValues(), after: backups.ready, needed: true },
    "cloudnative-pg": {
      namespace: NAMESPACES.postgresOperator,
      values: postgresOperatorValues(),
      needed: Object.values(plan.settings.stores).some(({ flavour }) => flavour === "cloudnative-pg"),
    },
    ...systemCharts(plan, ground),
    ...delivery(plan, ground),
  };
}

const autoscaler = ({ scope, ...facts }: Facts, cluster: Eks): Omit<Wanted, "needed"> => ({
  namespace: NAMESPACES.platform,
  values: autoscalerValues({ scope, ...facts }, cluster.name),
  after: cluster.identity("autoscaler", ACCOUNTS.autoscaler, autoscalerStatements(scope, cluster.name)).ready,
});

/** What the repository's host signs its announcements with. */
const webhookSecret = ({ repository }: ArgoCdFacts): pulumi.Output<string> | undefined =>
  repository.webhook === "none" ? undefined : credential(WEBHOOK);

const OFF: Omit<Wanted, "namespace"> = { values: {}, needed: false };

function delivery({ facts }: StackPlan, { cluster, secrets }: Ground): Pick<Charts, "argo-cd" | "argo-rollouts"> {
  const { delivery: namespace, rollouts } = NAMESPACES;
  const argo = facts.delivery;
  return {
    "argo-cd":
      argo.by === "pulumi"
        ? { namespace, ...OFF }
        : {
            namespace,
            values: argoCdValues(argo, webhookSecret(argo)),
            after: secrets.inNamespace(namespace),
            needed: true,
          },
    "argo-rollouts": usesRollouts(facts)
      ? {
          namespace: rollouts,
          values: rolloutsValues(),
          after: cluster.identity("rollouts", ACCOUNTS.rollouts, rolloutsStatements).ready,
          needed: true,
        }
      : { namespace: rollouts, ...OFF },
  };
}
