/** Security groups and their rules. Limits: "Amazon VPC quotas": 60 inbound and 60 outbound rules a group. */
import { blocks, follows, unless, type Minting, type TypeRow, type TypeTable } from "../types";
import { SECURITY_GROUP, VPC } from "./ec2";
import { ec2Arn, hexId } from "./identifiers";

const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

const owner = ({ account }: Minting) => ({ ownerId: account });

const PEER = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

const rule: TypeRow = {
  checks: "checked",
  id: hexId("sgr"),
  arn: ec2Arn("security-group-rule"),
  outputs: ({ id }) => ({ securityGroupRuleId: id }),
  forceNew: ["securityGroupId"],
  refs: {
    securityGroupId: follows(SECURITY_GROUP, DEFAULT_GROUP),
    referencedSecurityGroupId: blocks(SECURITY_GROUP, DEFAULT_GROUP),
  },
  valid: {
    ipProtocol: /^(-1|tcp|udp|icmp|icmpv6|\d+)$/,
    cidrIpv4: "cidr",
    cidrIpv6: "cidr",
    fromPort: { min: -1, max: 65_535 },
    toPort: { min: -1, max: 65_535 },
  },
  unique: [{ in: "region", by: ["securityGroupId", "ipProtocol", "fromPort", "toPort", ...PEER] }],
  refuse: ({ inputs }) =>
    PEER.filter((peer) => inputs[peer] !== undefined).length === 1
      ? undefined
      : `MissingParameter: exactly one of ${PEER.join(", ")} must be given`,
  quota: { limit: 60, per: "securityGroupId", code: "RulesPerSecurityGroupLimitExceeded" },
};

export const securityGroupTypes: TypeTable = {
  [SECURITY_GROUP]: {
    checks: "checked",
    id: hexId("sg"),
    arn: ec2Arn("security-group"),
    name: { property: "name", prefix: "namePrefix", max: 255 },
    defaults: { revokeRulesOnDelete: false },
    outputs: (m) => ({ ...owner(m), ingress: [], egress: [], description: "Managed by Pulumi" }),
    forceNew: ["description", "name", "namePrefix", "vpcId"],
    refs: {
      vpcId: blocks(VPC),
      "ingress[].securityGroups[]": blocks(SECURITY_GROUP),
      "egress[].securityGroups[]": blocks(SECURITY_GROUP),
    },
    valid: { name: unlessReserved(), "ingress[].cidrBlocks[]": "cidr", "egress[].cidrBlocks[]": "cidr" },
    unique: [{ in: "region", by: ["vpcId", "name"] }],
    quota: { limit: 2_500, code: "SecurityGroupLimitExceeded" },
  },
  [DEFAULT_GROUP]: {
    checks: "checked",
    id: ({ inputs, find }) => String(find(VPC, inputs["vpcId"])?.properties["defaultSecurityGroupId"] ?? ""),
    arn: ec2Arn("security-group"),
    outputs: (m) => ({
      ...owner(m),
      name: "default",
      description: "default VPC security group",
      ingress: [],
      egress: [],
    }),
    forceNew: ["vpcId"],
    refs: { vpcId: { ...follows(VPC) }, "ingress[].securityGroups[]": unless(/^$/, blocks(SECURITY_GROUP)) },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
};

/** Names beginning with `sg-` are AWS's own. */
function unlessReserved(): RegExp {
  return /^(?!sg-).{1,255}$/;
}
