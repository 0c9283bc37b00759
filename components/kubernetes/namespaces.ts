/** The platform's own namespaces, by what lives there. Services' namespaces follow from their names. */
export const NAMESPACES = {
  /** The shared Gateway and what configures it. */
  ingress: "ingress-system",
  /** Stores that run in the cluster, and the jobs that grant access to any store. */
  data: "data",
  /** Controllers that talk to the cloud: load balancers, DNS records, nodes. */
  platform: "platform-system",
  postgresOperator: "cnpg-system",
  backup: "velero",
  delivery: "argocd",
  rollouts: "argo-rollouts",
  /** Whoever issues certificates, to the public edge and inside. */
  certificates: "cert-manager",
  /** Operators of RabbitMQ. */
  messagingOperators: "rabbitmq-system",
  monitoring: "monitoring",
  /** Whoever reads the logs of pods from their nodes and sends them away. */
  logs: "logging",
  /** Kubernetes' own. Its add-ons come with the cluster; nothing of ours runs there. */
  system: "kube-system",
} as const;

/** Namespaces whose pods come from charts: what a chart holds is not known before it is fetched. */
export const CHART_NAMESPACES: readonly string[] = [
  NAMESPACES.platform,
  NAMESPACES.postgresOperator,
  NAMESPACES.backup,
  NAMESPACES.delivery,
  NAMESPACES.rollouts,
  NAMESPACES.certificates,
  NAMESPACES.messagingOperators,
  NAMESPACES.monitoring,
];

/** Set on every namespace whose routes may attach to the shared Gateway. */
export const ROUTES_LABEL = { "keelson.dev/routes": "shared" } as const;
