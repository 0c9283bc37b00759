/** In which order Argo CD applies the objects of one application, by kind: what pods need, pods, what needs pods. */

const WAVES: Readonly<Record<string, number>> = {
  NetworkPolicy: -3,
  ServiceAccount: -2,
  ConfigMap: -2,
  Role: -2,
  RoleBinding: -2,
  ClusterRole: -2,
  ClusterRoleBinding: -2,
  LoadBalancerConfiguration: -2,
  ListenerRuleConfiguration: -2,
  TargetGroupConfiguration: -2,
  AnalysisTemplate: -2,
  GatewayClass: -1,
  Service: -1,
  Gateway: 0,
  Cluster: 0,
  StatefulSet: 0,
  BackupStorageLocation: 0,
  Job: 1,
  Schedule: 1,
  CronJob: 2,
  Deployment: 2,
  Rollout: 2,
  HorizontalPodAutoscaler: 3,
  PodDisruptionBudget: 3,
  HTTPRoute: 3,
};

/** The wave of a kind; 0, Argo CD's own default, where the order does not matter. */
export const waveOf = (kind: string): number => WAVES[kind] ?? 0;
