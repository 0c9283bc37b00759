/** What charts are told on Azure that they are told otherwise elsewhere. Pure, but for the identity's own id. */
import { ACCOUNTS } from "../cluster/accounts";
import { type Identity } from "../cluster/cluster";
import { CONTAINER_SECURITY } from "../workload/pod";
import { type Values } from "./chart";
import { type Facts } from "./facts";

export interface DnsPlace {
  /** Zone whose records it keeps. */
  readonly zone: string;
  readonly resourceGroup: unknown;
  readonly tenant: string;
}

const NOBODY = 65_534;

/** `sync`: it owns the records it made, by a label in DNS, and removes those no route asks for any more. */
export const azureDnsValues = ({ scope }: Facts, place: DnsPlace, { marks }: Identity): Values => ({
  provider: { name: "azure" },
  sources: ["gateway-httproute"],
  domainFilters: [place.zone],
  policy: "sync",
  registry: "txt",
  txtOwnerId: `${scope.system}-${scope.stage}-${scope.region}`,
  interval: "1m",
  serviceAccount: { create: true, name: ACCOUNTS.dns.name, annotations: marks.account },
  podLabels: marks.pods,
  podSecurityContext: {
    runAsNonRoot: true,
    runAsUser: NOBODY,
    runAsGroup: NOBODY,
    fsGroup: NOBODY,
    seccompProfile: { type: "RuntimeDefault" },
  },
  securityContext: CONTAINER_SECURITY,
  resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  secretConfiguration: {
    enabled: true,
    mountPath: "/etc/kubernetes/",
    data: { "azure.json": settings(scope.account, place) },
  },
});

/** No secret, though the chart keeps it as one: where the zone is, and that the pod's own identity opens it. */
const settings = (subscriptionId: string, { resourceGroup, tenant }: DnsPlace) => ({
  tenantId: tenant,
  subscriptionId,
  resourceGroup,
  useWorkloadIdentityExtension: true,
});
