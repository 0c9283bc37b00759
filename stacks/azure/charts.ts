/** Charts that a stack on Azure tells something that only it knows. The autoscaler is the control plane's own there. */
import type * as pulumi from "@pulumi/pulumi";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { type Aks } from "../../components/cluster/aks";
import { type Identity } from "../../components/cluster/cluster";
import { type AzureDns } from "../../components/edge/azure-dns";
import { azureDnsValues } from "../../components/kubernetes/azure-values";
import { usesRollouts } from "../../components/kubernetes/facts";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { rolloutsValues, veleroValues } from "../../components/kubernetes/values";
import { type StackPlan } from "../plan";
import { type WantedCharts } from "../platform";
import { type AzureSettings } from "../schema";

export interface Ground {
  readonly cluster: Aks;
  readonly dns: AzureDns;
  readonly backups: Identity;
  /** The definitions of Gateway API. */
  readonly definitions: readonly pulumi.Resource[];
}

export function azureCharts({ facts, settings }: StackPlan<AzureSettings>, ground: Ground): WantedCharts {
  const { cluster, dns, backups, definitions } = ground;
  const records = cluster.identity("dns", ACCOUNTS.dns, dns.records());
  const place = { zone: settings.edge.zone.name, resourceGroup: dns.resourceGroup, tenant: settings.cloud.tenant };
  return {
    "external-dns": {
      namespace: NAMESPACES.platform,
      values: azureDnsValues(facts, place, records),
      after: [...records.ready, ...definitions],
    },
    velero: { namespace: NAMESPACES.backup, values: veleroValues(facts, backups), after: backups.ready },
    ...(usesRollouts(facts) && { "argo-rollouts": { namespace: NAMESPACES.rollouts, values: rolloutsValues() } }),
  };
}
