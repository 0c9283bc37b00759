/**
 * Load balancers, however they are asked for: as a resource of the cloud, by a Gateway's LoadBalancerConfiguration, or by the
 * annotations of an Ingress of ALB.
 */
import { companions, perStack } from "../joins";
import { loadBalancerConfigurations } from "../kubernetes/gateways";
import { isKind, isType, type PolicyObject } from "../object";
import { each, violated, violatedIf, type Finding, type Rule, type Severity } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { isOn } from "./checks";
import { cloudRule } from "./cloud-rule";

const BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"] as const;
const GROUP = "gateway.k8s.aws";
const ALB = "alb.ingress.kubernetes.io/";
const GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/";

const isConfiguration = (object: PolicyObject): boolean => isKind(object, GROUP, "LoadBalancerConfiguration");

const isAlbIngress = (object: PolicyObject): boolean => {
  if (!isKind(object, "networking.k8s.io", "Ingress")) return false;
  const name = object.props.at("spec", "ingressClassName");
  return name.isKnown && name.is("alb");
};

/** An object that only adds to another configuration of the same load balancer says nothing of listeners. */
const shapesBalancer = ({ props }: PolicyObject): boolean => {
  const spec = props.at("spec");
  return ["listenerConfigurations", "loadBalancerAttributes", "scheme"].some(
    (key) => !spec.at(key).isKnown || spec.at(key).isSet,
  );
};

const isBalancer = (object: PolicyObject): boolean =>
  isType(object, ...BALANCERS) || isConfiguration(object) || isAlbIngress(object);

const isApplication = ({ props }: PolicyObject): boolean =>
  (props.at("loadBalancerType").text ?? "application") === "application";

interface Attribute {
  /** As AWS names it. */
  readonly key: string;
  /** As the Pulumi resource names it. */
  readonly property: (props: Field) => Field;
  readonly holds: (value: string | undefined) => boolean;
  readonly message: string;
}

/** Where an object of any of the three kinds states an attribute; the whole place when it does not. */
function stated(
  object: PolicyObject,
  { key, property }: Attribute,
): { readonly at: Field; readonly text: string | undefined } {
  const { props } = object;
  if (isConfiguration(object)) {
    const list = props.at("spec", "loadBalancerAttributes");
    const entry = list.items.find((item) => item.at("key").is(key));
    return { at: entry?.at("value") ?? list, text: entry?.at("value").text };
  }
  if (!isAlbIngress(object)) return { at: property(props), text: property(props).text };
  const line = props.at("metadata", "annotations", `${ALB}load-balancer-attributes`);
  const pair = (line.text ?? "")
    .split(",")
    .map((part) => part.trim().split("="))
    .find(([name]) => name === key);
  return { at: line, text: pair?.[1] };
}

function judgeAttribute(object: PolicyObject, attribute: Attribute): readonly Finding[] {
  if (isConfiguration(object) && !shapesBalancer(object)) return [];
  if (isType(object, ...BALANCERS) && !isApplication(object)) return [];
  const { at, text } = stated(object, attribute);
  return violatedIf(!attribute.holds(text), at, attribute.message);
}

interface Facts {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
}

const attributeRule = (facts: Facts, attribute: Attribute): Rule => ({
  ...facts,
  category: "cloud",
  scope: "object",
  standards: [],
  link: `${GUIDE}application-load-balancers.html#load-balancer-attributes`,
  applies: isBalancer,
  check: (object) => judgeAttribute(object, attribute),
});

const ATTRIBUTE_RULES: readonly Rule[] = [
  attributeRule(
    {
      id: "cloud-balancer-logs",
      severity: "medium",
      title: "Every load balancer must keep a log of its requests.",
      why: "It is the only record of what was asked from outside.",
      remedy: "set access_logs.s3.enabled to true, with bucket and prefix",
    },
    {
      key: "access_logs.s3.enabled",
      property: (props) => props.at("accessLogs", "enabled"),
      holds: (text) => text === "true",
      message: "no log of requests",
    },
  ),
  attributeRule(
    {
      id: "cloud-balancer-headers",
      severity: "medium",
      title: "Every load balancer must drop headers that are not valid.",
      why: "Programs disagree on what they mean, and one of them guards the other.",
      remedy: "set routing.http.drop_invalid_header_fields.enabled to true",
    },
    {
      key: "routing.http.drop_invalid_header_fields.enabled",
      property: (props) => props.at("dropInvalidHeaderFields"),
      holds: (text) => text === "true",
      message: "headers that are not valid are passed on",
    },
  ),
  attributeRule(
    {
      id: "cloud-balancer-desync",
      severity: "medium",
      title: "Every load balancer must stop requests that two programs read differently.",
      why: "One request smuggled inside another is past every check of the first.",
      remedy: "leave routing.http.desync_mitigation_mode out, or set it to defensive or strictest",
    },
    {
      key: "routing.http.desync_mitigation_mode",
      property: (props) => props.at("desyncMitigationMode"),
      holds: (text) => text !== "monitor",
      message: "such requests are only counted",
    },
  ),
  attributeRule(
    {
      id: "cloud-balancer-deletion-protected",
      severity: "medium",
      title: "The cloud itself must refuse to delete a load balancer.",
      why: "Its address is in DNS, in other people's allow-lists, and nobody can have it back.",
      remedy: "set deletion_protection.enabled to true",
    },
    {
      key: "deletion_protection.enabled",
      property: (props) => props.at("enableDeletionProtection"),
      holds: (text) => text === "true",
      message: "it can be deleted by a slip",
    },
  ),
];

const hasFirewall = ({ props }: PolicyObject): boolean =>
  !props.at("spec", "wafV2").isKnown || props.at("spec", "wafV2").isSet;

/** Configurations in force for some Gateway, and whether each of those Gateways has a firewall: what a class and its Gateway say adds up. */
const inForce = perStack((stack) => {
  const guardedBy = new Map<PolicyObject, boolean>();
  for (const gateway of stack.kind("gateway.networking.k8s.io", "Gateway")) {
    const configurations = configurationsOf(gateway, stack);
    const some = configurations.some(hasFirewall);
    for (const one of configurations) guardedBy.set(one, some && guardedBy.get(one) !== false);
  }
  return guardedBy;
});

/** A Gateway whose references are not known yet has none for now. */
function configurationsOf(gateway: PolicyObject, stack: Stack): readonly PolicyObject[] {
  const { props } = gateway;
  const known = props.at("spec", "gatewayClassName").isKnown && props.at("spec", "infrastructure").isKnown;
  return known ? loadBalancerConfigurations(gateway, stack) : [];
}

function guarded(object: PolicyObject, stack: Stack): readonly Finding[] {
  const { props } = object;
  if (isConfiguration(object)) {
    const scheme = props.at("spec", "scheme");
    if (!shapesBalancer(object) || scheme.is("internal")) return [];
    return (inForce(stack).get(object) ?? hasFirewall(object))
      ? []
      : [violated(props.at("spec", "wafV2"), "no firewall is attached")];
  }
  if (isAlbIngress(object)) {
    const arn = props.at("metadata", "annotations", `${ALB}wafv2-acl-arn`);
    const scheme = props.at("metadata", "annotations", `${ALB}scheme`);
    return violatedIf(scheme.is("internet-facing") && !arn.isSet, arn, "no firewall is attached");
  }
  if (!isApplication(object) || isOn(props.at("internal"))) return [];
  const types = ["aws:wafv2/webAclAssociation:WebAclAssociation"];
  const { found } = companions(object, stack, { types, property: "resourceArn", names: [props.at("arn")] });
  return violatedIf(found.length === 0, props.at("internal"), "no firewall is attached");
}

const countsOnly = ({ props }: PolicyObject): readonly Finding[] =>
  each(props.at("rules").items, (rule) =>
    violatedIf(
      rule.at("overrideAction", "count").isSet || rule.at("action", "count").isSet,
      rule,
      "what this rule finds is only counted",
    ),
  );

const managed = ({ props }: PolicyObject): readonly Finding[] => {
  const rules = props.at("rules");
  const some = rules.items.some((rule) => rule.at("statement", "managedRuleGroupStatement").isSet);
  return violatedIf(!some, rules, "no managed rule group: nobody updates what it knows of attacks");
};

const WAF_RULES: readonly Rule[] = [
  {
    id: "cloud-balancer-firewall",
    category: "cloud",
    scope: "stack",
    severity: "medium",
    standards: [],
    title: "Every load balancer that faces the internet must have a web application firewall.",
    why: "Floods and known attacks end there, before they cost a pod.",
    remedy: "attach a web ACL: wafV2.webACL of the LoadBalancerConfiguration, the annotation, or a WebAclAssociation",
    link: "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",
    applies: isBalancer,
    check: guarded,
  },
  cloudRule(
    {
      id: "cloud-firewall-blocks",
      types: ["aws:wafv2/webAcl:WebAcl"],
      severity: "medium",
      standards: [],
      title: "A web application firewall must block what it finds.",
      why: "One that counts is a dashboard.",
      remedy: "set overrideAction none, and action block",
      link: "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html",
    },
    countsOnly,
  ),
  cloudRule(
    {
      id: "cloud-firewall-managed",
      types: ["aws:wafv2/webAcl:WebAcl"],
      severity: "medium",
      standards: [],
      title: "A web application firewall must carry a managed rule group.",
      why: "Attacks change faster than our rules would.",
      remedy: "add AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet",
      link: "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html",
    },
    managed,
  ),
];

export const CLOUD_BALANCER_RULES: readonly Rule[] = [...ATTRIBUTE_RULES, ...WAF_RULES];
