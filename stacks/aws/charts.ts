/** Charts that a stack on AWS needs because it is on AWS, and what each of them may do there. */
import type * as pulumi from "@pulumi/pulumi";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { autoscalerStatements } from "../../components/cluster/autoscaler-permissions";
import { type Identity } from "../../components/cluster/cluster";
import { type Eks } from "../../components/cluster/eks";
import { rolloutsStatements } from "../../components/cluster/rollouts-permissions";
import { type AwsEdgeCloud } from "../../components/edge/edge-cloud";
import { usesRollouts } from "../../components/kubernetes/facts";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import {
  autoscalerValues,
  externalDnsValues,
  loadBalancerControllerValues,
  rolloutsValues,
  veleroValues,
} from "../../components/kubernetes/values";
import { type Network } from "../../components/network/network";
import { type StackPlan } from "../plan";
import { type WantedCharts } from "../platform";
import { type AwsSettings } from "../schema";

export interface Ground {
  readonly cluster: Eks;
  readonly network: Network;
  readonly edge: AwsEdgeCloud;
  readonly backups: Identity;
  /** The definitions of Gateway API. */
  readonly definitions: readonly pulumi.Resource[];
}

const { platform: namespace } = NAMESPACES;

export const awsCharts = (plan: StackPlan<AwsSettings>, ground: Ground): WantedCharts => ({
  ...entrance(plan, ground),
  "cluster-autoscaler": {
    namespace,
    values: autoscalerValues(plan.facts, ground.cluster.name),
    after: identify(ground.cluster, "autoscaler", autoscalerStatements(plan.scope, ground.cluster.name)),
  },
  velero: {
    namespace: NAMESPACES.backup,
    values: veleroValues(plan.facts, ground.backups),
    after: ground.backups.ready,
  },
  ...(usesRollouts(plan.facts) && {
    "argo-rollouts": {
      namespace: NAMESPACES.rollouts,
      values: rolloutsValues(),
      after: identify(ground.cluster, "rollouts", rolloutsStatements),
    },
  }),
});

const identify = (
  cluster: Eks,
  role: "autoscaler" | "rollouts",
  statements: Parameters<Eks["identity"]>[2],
): readonly pulumi.Resource[] => cluster.identity(role, ACCOUNTS[role], statements).ready;

const entrance = ({ facts, settings }: StackPlan<AwsSettings>, ground: Ground): WantedCharts => ({
  "aws-load-balancer-controller": {
    namespace,
    values: loadBalancerControllerValues(facts, ground.cluster.name, ground.network.id),
    after: [...ground.edge.identities.loadBalancer.ready, ...ground.definitions],
  },
  "external-dns": {
    namespace,
    values: externalDnsValues(facts, settings.edge.zone?.name ?? settings.edge.host),
    after: [...ground.edge.identities.dns.ready, ...ground.definitions],
  },
});
