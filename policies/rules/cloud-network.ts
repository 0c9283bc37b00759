/** The account's network: what security groups let in, what they say, and what is written down of the traffic. */
import { isOpen } from "../cidr";
import { companions, perStack } from "../joins";
import { isType, type PolicyObject } from "../object";
import { each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { together, wantsSet } from "./checks";
import { cloudJoin, cloudRule } from "./cloud-rule";

const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const VPC = "aws:ec2/vpc:Vpc";
const GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/";

const EDGE_PORTS: ReadonlySet<string | undefined> = new Set(["80", "443"]);

const rangesOf = (rule: Field): readonly Field[] => [
  ...["cidrIpv4", "cidrIpv6"].map((key) => rule.at(key)),
  ...["cidrBlocks", "ipv6CidrBlocks"].flatMap((key) => rule.at(key).items),
];

/** Only the edge's own ports, one at a time. */
const isEdge = (rule: Field): boolean =>
  EDGE_PORTS.has(rule.at("fromPort").text) && rule.at("fromPort").text === rule.at("toPort").text;

const openRange = (rule: Field): readonly Finding[] =>
  each(rangesOf(rule), (range) =>
    violatedIf(isOpen(range.text) && !isEdge(rule), range, "everybody is let in, on more than port 443 or 80"),
  );

function openIngress(object: PolicyObject): readonly Finding[] {
  if (isType(object, GROUP, DEFAULT)) return each(object.props.at("ingress").items, openRange);
  if (isType(object, LEGACY) && !object.props.at("type").is("ingress")) return [];
  return openRange(object.props);
}

/** What a store or a machine must never share with the edge: a group that everybody reaches. */
const INSIDE = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/instance:Instance",
] as const;

const groupsOf = (object: PolicyObject, stack: Stack): readonly PolicyObject[] =>
  ["vpcSecurityGroupIds", "securityGroupIds", "vpcConfig"].flatMap((property) => stack.sources(object, property));

const openGroups = perStack((stack) => {
  const open = (object: PolicyObject): boolean =>
    rangesOf(object.props).some((range) => range.isKnown && isOpen(range.text));
  const named = [...stack.type(IN), ...stack.type(LEGACY)].filter(open);
  const inline = stack
    .type(GROUP)
    .filter(
      ({ props }) =>
        props.at("ingress").isKnown && props.at("ingress").items.some((rule) => openRange(rule).length > 0),
    );
  return new Set([...named.flatMap((rule) => stack.sources(rule, "securityGroupId")), ...inline]);
});

const reachesInside = (object: PolicyObject, stack: Stack): readonly Finding[] =>
  groupsOf(object, stack)
    .filter((group) => openGroups(stack).has(group))
    .map(({ name }) => violated({ path: "" }, `everybody is let into its security group ${name}`));

const OPEN_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-no-open-ingress",
      types: [IN, LEGACY, GROUP, DEFAULT],
      severity: "critical",
      standards: ["cis-aws"],
      title: "No security group may let everybody in, but to the edge's ports.",
      why: "Whatever listens behind it is then one bug away from the internet.",
      remedy: "name the source security group or the narrowest range",
      link: `${GUIDE}vpc-security-groups.html`,
    },
    openIngress,
  ),
  cloudJoin(
    {
      id: "cloud-no-open-group-inside",
      types: INSIDE,
      severity: "critical",
      standards: ["cis-aws"],
      title: "No store and no machine may be in a security group that everybody is let into.",
      why: "The edge's ports are open for the load balancer, not for what is behind it.",
      remedy: "give it a security group of its own, with the ranges of its clients",
      link: `${GUIDE}vpc-security-groups.html`,
    },
    reachesInside,
  ),
];

const describes = (object: PolicyObject): readonly Finding[] => {
  const text = object.props.at("description");
  return together(
    () => wantsSet(text, "nobody can say what it is for"),
    () => violatedIf(text.is("Managed by Pulumi"), text, "nobody can say what it is for"),
  );
};

const closed = ({ props }: PolicyObject): readonly Finding[] =>
  ["ingress", "egress"].flatMap((side) => {
    const rules = props.at(side);
    return violatedIf(rules.items.length > 0, rules, "whatever names no group of its own is in this one");
  });

const mixes = (group: PolicyObject, stack: Stack): readonly Finding[] => {
  const inline = ["ingress", "egress"].map((side) => group.props.at(side)).filter((rules) => rules.items.length > 0);
  const apart = companions(group, stack, { types: [IN, OUT, LEGACY], property: "securityGroupId", names: [] }).found;
  return apart.length === 0 ? [] : inline.map((rules) => violated(rules, "rules of its own stand elsewhere too"));
};

const GROUP_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-group-described",
      types: [GROUP, IN, OUT],
      severity: "low",
      standards: [],
      title: "Every security group and every rule of one must say what it is for.",
      why: "What nobody can explain nobody dares to remove.",
      remedy: "set description",
      link: `${GUIDE}security-group-rules.html`,
    },
    describes,
  ),
  cloudRule(
    {
      id: "cloud-default-group-closed",
      types: [DEFAULT],
      severity: "medium",
      standards: ["cis-aws"],
      title: "The default security group must let nothing in or out.",
      why: "It is what everything gets that names no group.",
      remedy: "leave ingress and egress of the DefaultSecurityGroup out",
      link: `${GUIDE}default-security-group.html`,
    },
    closed,
  ),
  cloudJoin(
    {
      id: "cloud-group-rules-in-one-place",
      types: [GROUP],
      severity: "medium",
      standards: [],
      title: "The rules of a security group must stand inside it or beside it, not both.",
      why: "The two overwrite each other, and a rule that somebody relies on is gone after the next update.",
      remedy: "move the inline rules to resources of their own",
      link: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
    },
    mixes,
  ),
];

/** Something that must stand beside every VPC. */
const besideVpc =
  (type: string, message: string, counts: (companion: Field) => boolean = () => true) =>
  (vpc: PolicyObject, stack: Stack): readonly Finding[] => {
    const { found } = companions(vpc, stack, { types: [type], property: "vpcId", names: [] });
    return violatedIf(!found.some(({ props }) => counts(props)), vpc.props.at("cidrBlock"), message);
  };

/** What was let through alone says nothing of who tried. */
const writesRefusals = (flowLog: Field): boolean => flowLog.at("trafficType").text !== "ACCEPT";

export const CLOUD_NETWORK_RULES: readonly Rule[] = [
  ...OPEN_RULES,
  ...GROUP_RULES,
  cloudJoin(
    {
      id: "cloud-vpc-default-group",
      types: [VPC],
      severity: "medium",
      standards: ["cis-aws"],
      title: "The default security group of every VPC must be ours to close.",
      why: "AWS makes it, and makes it open among its own.",
      remedy: "adopt it as a DefaultSecurityGroup without rules",
      link: `${GUIDE}default-security-group.html`,
    },
    besideVpc(DEFAULT, "its default security group is as AWS made it"),
  ),
  cloudJoin(
    {
      id: "cloud-vpc-flow-logs",
      types: [VPC],
      severity: "medium",
      standards: ["cis-aws"],
      title: "The traffic of every VPC must be written down.",
      why: "After an intrusion the question is who talked to whom.",
      remedy: "add a FlowLog with trafficType ALL, or REJECT at least",
      link: `${GUIDE}flow-logs.html`,
    },
    besideVpc("aws:ec2/flowLog:FlowLog", "nothing is written down of its traffic", writesRefusals),
  ),
  cloudRule(
    {
      id: "cloud-account-guarded",
      types: ["pulumi:providers:aws"],
      severity: "high",
      standards: [],
      title: "A provider must say which account it may change.",
      why: "The wrong profile would otherwise change another stage's account.",
      remedy: "set allowedAccountIds",
      link: "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
    },
    (provider) =>
      /^default(_|$)/.test(provider.name)
        ? []
        : wantsSet(provider.props.at("allowedAccountIds"), "any account will do"),
  ),
];
