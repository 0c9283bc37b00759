/** Charts that a stack on Azure tells something that only it knows. The autoscaler is the control plane's own there. */
import type * as pulumi from "@pulumi/pulumi";
import { type Identity } from "../../components/cluster/cluster";
import { azureDnsValues } from "../../components/kubernetes/azure-values";
import { usesRollouts } from "../../components/kubernetes/facts";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { rolloutsValues, veleroValues } from "../../components/kubernetes/values";
import { type StackPlan } from "../plan";
import { type WantedCharts } from "../platform";
import { type AzureSettings } from "../schema";
import { type AzureEdge } from "./edge";

export interface Ground {
  readonly edge: AzureEdge;
  readonly backups: Identity;
  /** The definitions of Gateway API. */
  readonly definitions: readonly pulumi.Resource[];
}

export function azureCharts({ facts, settings }: StackPlan<AzureSettings>, ground: Ground): WantedCharts {
  const { edge, backups, definitions } = ground;
  const { dns, identities } = edge;
  const place = { zone: settings.edge.zone.name, resourceGroup: dns.resourceGroup, tenant: settings.cloud.tenant };
  return {
    "external-dns": {
      namespace: NAMESPACES.platform,
      values: azureDnsValues(facts, place, identities.dns),
      after: [...identities.dns.ready, ...definitions],
    },
    velero: { namespace: NAMESPACES.backup, values: veleroValues(facts, backups), after: backups.ready },
    ...(usesRollouts(facts) && { "argo-rollouts": { namespace: NAMESPACES.rollouts, values: rolloutsValues() } }),
  };
}
