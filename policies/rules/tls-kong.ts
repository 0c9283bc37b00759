/** TLS through Kong where an Ingress or Gateway does not say it: its own resources, and annotations of Services. */
import { isKind, type PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";

const GROUP = "configuration.konghq.com";
const GUIDE = "https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/";
const PLAIN: ReadonlySet<string | undefined> = new Set(["http", "grpc", "tcp", "udp"]);

const plainProtocols = (protocols: Field): readonly Finding[] =>
  each(protocols.items, (protocol) =>
    violatedIf(PLAIN.has(protocol.text), protocol, "plain connections are served too"),
  );

/** Annotations list protocols in one text. */
const plainAnnotation = (annotation: Field): readonly Finding[] =>
  each([annotation], ({ text = "" }) =>
    violatedIf(
      text.split(",").some((part) => PLAIN.has(part.trim())),
      annotation,
      "plain connections are served too",
    ),
  );

const annotation = ({ props }: PolicyObject, name: string): Field =>
  props.at("metadata", "annotations", `konghq.com/${name}`);

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
    check: (service) =>
      each([annotation(service, "tls-verify")], (flag) =>
        violatedIf(flag.text === "false", flag, "any certificate will do"),
      ),
  },
];
