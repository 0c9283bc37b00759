/** Who may reach and do what in the account: open security groups and boundless policies. */
import { isType, type PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { cloudRule } from "./cloud-rule";
import { statements } from "./policy-document";

const EVERYBODY: ReadonlySet<string | undefined> = new Set(["0.0.0.0/0", "::/0"]);
const EDGE_PORTS: ReadonlySet<string | undefined> = new Set(["80", "443"]);
const STANDALONE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INLINE = "aws:ec2/securityGroup:SecurityGroup";

const rangesOf = (rule: Field): readonly Field[] => [
  ...["cidrIpv4", "cidrIpv6"].map((key) => rule.at(key)),
  ...["cidrBlocks", "ipv6CidrBlocks"].flatMap((key) => rule.at(key).items),
];

/** Only the edge's own ports, one at a time. */
const isEdge = (rule: Field): boolean =>
  EDGE_PORTS.has(rule.at("fromPort").text) && rule.at("fromPort").text === rule.at("toPort").text;

const openRange = (rule: Field): readonly Finding[] =>
  each(rangesOf(rule), (range) =>
    violatedIf(EVERYBODY.has(range.text) && !isEdge(rule), range, "everybody is let in, on more than port 443 or 80"),
  );

function openIngress(object: PolicyObject): readonly Finding[] {
  if (isType(object, INLINE)) return each(object.props.at("ingress").items, openRange);
  if (isType(object, LEGACY) && !object.props.at("type").is("ingress")) return [];
  return openRange(object.props);
}

const isAny = (field: Field): boolean => field.is("*") || field.items.some((item) => item.is("*"));

const boundless = (document: Field): readonly Finding[] =>
  each(statements(document), (statement) => {
    const all = statement.at("Effect").is("Allow") && isAny(statement.at("Action"));
    return violatedIf(all, document, "one statement allows every action");
  });

export const CLOUD_ACCESS_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-no-open-ingress",
      types: [STANDALONE, LEGACY, INLINE],
      severity: "critical",
      standards: ["cis-aws"],
      title: "No security group may let everybody in, but to the edge's ports.",
      why: "Whatever listens behind it is then one bug away from the internet.",
      remedy: "name the source security group or the narrowest range",
      link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
    },
    openIngress,
  ),
  cloudRule(
    {
      id: "cloud-iam-no-boundless-policy",
      types: ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"],
      severity: "critical",
      standards: ["cis-aws"],
      title: "No policy may allow every action.",
      why: "Whoever takes over one identity would own the account.",
      remedy: "list the actions that are needed, on the resources they are needed for",
      link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    },
    ({ props }) => boundless(props.at("policy")),
  ),
];
