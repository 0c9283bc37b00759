/** The machines of a cluster: what their metadata service hands out, what is on their disks, and who reaches them. */
import { each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { wantsNotTrue, wantsOneOf, wantsSet, wantsTrue } from "./checks";
import { cloudJoin, cloudRule } from "./cloud-rule";
import { inPrivateSubnets, SUBNET } from "./subnets";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const GUIDE = "https://docs.aws.amazon.com/eks/latest/best-practices/";

const disks = (template: Field): readonly Finding[] => {
  const mappings = template.at("blockDeviceMappings");
  if (mappings.items.length === 0) return [violated(mappings, "the image's own disks, which need not be encrypted")];
  return each(mappings.items, (mapping) => wantsTrue(mapping.at("ebs", "encrypted")));
};

const noPublicAddress = (template: Field): readonly Finding[] =>
  each(template.at("networkInterfaces").items, (card) =>
    wantsNotTrue(card.at("associatePublicIpAddress"), "the node gets a public address"),
  );

/** One hop ends at the node itself: a pod that is not on its network is a second one away. */
const oneHop = (template: Field): readonly Finding[] => {
  const limit = template.at("metadataOptions", "httpPutResponseHopLimit");
  return violatedIf(limit.text !== "1", limit, `wants 1, got ${limit.shape}`);
};

const METADATA_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-nodes-metadata",
      types: [TEMPLATE],
      severity: "high",
      standards: ["cis-eks", "cis-aws"],
      title: "The metadata service of nodes must demand session tokens.",
      why: "Without tokens, any request that a program can be tricked into reads the node's credentials.",
      remedy: 'set metadataOptions.httpTokens: "required"',
      link: `${GUIDE}identity-and-access-management.html`,
    },
    ({ props }) => wantsOneOf(props.at("metadataOptions", "httpTokens"), "required"),
  ),
  cloudRule(
    {
      id: "cloud-nodes-metadata-hops",
      types: [TEMPLATE],
      severity: "high",
      standards: ["cis-eks"],
      title: "The metadata service of nodes must answer no further than the node itself.",
      why: "With a second hop every pod reads the node's credentials.",
      remedy: "set metadataOptions.httpPutResponseHopLimit: 1",
      link: `${GUIDE}identity-and-access-management.html`,
    },
    ({ props }) => oneHop(props),
  ),
];

const NODE_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-nodes-templated",
      types: [NODES],
      severity: "high",
      standards: [],
      title: "Every node group must be made from a launch template.",
      why: "Without one, metadata options and disk encryption are whatever EKS chooses.",
      remedy: "set launchTemplate",
      link: "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    },
    ({ props }) => wantsSet(props.at("launchTemplate"), "no launch template"),
  ),
  cloudRule(
    {
      id: "cloud-nodes-encrypted",
      types: [TEMPLATE],
      severity: "high",
      standards: ["cis-aws"],
      title: "Every disk of a node must be encrypted.",
      why: "Images, logs and what pods write to emptyDir are on it.",
      remedy: "set blockDeviceMappings with ebs.encrypted: true for every device of the image",
      link: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    },
    ({ props }) => disks(props),
  ),
  cloudRule(
    {
      id: "cloud-nodes-no-ssh",
      types: [NODES],
      severity: "high",
      standards: ["cis-eks"],
      title: "Nodes must not take SSH.",
      why: "A shell on a node is past every control of the cluster, and in no audit log.",
      remedy: "remove remoteAccess; use Session Manager where a shell is needed",
      link: `${GUIDE}protecting-the-infrastructure.html`,
    },
    ({ props }) => violatedIf(props.at("remoteAccess").isSet, props.at("remoteAccess"), "nodes take SSH"),
  ),
  cloudRule(
    {
      id: "cloud-nodes-no-public-address",
      types: [TEMPLATE],
      severity: "high",
      standards: ["cis-eks"],
      title: "No node may have a public address.",
      why: "Every port that is open on it would be open to the internet.",
      remedy: "leave networkInterfaces[].associatePublicIpAddress out",
      link: `${GUIDE}protecting-the-infrastructure.html`,
    },
    ({ props }) => noPublicAddress(props),
  ),
];

const SUBNET_RULES: readonly Rule[] = [
  cloudJoin(
    {
      id: "cloud-private-subnets",
      types: [NODES, "aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"],
      severity: "high",
      standards: ["cis-eks"],
      title: "Nodes and stores must be in subnets without a route to the internet gateway.",
      why: "What has no way in from outside need not be defended there.",
      remedy: "name private subnets, which reach out through a NAT gateway, or closed ones",
      link: "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
    },
    inPrivateSubnets,
  ),
  cloudRule(
    {
      id: "cloud-subnet-no-public-addresses",
      types: [SUBNET],
      severity: "medium",
      standards: ["cis-aws"],
      title: "No subnet may give public addresses to what starts in it.",
      why: "A load balancer and a NAT gateway get theirs anyway; everything else would get one by accident.",
      remedy: "leave mapPublicIpOnLaunch out, or false",
      link: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
    },
    ({ props }) => wantsNotTrue(props.at("mapPublicIpOnLaunch"), "everything in it gets a public address"),
  ),
];

export const CLOUD_NODE_RULES: readonly Rule[] = [...METADATA_RULES, ...NODE_RULES, ...SUBNET_RULES];
