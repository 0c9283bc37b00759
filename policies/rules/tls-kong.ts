/** TLS through Kong where an Ingress or Gateway does not say it: its own resources, and annotations of Services. */
import { annotation as annotated, namespaced, objects, text, texts, type Resources } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";

const GROUP = "configuration.konghq.com";
const GUIDE = "https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/";
const PLAIN_WORDS = ["http", "grpc", "tcp", "udp"];
const PLAIN: readonly (string | undefined)[] = PLAIN_WORDS;

const plainProtocols = (protocols: Field): readonly Finding[] =>
  each(protocols.items, (protocol) =>
    violatedIf(PLAIN.includes(protocol.text), protocol, "plain connections are served too"),
  );

/** Annotations list protocols in one text. */
const plainAnnotation = (annotation: Field): readonly Finding[] =>
  each([annotation], ({ text = "" }) =>
    violatedIf(
      text.split(",").some((part) => PLAIN.includes(part.trim())),
      annotation,
      "plain connections are served too",
    ),
  );

const annotation = ({ props }: PolicyObject, name: string): Field =>
  props.at("metadata", "annotations", `konghq.com/${name}`);

const KONG: Resources = {
  group: GROUP,
  versions: ["v1", "v1beta1"],
  resources: ["kongingresses", "tcpingresses", "udpingresses"],
};

/** Protocols of a KongIngress itself its definition refuses, before any policy is asked. */
const ENCRYPTED = `!${annotated("konghq.com/protocols")}.orValue("").split(",").exists(p, p.trim() in ${texts(PLAIN_WORDS)})`;

export const TLS_KONG_RULES: readonly Rule[] = [
  {
    id: "tls-kong-protocols",
    category: "tls",
    scope: "object",
    severity: "critical",
    standards: [],
    title: "No resource of Kong may serve plain connections.",
    why: "What travels in the clear can be read and changed on the way.",
    remedy: "name https and grpcs only in route.protocols or the annotation konghq.com/protocols",
    link: GUIDE,
    applies: (object) =>
      isKind(object, GROUP, "KongIngress", "TCPIngress", "UDPIngress") ||
      isKind(object, "gateway.networking.k8s.io", "HTTPRoute", "GRPCRoute"),
    admission: objects([KONG, namespaced("gateway.networking.k8s.io", "httproutes", "grpcroutes")], ENCRYPTED),
    check: (object) => [
      ...plainProtocols(object.props.at("route", "protocols")),
      ...plainAnnotation(annotation(object, "protocols")),
    ],
  },
  {
    id: "tls-kong-upstream",
    category: "tls",
    scope: "object",
    severity: "high",
    standards: [],
    title: "Kong must check the certificate of what it forwards to.",
    why: "TLS to somebody unknown hides the traffic from everybody but the attacker.",
    remedy: "remove the annotation konghq.com/tls-verify, or set it to true with konghq.com/ca-certificates-secrets",
    link: GUIDE,
    applies: (object) => isKind(object, "", "Service"),
    admission: objects(
      [namespaced("", "services")],
      `${annotated("konghq.com/tls-verify")}.orValue("") != ${text("false")}`,
    ),
    check: (service) =>
      each([annotation(service, "tls-verify")], (flag) =>
        violatedIf(flag.text === "false", flag, "any certificate will do"),
      ),
  },
];
