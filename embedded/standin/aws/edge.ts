/** Certificates, DNS, the web application firewall and load balancers (the latter made by a played controller). */
import { hexOf } from "../minting";
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import type { Properties, Value } from "../values";
import { SECURITY_GROUP, SUBNET, VPC } from "./ec2";
import { regionalArn, upper, uuid } from "./identifiers";

export const CERTIFICATE = "aws:acm/certificate:Certificate";
export const ZONE = "aws:route53/zone:Zone";
export const RECORD = "aws:route53/record:Record";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
export const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const LISTENER = "aws:lb/listener:Listener";

const TLS_POLICY = /^ELBSecurityPolicy-/;

export const edgeTypes: TypeTable = {
  [CERTIFICATE]: {
    checks: "checked",
    id: regionalArn("acm", (m) => `certificate/${uuid(m)}`),
    arn: ({ id }) => id,
    outputs: (m) => ({
      ...{
        domainValidationOptions: validationOptions(m),
        status: "ISSUED",
        type: "AMAZON_ISSUED",
        validationEmails: [],
      },
      ...{
        notBefore: m.created,
        notAfter: "",
        pendingRenewal: false,
        renewalEligibility: "INELIGIBLE",
        renewalSummaries: [],
      },
      ...{
        keyAlgorithm: "RSA_2048",
        subjectAlternativeNames: [String(m.inputs["domainName"])],
        validationMethod: "NONE",
      },
    }),
    forceNew: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "certificateAuthorityArn"],
    valid: { validationMethod: ["DNS", "EMAIL"], domainName: /^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$/ },
    quota: { limit: 2_500, code: "LimitExceededException" },
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    checks: "checked",
    id: ({ created }) => created,
    forceNew: ["certificateArn", "validationRecordFqdns"],
    refs: { certificateArn: follows(CERTIFICATE) },
    refuse: validationProblem,
  },
  [ZONE]: {
    checks: "checked",
    global: true,
    id: (m) => `Z${upper(20, m)}`,
    arn: ({ partition, id }) => `arn:${partition}:route53:::hostedzone/${id}`,
    name: { property: "name" },
    defaults: { comment: "Managed by Pulumi", forceDestroy: false },
    outputs: (m) => ({ zoneId: m.id, nameServers: nameServers(m), primaryNameServer: nameServers(m)[0] ?? "" }),
    forceNew: ["name", "delegationSetId"],
    refs: { "vpcs[].vpcId": blocks(VPC) },
    quota: { limit: 500, code: "TooManyHostedZones" },
  },
  [RECORD]: {
    checks: "checked",
    global: true,
    id: ({ inputs }) => ["zoneId", "name", "type", "setIdentifier"].flatMap((of) => inputs[of] ?? []).join("_"),
    outputs: ({ inputs, find }) => ({
      fqdn: fullName(inputs, find(ZONE, inputs["zoneId"])?.properties["name"]),
      allowOverwrite: false,
    }),
    forceNew: ["name", "type", "zoneId", "setIdentifier"],
    refs: { zoneId: blocks(ZONE) },
    valid: { type: "A AAAA CAA CNAME DS HTTPS MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT".split(" ") },
    unique: [{ in: "account", by: ["zoneId", "name", "type", "setIdentifier"] }],
    overwrites: ({ allowOverwrite }) => allowOverwrite === true,
    quota: { limit: 10_000, per: "zoneId", code: "TooManyRecordSets" },
    refuse: ({ inputs }) =>
      (inputs["records"] === undefined) === (inputs["aliases"] === undefined)
        ? "InvalidChangeBatch: exactly one of records and aliases must be given"
        : undefined,
  },
  [WEB_ACL]: {
    checks: "passed through",
    id: uuid,
    arn: (m) =>
      regionalArn("wafv2", ({ inputs, id }) => `${scopePath(inputs)}/webacl/${String(inputs["name"])}/${id}`)(m),
    name: { property: "name", prefix: "namePrefix", max: 128 },
    outputs: (m) => ({
      applicationIntegrationUrl: "",
      capacity: capacity(m.inputs["rules"]),
      lockToken: m.hex(32, "token"),
    }),
    unstable: ["lockToken", "capacity"],
    forceNew: ["name", "namePrefix", "scope"],
    valid: { scope: ["REGIONAL", "CLOUDFRONT"] },
    unique: [{ in: "region", by: ["name", "scope"] }],
    quota: { limit: 100, code: "WAFLimitsExceededException" },
    refuse: ({ inputs, region }) =>
      inputs["scope"] === "CLOUDFRONT" && region !== "us-east-1"
        ? "WAFInvalidParameterException: scope CLOUDFRONT exists in us-east-1 only"
        : undefined,
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    checks: "checked",
    id: ({ inputs }) => `${String(inputs["webAclArn"])},${String(inputs["resourceArn"])}`,
    forceNew: ["resourceArn", "webAclArn"],
    refs: { webAclArn: blocks(WEB_ACL), resourceArn: follows(LOAD_BALANCER) },
    unique: [{ in: "region", by: ["resourceArn"] }],
  },
  [LOAD_BALANCER]: {
    checks: "checked",
    id: regionalArn("elasticloadbalancing", (m) => `loadbalancer/app/${String(m.inputs["name"])}/${m.hex(16)}`),
    arn: ({ id }) => id,
    name: { property: "name", prefix: "namePrefix", max: 32 },
    defaults: { loadBalancerType: "application", idleTimeout: 60, enableDeletionProtection: false },
    outputs: (m) => ({
      ...{
        arnSuffix: m.id.split("loadbalancer/")[1] ?? "",
        internal: false,
        ipAddressType: "ipv4",
        zoneId: "Z32O12XQLNTSW2",
      },
      dnsName: `${m.inputs["internal"] === true ? "internal-" : ""}${String(m.inputs["name"])}-${parseInt(m.hex(8), 16)}.${m.region}.elb.amazonaws.com`,
      vpcId: m.find(SUBNET, (m.inputs["subnets"] as readonly Value[] | undefined)?.[0])?.properties["vpcId"] ?? "",
    }),
    forceNew: ["name", "namePrefix", "internal", "loadBalancerType"],
    refs: { "subnets[]": blocks(SUBNET), "securityGroups[]": blocks(SECURITY_GROUP) },
    valid: { loadBalancerType: ["application", "network", "gateway"] },
    unique: [{ in: "region", by: ["name"] }],
    quota: { limit: 50, code: "TooManyLoadBalancers" },
    handles: ({ inputs }) => [String(inputs["name"])],
    keeps: ({ id, properties }) =>
      properties["enableDeletionProtection"] === true
        ? `OperationNotPermitted: ${id} has deletion protection on`
        : undefined,
  },
  [TARGET_GROUP]: {
    checks: "checked",
    id: regionalArn("elasticloadbalancing", (m) => `targetgroup/${String(m.inputs["name"])}/${m.hex(16)}`),
    arn: ({ id }) => id,
    name: { property: "name", prefix: "namePrefix", max: 32 },
    outputs: ({ id }) => ({ arnSuffix: id.split(":").pop() ?? "", loadBalancerArns: [], protocolVersion: "HTTP1" }),
    forceNew: ["name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
    refs: { vpcId: weak(VPC) },
    unique: [{ in: "region", by: ["name"] }],
    quota: { limit: 3_000, code: "TooManyTargetGroups" },
  },
  [LISTENER]: {
    checks: "checked",
    id: ({ inputs, hex }) => `${String(inputs["loadBalancerArn"]).replace(":loadbalancer/", ":listener/")}/${hex(16)}`,
    arn: ({ id }) => id,
    forceNew: ["loadBalancerArn"],
    refs: {
      loadBalancerArn: follows(LOAD_BALANCER),
      certificateArn: blocks(CERTIFICATE),
      "defaultActions[].targetGroupArn": blocks(TARGET_GROUP),
    },
    valid: { sslPolicy: TLS_POLICY, protocol: "HTTP HTTPS TCP TLS UDP TCP_UDP GENEVE".split(" ") },
    unique: [{ in: "region", by: ["loadBalancerArn", "port"] }],
    quota: { limit: 50, per: "loadBalancerArn", code: "TooManyListeners" },
  },
  "aws:lb/listenerRule:ListenerRule": {
    checks: "checked",
    id: ({ inputs, hex }) => `${String(inputs["listenerArn"]).replace(":listener/", ":listener-rule/")}/${hex(16)}`,
    arn: ({ id }) => id,
    forceNew: ["listenerArn"],
    refs: { listenerArn: follows(LISTENER), "actions[].targetGroupArn": blocks(TARGET_GROUP) },
    unique: [{ in: "region", by: ["listenerArn", "priority"] }],
    quota: { limit: 100, per: "listenerArn", code: "TooManyRules" },
  },
};

const names = ({ inputs }: Minting): readonly string[] => {
  const more = inputs["subjectAlternativeNames"];
  return [...new Set([String(inputs["domainName"]), ...(Array.isArray(more) ? more.map(String) : [])])];
};

/** One record per name and account, the same in every region; a wildcard shares its parent's. */
const validationOptions = (m: Minting): readonly Properties[] =>
  names(m).map((domainName) => {
    const parent = domainName.replace(/^\*\./, "");
    const resourceRecordName = `_${hexOf(`${m.account} ${parent}`, 32)}.${parent}.`;
    const resourceRecordValue = `_${hexOf(`${m.account} ${parent} value`, 32)}.acm-validations.aws.`;
    return { domainName, resourceRecordName, resourceRecordType: "CNAME", resourceRecordValue };
  });

/** Real validation waits for DNS; here each record must be in Route 53, and in the list if one is given. */
function validationProblem({ inputs, find, all }: Minting): string | undefined {
  const options = find(CERTIFICATE, inputs["certificateArn"])?.properties["domainValidationOptions"];
  const wanted = Array.isArray(options) ? (options as readonly Properties[]) : [];
  const listed = inputs["validationRecordFqdns"];
  const sources = [...(Array.isArray(listed) ? [listed] : []), all(RECORD).map(({ properties }) => properties["fqdn"])];
  const present = sources.map((names) => new Set(names.map((name) => undotted(name as Value))));
  const missing = wanted.find((one) => !present.every((names) => names.has(undotted(one["resourceRecordName"]))));
  return missing === undefined
    ? undefined
    : `no DNS record ${String(missing["resourceRecordName"])} validates ${String(missing["domainName"])} yet`;
}

const undotted = (name: Value | undefined): string => String(name).replace(/\.$/, "");

const nameServers = (m: Minting): readonly string[] =>
  ["com", "net", "org", "co.uk"].map(
    (end, at) => `ns-${(parseInt(m.hex(4, end), 16) % 512) + at * 512}.awsdns-${at}${at}.${end}`,
  );

function fullName(inputs: Properties, zone: Value | undefined): string {
  const [name, of] = [String(inputs["name"]).replace(/\.$/, ""), String(zone ?? "")];
  return name === "" ? of : name === of || name.endsWith(`.${of}`) ? name : `${name}.${of}`;
}

const scopePath = (inputs: Properties): string => (inputs["scope"] === "CLOUDFRONT" ? "global" : "regional");

/** A believable sum: managed groups are worth hundreds of units, a rate rule two. */
const capacity = (rules: Value | undefined): number => (Array.isArray(rules) ? rules.length * 50 : 0);
