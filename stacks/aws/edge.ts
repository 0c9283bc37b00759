/** The cloud's half of the edge that a stack has chosen. */
import type * as pulumi from "@pulumi/pulumi";
import { type Eks } from "../../components/cluster/eks";
import { AlbCloud } from "../../components/edge/alb-cloud";
import { type AwsEdgeCloud } from "../../components/edge/edge-cloud";
import { KongCloud } from "../../components/edge/kong-cloud";
import { type Network } from "../../components/network/network";
import { type StackPlan } from "../plan";
import { type AwsSettings } from "../schema";
import { edgeArgs, zoneOf } from "./arguments";

interface Surroundings {
  readonly network: Network;
  readonly cluster: Eks;
}

export function createEdge(
  plan: StackPlan<AwsSettings>,
  around: Surroundings,
  options: pulumi.ComponentResourceOptions,
): AwsEdgeCloud {
  const { scope, protection, settings } = plan;
  if (settings.edge.kind === "alb")
    return new AlbCloud("edge", { ...edgeArgs(plan), scope, ...around, protection }, options);
  return new KongCloud("edge", { scope, cluster: around.cluster, zone: zoneOf(settings.edge), protection }, options);
}
