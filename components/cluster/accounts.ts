/** Service accounts that hold a cloud identity. Charts and identities must agree on them, so both take them from here. */
import { NAMESPACES } from "../kubernetes/namespaces";
import { type ServiceAccountRef } from "./cluster";

export const ACCOUNTS = {
  loadBalancer: { namespace: NAMESPACES.platform, name: "aws-load-balancer-controller" },
  dns: { namespace: NAMESPACES.platform, name: "external-dns" },
  autoscaler: { namespace: NAMESPACES.platform, name: "cluster-autoscaler" },
  /** The node agent and the pods it makes run under it, too. */
  velero: { namespace: NAMESPACES.backup, name: "velero" },
  /** Proves host names in the DNS zone. */
  certificates: { namespace: NAMESPACES.certificates, name: "cert-manager" },
  /** Asks CloudWatch for success rates. */
  rollouts: { namespace: NAMESPACES.rollouts, name: "argo-rollouts" },
  /** Sends the logs of pods to CloudWatch. */
  logs: { namespace: NAMESPACES.logs, name: "log-shipper" },
} as const satisfies Record<string, ServiceAccountRef>;
