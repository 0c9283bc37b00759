/** TLS on what the cloud listens with: load balancer listeners, Valkey and PostgreSQL. */
import { companions, named } from "../joins";
import { isKind, isType, type PolicyObject } from "../object";
import {
  decide,
  each,
  unchecked,
  undecided,
  violated,
  violatedIf,
  type Finding,
  type ObjectRule,
  type Rule,
  type StackRule,
} from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { isModern } from "./tls-versions";

const CLEAR = "What travels in the clear, or under TLS 1.0, can be read and changed on the way.";

const redirectsToHttps = (action: Field): boolean =>
  action.at("type").is("redirect") && (action.at("redirect", "protocol").text ?? "HTTPS") === "HTTPS";

/** Every action of a plain listener and of its rules must redirect. */
const plainActions = (listener: PolicyObject, stack: Stack): readonly Field[] =>
  [listener.props.at("defaultActions"), ...rulesOf(listener, stack).map(({ props }) => props.at("actions"))].flatMap(
    (actions) => actions.items,
  );

const rulesOf = (listener: PolicyObject, stack: Stack): readonly PolicyObject[] =>
  companions(listener, stack, { types: LISTENER_RULES, property: "listenerArn", names: [] }).found;

const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];
const LISTENER_RULES = ["aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule"];

function judgeListener(listener: PolicyObject, stack: Stack): readonly Finding[] {
  const [protocol, policy] = [listener.props.at("protocol"), listener.props.at("sslPolicy")];
  if (protocol.is("HTTPS") || protocol.is("TLS"))
    return violatedIf(!isModern(policy), policy, "no policy that begins at TLS 1.2");
  if (!protocol.is("HTTP")) return [violated(protocol, "this protocol is not encrypted by the load balancer")];
  return each(plainActions(listener, stack), (action) =>
    violatedIf(!redirectsToHttps(action), action, "a plain listener may only redirect to https"),
  );
}

const listenerTls: StackRule = {
  id: "tls-aws-listener",
  category: "tls",
  scope: "stack",
  severity: "critical",
  standards: ["cis-aws"],
  title: "Every listener of an AWS load balancer must speak TLS 1.2 or better; a plain one may only redirect.",
  why: CLEAR,
  remedy: "protocol HTTPS with sslPolicy ELBSecurityPolicy-TLS13-1-2-2021-06, and on port 80 a redirect to https",
  link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
  applies: (object) => isType(object, ...LISTENERS),
  check: judgeListener,
};

const replicationGroupTls: ObjectRule = {
  id: "tls-elasticache",
  category: "tls",
  scope: "object",
  severity: "critical",
  standards: [],
  title: "A replication group must encrypt in transit and refuse plain connections.",
  why: CLEAR,
  remedy: 'set transitEncryptionEnabled: true and leave transitEncryptionMode out, or "required"',
  link: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html",
  applies: (object) => isType(object, "aws:elasticache/replicationGroup:ReplicationGroup"),
  check: ({ props }) => [
    ...decide(() =>
      violatedIf(
        !props.at("transitEncryptionEnabled").is(true),
        props.at("transitEncryptionEnabled"),
        "plain connections are taken",
      ),
    ),
    ...decide(() =>
      violatedIf(
        props.at("transitEncryptionMode").is("preferred"),
        props.at("transitEncryptionMode"),
        "plain connections are taken too",
      ),
    ),
  ],
};

/** PostgreSQL forces TLS by default from version 15 on, and TLS 1.2 as the minimum from 12 on. */
const forcesByDefault = (version: string | undefined): boolean => Number.parseInt(version ?? "", 10) >= 15;

const parameterGroup = (instance: PolicyObject, stack: Stack): PolicyObject | undefined =>
  named(instance, stack, "parameterGroupName", [PARAMETER_GROUP])[0];

const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";

function judgeInstance(instance: PolicyObject, stack: Stack): readonly Finding[] {
  if (!(instance.props.at("engine").text ?? "").startsWith("postgres")) return [];
  const reference = instance.props.at("parameterGroupName");
  const found = parameterGroup(instance, stack);
  if (found !== undefined) return judgeParameters(found, reference);
  if (!reference.isKnown) return [undecided(reference)];
  const version = instance.props.at("engineVersion");
  return violatedIf(
    !forcesByDefault(version.text),
    reference,
    "plain connections are taken: this version does not force TLS by default",
  );
}

function judgeParameters(found: PolicyObject, reference: Field): readonly Finding[] {
  const forced = found.props.at("parameters").items.find((parameter) => parameter.at("name").is("rds.force_ssl"));
  const family = found.props.at("family").text?.replace(/^\D+/, "");
  const on = forced === undefined ? forcesByDefault(family) : forced.at("value").text === "1";
  return [
    ...violatedIf(!on, reference, "plain connections are taken: its parameter group does not set rds.force_ssl to 1"),
    ...decide(() => oldVersions(found, reference)),
  ];
}

function oldVersions(found: PolicyObject, reference: Field): readonly Finding[] {
  const least = found.props
    .at("parameters")
    .items.find((parameter) => parameter.at("name").is("ssl_min_protocol_version"));
  const old = /^TLSv1(\.1)?$/.test(least?.at("value").text ?? "");
  return violatedIf(old, reference, "less than TLS 1.2 is taken: ssl_min_protocol_version of its parameter group");
}

const instanceTls: StackRule = {
  id: "tls-rds",
  category: "tls",
  scope: "stack",
  severity: "critical",
  standards: ["cis-aws"],
  title: "PostgreSQL on RDS must refuse plain connections.",
  why: CLEAR,
  remedy: "give the instance a parameter group with rds.force_ssl = 1",
  link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
  applies: (object) => isType(object, "aws:rds/instance:Instance"),
  check: judgeInstance,
};

/** Inside the network the load balancer may speak plainly to a target; where it need not, it should not. */
const targetTls: ObjectRule = {
  id: "tls-target-group",
  category: "tls",
  scope: "object",
  severity: "low",
  standards: [],
  title: "A load balancer should speak TLS to its targets too.",
  why: CLEAR,
  remedy: 'set protocol: "HTTPS" on the target group, and a certificate in the target',
  link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
  applies: (object) => isType(object, ...TARGETS) || isKind(object, "gateway.k8s.aws", "TargetGroupConfiguration"),
  check: (object) => (isType(object, ...TARGETS) ? judgeTarget(object.props.at("protocol")) : judgePods(object)),
};

const TARGETS = ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"];

const judgeTarget = (protocol: Field): readonly Finding[] =>
  violatedIf(!["HTTPS", "TLS"].includes(protocol.text ?? ""), protocol, "targets are spoken to in the clear");

/** The edge ends TLS; what runs behind it is the network policies' to close. Said, not held against anybody. */
const judgePods = ({ props }: PolicyObject): readonly Finding[] => {
  const protocol = props.at("spec", "defaultConfiguration", "protocol");
  return protocol.is("HTTPS")
    ? []
    : [unchecked(protocol, "TLS ends at the load balancer: pods are spoken to in the clear")];
};

export const TLS_CLOUD_RULES: readonly Rule[] = [listenerTls, replicationGroupTls, instanceTls, targetTls];
