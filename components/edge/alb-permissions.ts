/**
 * What the edge's controllers may do in the cloud, as data. The load balancer controller creates and changes only what
 * carries its cluster's tag; external-dns writes only address records of one zone.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Conditions, type Statement } from "../identity/statement";
import { arn, type Scope } from "../names";

type Action = Statement["actions"][number];

const actions = (service: string, names: string): readonly Action[] =>
  names.split(" ").map((name): Action => `${service}:${name}`);

const CLUSTER_TAG = "elbv2.k8s.aws/cluster";

/**
 * Actions of the controller's own policy, without Cognito, CoIP and IPAM, which we do not use, and bounded to the account,
 * the region and the cluster's tag wherever AWS knows such a bound.
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
 */
export function loadBalancerStatements(scope: Scope, cluster: string): readonly Statement[] {
  const own = equals(`aws:ResourceTag/${CLUSTER_TAG}`, cluster);
  const asked = equals(`aws:RequestTag/${CLUSTER_TAG}`, cluster);
  const groups = [arn(scope, "ec2", "security-group/*")];
  const balancing = (kind: string) => arn(scope, "elasticloadbalancing", kind);
  const tagged = [balancing("targetgroup/*/*"), balancing("loadbalancer/app/*/*")];
  const listeners = [balancing("listener/app/*/*/*"), balancing("listener-rule/app/*/*/*")];
  return [
    statement("Look", [...LOOK_EC2, ...LOOK_BALANCING, ...LOOK_ELSEWHERE], ["*"]),
    statement("Protect", PROTECT, ["*"]),
    statement("MakeServiceRole", ["iam:CreateServiceLinkedRole"], ["*"], equals("iam:AWSServiceName", SERVICE)),
    statement("MakeGroup", ["ec2:CreateSecurityGroup"], [...groups, arn(scope, "ec2", "vpc/*")]),
    statement(
      "TagNewGroup",
      ["ec2:CreateTags"],
      groups,
      both(equals("ec2:CreateAction", "CreateSecurityGroup"), asked),
    ),
    statement("TagGroup", ["ec2:CreateTags", "ec2:DeleteTags"], groups, own),
    statement("ChangeOwnGroup", [...GROUP_RULES, "ec2:DeleteSecurityGroup"], groups, own),
    statement(
      "OpenNodeGroup",
      GROUP_RULES,
      groups,
      equals(`aws:ResourceTag/kubernetes.io/cluster/${cluster}`, "owned"),
    ),
    statement("MakeBalancer", actions(ELB, "CreateLoadBalancer CreateTargetGroup"), ["*"], asked),
    statement("TagNewBalancer", actions(ELB, "AddTags"), tagged, both(CREATING, asked)),
    statement("TagBalancer", actions(ELB, "AddTags RemoveTags"), tagged, own),
    statement("TagListener", actions(ELB, "AddTags RemoveTags"), listeners),
    statement("ChangeOwnBalancer", CHANGE_OWN, ["*"], own),
    statement("ChangeListeners", CHANGE_LISTENERS, ["*"]),
    statement("Register", actions(ELB, "RegisterTargets DeregisterTargets"), [balancing("targetgroup/*/*")]),
  ];
}

const statement = (
  sid: string,
  granted: readonly Action[],
  resources: readonly string[],
  conditions?: Conditions,
): Statement => ({ sid, actions: granted, resources, ...(conditions === undefined ? {} : { conditions }) });

const equals = (key: string, value: string | readonly string[]): Conditions => ({ StringEquals: { [key]: value } });

const both = (a: Conditions, b: Conditions): Conditions => ({ StringEquals: { ...a.StringEquals, ...b.StringEquals } });

const ELB = "elasticloadbalancing";
const SERVICE = "elasticloadbalancing.amazonaws.com";
const CREATING = equals("elasticloadbalancing:CreateAction", ["CreateTargetGroup", "CreateLoadBalancer"]);

const GROUP_RULES = actions("ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress");

const LOOK_EC2 = actions(
  "ec2",
  "DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeVpcs " +
    "DescribeVpcPeeringConnections DescribeSubnets DescribeSecurityGroups DescribeInstances DescribeNetworkInterfaces " +
    "DescribeTags GetSecurityGroupsForVpc DescribeRouteTables",
);

const LOOK_BALANCING = actions(
  ELB,
  "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeListeners DescribeListenerCertificates " +
    "DescribeSSLPolicies DescribeRules DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth " +
    "DescribeTags DescribeTrustStores DescribeListenerAttributes DescribeCapacityReservation",
);

/** Certificates are found by host name; Shield and the old WAF are only ever looked at. */
const LOOK_ELSEWHERE = [
  ...actions("acm", "ListCertificates DescribeCertificate"),
  ...actions("shield", "GetSubscriptionState DescribeProtection"),
  ...actions("waf-regional", "GetWebACL GetWebACLForResource"),
] as const;

const PROTECT = actions("wafv2", "GetWebACL GetWebACLForResource AssociateWebACL DisassociateWebACL");

const CHANGE_OWN = actions(
  ELB,
  "ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DeleteLoadBalancer ModifyTargetGroup " +
    "ModifyTargetGroupAttributes DeleteTargetGroup ModifyListenerAttributes ModifyCapacityReservation",
);

/** AWS knows no tag condition for these. */
const CHANGE_LISTENERS = actions(
  ELB,
  "CreateListener DeleteListener CreateRule DeleteRule ModifyListener ModifyRule SetRulePriorities " +
    "AddListenerCertificates RemoveListenerCertificates SetWebAcl",
);

/**
 * external-dns in one zone. TXT records carry its owner's id, so that two regions do not fight over a name.
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/#iam-policy
 */
export const dnsStatements = (zoneArn: pulumi.Input<string>): readonly Statement[] => [
  {
    sid: "WriteRecords",
    actions: ["route53:ChangeResourceRecordSets"],
    resources: [zoneArn],
    conditions: {
      "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME", "TXT"] },
    },
  },
  {
    sid: "ReadRecords",
    actions: ["route53:ListResourceRecordSets", "route53:ListTagsForResources"],
    resources: [zoneArn],
  },
  { sid: "FindZone", actions: ["route53:ListHostedZones", "route53:ListHostedZonesByName"], resources: ["*"] },
];
