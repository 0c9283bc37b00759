/**
 * What differs between the clouds in Kong's own objects: how a host is proved in the cloud's zones, and what its load
 * balancer is told. Plain data that settings give, so objects that hold it can be rendered.
 */
import { type BalancerFacts, type DnsProof } from "../kubernetes/facts";
import { mandatoryTags, type Scope } from "../names";

export interface KongSurroundings {
  readonly proof: DnsProof;
  readonly balancer: BalancerFacts;
}

/** A network load balancer, made by its controller, whose targets are nodes. */
export const kongOnAws = (scope: Scope): KongSurroundings => ({
  proof: { route53: { region: scope.region } },
  balancer: {
    class: "service.k8s.aws/nlb",
    annotations: {
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
      "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
      "service.beta.kubernetes.io/aws-load-balancer-attributes": "load_balancing.cross_zone.enabled=true",
      "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": tagList(scope),
    },
  },
});

/** A DNS zone of Azure's, with the group it lies in. */
export interface ZonePlace {
  readonly name: string;
  readonly resourceGroup: string;
}

/**
 * AKS makes the load balancer itself, with an address in all zones. It asks for the health of nodes where Kubernetes
 * answers, because only nodes with a Kong pod take part: an annotation that names another port would end that, so there is
 * none. The solver names no identity: the webhook of workload identity tells cert-manager's pods which is theirs.
 *
 * @see https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/
 * @see https://cert-manager.io/docs/configuration/acme/dns01/azuredns/
 */
export const kongOnAzure = (scope: Scope, zone: ZonePlace): KongSurroundings => ({
  proof: {
    azureDNS: {
      environment: "AzurePublicCloud",
      subscriptionID: scope.account,
      resourceGroupName: zone.resourceGroup,
      hostedZoneName: zone.name,
    },
  },
  balancer: { annotations: { "service.beta.kubernetes.io/azure-pip-tags": tagList(scope) } },
});

const tagList = (scope: Scope): string =>
  Object.entries(mandatoryTags(scope))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
