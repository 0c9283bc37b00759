/**
 * What the cluster autoscaler may do in the cloud: look, and resize the node groups that EKS tagged for this cluster.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
import { type Statement } from "../identity/statement";
import { arn, type Scope } from "../names";

export const autoscalerStatements = (scope: Scope, cluster: string): readonly Statement[] => [
  { sid: "Look", actions: LOOK, resources: ["*"] },
  { sid: "LookAtPools", actions: ["eks:DescribeNodegroup"], resources: [arn(scope, "eks", `nodegroup/${cluster}/*`)] },
  {
    sid: "Resize",
    actions: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
    resources: [arn(scope, "autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-*")],
    conditions: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" } },
  },
];

const LOOK = [
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribeAutoScalingInstances",
  "autoscaling:DescribeLaunchConfigurations",
  "autoscaling:DescribeScalingActivities",
  "ec2:DescribeImages",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeLaunchTemplateVersions",
  "ec2:GetInstanceTypesFromInstanceRequirements",
] as const;
