/**
 * The cloud's half of the edge: the DNS zone, and who may write its records. Azure's load balancer passes connections on;
 * AKS makes it from Kong's Service.
 */
import type * as pulumi from "@pulumi/pulumi";
import { ACCOUNTS } from "../../components/cluster/accounts";
import { type Aks } from "../../components/cluster/aks";
import { AzureDns } from "../../components/edge/azure-dns";
import { type EdgeCloud } from "../../components/edge/edge-cloud";
import { type AzurePlace } from "../../components/network/azure-place";
import { type StackPlan } from "../plan";
import { type AzureSettings } from "../schema";
import { zoneOf } from "./arguments";

export interface AzureEdge extends EdgeCloud {
  readonly identities: Required<EdgeCloud["identities"]>;
  readonly dns: AzureDns;
}

interface Surroundings {
  readonly place: AzurePlace;
  readonly cluster: Aks;
}

export function createEdge(
  { scope, protection, settings }: StackPlan<AzureSettings>,
  { place, cluster }: Surroundings,
  options: pulumi.ComponentResourceOptions,
): AzureEdge {
  const dns = new AzureDns("dns", { scope, place, zone: zoneOf(settings), protection }, options);
  const identities = {
    dns: cluster.identity("dns", ACCOUNTS.dns, dns.records()),
    certificates: cluster.identity("certificates", ACCOUNTS.certificates, dns.records()),
  };
  return { dns, identities, ready: [] };
}
