/** TLS on what else listens to clients: Ingress and LoadBalancer Services, each by the means of its class. */
import { annotation as annotated, namespaced, objects, text } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { decide, each, unchecked, violated, violatedIf, type Finding, type ObjectRule, type Rule } from "../rule";
import type { Field } from "../value";
import { isModern, MODERN } from "./tls-versions";

const annotation = ({ props }: PolicyObject, name: string): Field => props.at("metadata", "annotations", name);

const className = (ingress: PolicyObject): Field => {
  const field = ingress.props.at("spec", "ingressClassName");
  return field.isKnown && !field.isSet ? annotation(ingress, "kubernetes.io/ingress.class") : field;
};

/** Every rule's host needs a certificate; a wildcard covers one label. */
function uncoveredHosts(ingress: PolicyObject): readonly Finding[] {
  const covered = ingress.props
    .at("spec", "tls")
    .items.flatMap((entry) => entry.at("hosts").items.map((host) => host.text ?? ""));
  return each(ingress.props.at("spec", "rules").items, (rule) => {
    const host = rule.at("host");
    return violatedIf(!isListed(host.text ?? "*", covered), host, "this host is in no entry of spec.tls");
  });
}

const isListed = (host: string, covered: readonly string[]): boolean =>
  covered.includes(host) || covered.includes(host.replace(/^[^.]+/, "*"));

const withTls = (ingress: PolicyObject): readonly Finding[] => {
  const tls = ingress.props.at("spec", "tls");
  return tls.items.length === 0 ? [violated(tls, "no certificate")] : uncoveredHosts(ingress);
};

const ALB = "alb.ingress.kubernetes.io/";

/** A protocol as a key of the annotation's JSON. */
const portOf = (protocol: string): string => `"${protocol}"[ \\t\\r\\n]*:`;

/** The ports as the controller reads them; without the annotation, HTTPS 443 if a certificate is named, else HTTP 80. */
function albPorts(ingress: PolicyObject): readonly string[] {
  const stated = annotation(ingress, `${ALB}listen-ports`).text;
  if (stated === undefined) return annotation(ingress, `${ALB}certificate-arn`).isSet ? ["HTTPS"] : ["HTTP"];
  return ["HTTPS", "HTTP"].filter((protocol) => new RegExp(portOf(protocol)).test(stated));
}

const alb = (ingress: PolicyObject): readonly Finding[] => {
  const [ports, policy] = [annotation(ingress, `${ALB}listen-ports`), annotation(ingress, `${ALB}ssl-policy`)];
  const protocols = albPorts(ingress);
  const redirects = annotation(ingress, `${ALB}ssl-redirect`).isSet;
  if (!protocols.includes("HTTPS")) return [violated(ports, "no HTTPS port")];
  return [
    ...decide(() =>
      violatedIf(!isModern(policy), policy, "no policy that begins at TLS 1.2: the default of 2016 accepts TLS 1.0"),
    ),
    ...violatedIf(protocols.includes("HTTP") && !redirects, ports, "the plain port does not redirect"),
  ];
};

const kong = (ingress: PolicyObject): readonly Finding[] => {
  const protocols = annotation(ingress, "konghq.com/protocols");
  return [
    ...decide(() => withTls(ingress)),
    ...decide(() => violatedIf(!protocols.is("https"), protocols, "plain HTTP is served too")),
  ];
};

const nginx = (ingress: PolicyObject): readonly Finding[] => {
  const redirect = annotation(ingress, "nginx.ingress.kubernetes.io/ssl-redirect");
  return [
    ...decide(() => withTls(ingress)),
    ...decide(() => violatedIf(redirect.is("false"), redirect, "plain HTTP is served too")),
  ];
};

const MEANS: Readonly<Record<string, (ingress: PolicyObject) => readonly Finding[]>> = { alb, kong, nginx };

function judgeIngress(ingress: PolicyObject): readonly Finding[] {
  const field = className(ingress);
  const name = field.text ?? "";
  const means = Object.hasOwn(MEANS, name) ? MEANS[name] : undefined;
  return means?.(ingress) ?? [violated(field, "nothing is known of the TLS versions this class accepts")];
}

const INGRESS_CLASS = `object.spec.?ingressClassName.orValue(${annotated("kubernetes.io/ingress.class")}.orValue(""))`;

/** Without the annotation: what the controller takes for it. */
const ALB_PORTS = `${annotated(`${ALB}listen-ports`)}.orValue(${annotated(`${ALB}certificate-arn`)}.hasValue() ? ${text('"HTTPS":')} : ${text('"HTTP":')})`;

const COVERED = `object.spec.?tls.orValue([]).exists(t, t.?hosts.orValue([]).exists(h, h == r.?host.orValue("*") || h == (r.?host.orValue("").contains(".") ? "*" + r.host.substring(r.host.indexOf(".")) : "*")))`;

const WITH_TLS = `size(object.spec.?tls.orValue([])) > 0 && object.spec.?rules.orValue([]).all(r, ${COVERED})`;

/** `MEANS` once more. */
const INGRESS_MEANS: Readonly<Record<string, string>> = {
  alb: [
    `variables.ports.matches(${text(portOf("HTTPS"))})`,
    `${annotated(`${ALB}ssl-policy`)}.orValue("").matches(${text(MODERN)})`,
    `(!variables.ports.matches(${text(portOf("HTTP"))}) || ${annotated(`${ALB}ssl-redirect`)}.hasValue())`,
  ].join(" && "),
  kong: `${WITH_TLS} && ${annotated("konghq.com/protocols")}.orValue("") == "https"`,
  nginx: `${WITH_TLS} && ${annotated("nginx.ingress.kubernetes.io/ssl-redirect")}.orValue("") != "false"`,
};

const ingressAdmission = objects(
  [namespaced("networking.k8s.io", "ingresses")],
  Object.entries(INGRESS_MEANS)
    .map(([name, holds]) => `(variables.class == ${text(name)} && ${holds})`)
    .join(" || "),
  { class: INGRESS_CLASS, ports: ALB_PORTS },
);

const ingressTls: ObjectRule = {
  id: "tls-ingress",
  category: "tls",
  scope: "object",
  severity: "critical",
  standards: ["nsa"],
  title: "Every Ingress must be served over TLS 1.2 or better, and over plain HTTP only to redirect.",
  why: "What travels in the clear, or under TLS 1.0, can be read and changed on the way.",
  remedy:
    "alb: annotations listen-ports with HTTPS, ssl-policy and ssl-redirect; kong: spec.tls and konghq.com/protocols: https; nginx: spec.tls",
  link: "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
  applies: (object) => isKind(object, "networking.k8s.io", "Ingress"),
  admission: ingressAdmission,
  check: judgeIngress,
};

const AWS = "service.beta.kubernetes.io/aws-load-balancer-";

const encryptedPorts = (service: PolicyObject): readonly string[] =>
  (annotation(service, `${AWS}ssl-ports`).text ?? "*").split(",").map((port) => port.trim());

function endsTls(service: PolicyObject, port: Field): boolean {
  const ports = encryptedPorts(service);
  const names = [port.at("port").text, port.at("name").text];
  return (
    annotation(service, `${AWS}ssl-cert`).isSet &&
    (ports.includes("*") || names.some((name) => ports.includes(name ?? "")))
  );
}

const carriesTls = (port: Field): boolean =>
  port.at("appProtocol").is("https") || port.at("name").is("https") || port.at("port").is(443);

function judgePort(service: PolicyObject, port: Field): readonly Finding[] {
  if (!endsTls(service, port)) {
    return carriesTls(port)
      ? [unchecked(port, "the load balancer passes TLS through: the pods behind end it")]
      : [violated(port, "this port is open to clients without TLS")];
  }
  const policy = annotation(service, `${AWS}ssl-negotiation-policy`);
  return violatedIf(!isModern(policy), policy, "no policy that begins at TLS 1.2: the default of 2016 accepts TLS 1.0");
}

const ENDS_TLS = [
  `${annotated(`${AWS}ssl-cert`)}.hasValue()`,
  `variables.encrypted.exists(e, e == "*" || e == string(p.port) || e == p.?name.orValue(""))`,
].join(" && ");

const CARRIES_TLS = `p.?appProtocol.orValue("") == "https" || p.?name.orValue("") == "https" || p.port == 443`;

const serviceAdmission = objects(
  [namespaced("", "services")],
  `object.spec.?type.orValue("") != "LoadBalancer" || object.spec.?ports.orValue([]).all(p, ${ENDS_TLS} ? variables.modern : ${CARRIES_TLS})`,
  {
    encrypted: `${annotated(`${AWS}ssl-ports`)}.orValue("*").split(",").map(e, e.trim())`,
    modern: `${annotated(`${AWS}ssl-negotiation-policy`)}.orValue("").matches(${text(MODERN)})`,
  },
);

const serviceTls: ObjectRule = {
  id: "tls-load-balancer-service",
  category: "tls",
  scope: "object",
  severity: "critical",
  standards: ["nsa"],
  title: "Every port of a LoadBalancer Service must carry TLS 1.2 or better.",
  why: "A load balancer of a Service answers clients outside the cluster.",
  remedy:
    "publish through the Gateway with a ClusterIP Service, or set the ssl-cert and ssl-negotiation-policy annotations",
  link: "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/",
  applies: (object) => isKind(object, "", "Service"),
  admission: serviceAdmission,
  check: (service) =>
    service.props.at("spec", "type").is("LoadBalancer")
      ? each(service.props.at("spec", "ports").items, (port) => judgePort(service, port))
      : [],
};

export const TLS_EXPOSURE_RULES: readonly Rule[] = [ingressTls, serviceTls];
