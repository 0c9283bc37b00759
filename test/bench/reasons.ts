/**
 * Why a resource waits for one it takes nothing from: every such pair that may stand on a critical path. What is missing
 * here shows up in the bench as needless.
 */

const REASONS: Readonly<Record<string, string>> = {
  "aws:eks/nodeGroup:NodeGroup after aws:eks/addon:Addon":
    "nodes become ready only with their network, which must be strict before the first pod",
  "aws:eks/addon:Addon after aws:eks/nodeGroup:NodeGroup": "its pods need a node, and AWS waits for them",
  "aws:eks/addon:Addon after aws:iam/rolePolicyAttachment:RolePolicyAttachment":
    "its pods start with their permissions",
  "aws:eks/addon:Addon after aws:iam/rolePolicy:RolePolicy": "its pods start with their permissions",
  "aws:eks/addon:Addon after kubernetes:networking.k8s.io/v1:NetworkPolicy":
    "under strict enforcement it cannot talk before",
  "aws:eks/cluster:Cluster after aws:cloudwatch/logGroup:LogGroup": "EKS would make a group that is kept for ever",
  "aws:eks/cluster:Cluster after aws:iam/rolePolicyAttachment:RolePolicyAttachment": "EKS acts with the role at once",
  "aws:eks/cluster:Cluster after aws:iam/rolePolicy:RolePolicy": "EKS acts with the role at once",
  "pulumi:providers:kubernetes after aws:eks/accessPolicyAssociation:AccessPolicyAssociation":
    "every call would be refused before",
  "aws:rds/instance:Instance after aws:cloudwatch/logGroup:LogGroup": "RDS would make a group that is kept for ever",
};

/** The chart's pods need nodes, names and their policies, which its add-ons stand for. */
const POD_STARTS = /^(kubernetes:(apps|batch|postgresql|argoproj)|keelson:kubernetes:Chart)/;

const IN_KUBERNETES: readonly (readonly [RegExp, RegExp, string])[] = [
  [POD_STARTS, /^aws:eks\/addon:Addon$/, "its pods need volumes, names and metrics"],
  [POD_STARTS, /^aws:eks\/podIdentityAssociation/, "pods that start before their identity never get credentials"],
  [POD_STARTS, /^aws:route53\/record/, "its pods resolve the store's name"],
  [
    POD_STARTS,
    /^kubernetes:core\/v1:(Secret|ServiceAccount|ConfigMap)$/,
    "its pods are not admitted, or hang, without it",
  ],
  [/^kubernetes:/, /^kubernetes:core\/v1:Namespace$/, "it lives there"],
  [/^kubernetes:apps/, /^kubernetes:batch\/v1:Job$/, "the job gives its login access to the store"],
  [/^kubernetes:batch\/v1:Job$/, /^kubernetes:postgresql/, "the job signs in to the store"],
  [/^kubernetes:apps/, /^kubernetes:apps/, "it calls that service when it starts"],
  [
    /^kubernetes:(gateway|postgresql|velero|argoproj)/,
    /^kubernetes:helm\.sh/,
    "the chart brings the definition of its kind",
  ],
  [
    /^kubernetes:(gateway|postgresql|velero|argoproj)/,
    /^keelson:kubernetes:Chart/,
    "the chart brings the definition of its kind",
  ],
  [/^kubernetes:gateway.*:Gateway$/, /^aws:acm/, "the controller finds only certificates that are issued"],
  [/^kubernetes:autoscaling/, /^kubernetes:apps/, "it scales that workload"],
];

export const reasonFor = (type: string, before: string): string | undefined =>
  REASONS[`${type} after ${before}`] ?? IN_KUBERNETES.find(([one, other]) => one.test(type) && other.test(before))?.[2];
