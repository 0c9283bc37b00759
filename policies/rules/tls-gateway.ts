/**
 * TLS 1.2 or better on every listener of a Gateway, by the means of the class that serves it. A class this pack does not
 * know is a violation and not `undecided`: no later run would decide it, and an open question must not look like a pass.
 */
import { namespaced, objects } from "../admission/form";
import {
  controllerOf,
  hasUndecidedRoutes,
  isGateway,
  loadBalancerConfigurations,
  onlyRedirects,
  routesOf,
  type GatewayController,
} from "../kubernetes/gateways";
import type { PolicyObject } from "../object";
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

interface Listening {
  readonly listener: Field;
  readonly gateway: PolicyObject;
  readonly stack: Stack;
}

function judgeListener(place: Listening): readonly Finding[] {
  const protocol = place.listener.at("protocol");
  switch (protocol.text) {
    case "HTTPS":
    case "TLS":
      return judgeEncrypted(place);
    case "HTTP":
      return judgePlain(place);
    default:
      return [violated(protocol, "this protocol is not encrypted by the gateway")];
  }
}

/** A plain listener may only redirect; one that carries nothing at all should not be open. */
function judgePlain({ listener, gateway, stack }: Listening): readonly Finding[] {
  const protocol = listener.at("protocol");
  if (hasUndecidedRoutes(listener, gateway, stack))
    return [undecided(protocol, "waits for a route whose parents are not known yet")];
  const routes = routesOf(listener, gateway, stack);
  if (routes.length === 0) return [violated(protocol, "no route redirects this plain listener to https")];
  return routes.flatMap((route) =>
    decide(() =>
      violatedIf(
        !onlyRedirects(route),
        protocol,
        `${route.kind} ${route.name} serves more than a redirect over plain HTTP`,
      ),
    ),
  );
}

function judgeEncrypted(place: Listening): readonly Finding[] {
  const mode = place.listener.at("tls", "mode");
  const controller = controllerOf(place.gateway, place.stack);
  if (controller === undefined) {
    return [
      violated(
        place.gateway.props.at("spec", "gatewayClassName"),
        "nothing is known of the TLS versions this class accepts",
      ),
    ];
  }
  if (mode.is("Passthrough") && controller !== "alb")
    return [unchecked(mode, "TLS passes through: the pods behind end it")];
  return MEANS[controller](place);
}

/** The controller takes no certificateRefs: it finds certificates by host name, and versions by its own policy. */
const albMeans = (place: Listening): readonly Finding[] => [
  ...decide(() => {
    const references = place.listener.at("tls", "certificateRefs");
    return violatedIf(
      references.items.length > 0,
      references,
      "the AWS Load Balancer Controller does not support certificateRefs",
    );
  }),
  ...decide(() => albCertificate(place)),
  ...decide(() => albVersions(place)),
];

/** Discovery needs a host name on the listener or on a route; a configuration may name a certificate instead. */
function albCertificate(place: Listening): readonly Finding[] {
  const { listener, gateway, stack } = place;
  const named = configurationsOf(place).some((settings) => settings.at("defaultCertificate").isSet);
  const hosts = routesOf(listener, gateway, stack).some(
    (route) => route.props.at("spec", "hostnames").items.length > 0,
  );
  const hostname = listener.at("hostname");
  return violatedIf(
    !named && !hosts && !hostname.isSet,
    hostname,
    "no host name by which a certificate could be found",
  );
}

function albVersions(place: Listening): readonly Finding[] {
  const settings = configurationsOf(place);
  const stated = settings.filter((entry) => entry.at("sslPolicy").isSet);
  if (stated.length === 0)
    return [violated(place.listener, "no sslPolicy for this listener: the default of 2016 accepts TLS 1.0")];
  return violatedIf(
    !stated.every((entry) => isModern(entry.at("sslPolicy"))),
    place.listener,
    "its sslPolicy accepts less than TLS 1.2",
  );
}

const configurationsOf = ({ listener, gateway, stack }: Listening): readonly Field[] =>
  loadBalancerConfigurations(gateway, stack)
    .flatMap(({ props }) => props.at("spec", "listenerConfigurations").items)
    .filter((entry) => entry.at("protocolPort").text === `${listener.at("protocol").text}:${listener.at("port").text}`);

/** Kong and Istio accept TLS 1.2 and 1.3 by default; the certificate comes from a Secret. */
function secretMeans({ listener }: Listening): readonly Finding[] {
  const references = listener.at("tls", "certificateRefs");
  return violatedIf(references.items.length === 0, references, "no certificate");
}

const MEANS: Readonly<Record<GatewayController, (place: Listening) => readonly Finding[]>> = {
  alb: albMeans,
  kong: secretMeans,
  istio: secretMeans,
};

const listenerTls: StackRule = {
  id: "tls-gateway-listener",
  category: "tls",
  scope: "stack",
  severity: "critical",
  standards: ["nsa"],
  title: "Every listener of a Gateway must speak TLS 1.2 or better; a plain one may only redirect.",
  why: "What travels in the clear, or under TLS 1.0, can be read and changed on the way.",
  remedy:
    "use protocol HTTPS with the certificate and version policy of the class (alb: a LoadBalancerConfiguration with sslPolicy; kong, istio: tls.certificateRefs), and redirect HTTP to https",
  link: "https://gateway-api.sigs.k8s.io/guides/tls/",
  applies: isGateway,
  check: (gateway, stack) =>
    each(gateway.props.at("spec", "listeners").items, (listener) => judgeListener({ listener, gateway, stack })),
};

const allowedRoutes: ObjectRule = {
  id: "tls-gateway-allowed-routes",
  category: "tls",
  scope: "object",
  severity: "high",
  standards: [],
  title: "No listener may take routes from every namespace.",
  why: "Whoever may write a route anywhere could take over a host name and its certificate.",
  remedy: "set allowedRoutes.namespaces.from: Selector with a label that only the intended namespaces carry, or Same",
  link: "https://gateway-api.sigs.k8s.io/guides/multiple-ns/",
  applies: isGateway,
  admission: objects(
    [namespaced("gateway.networking.k8s.io", "gateways")],
    `object.spec.listeners.all(l, l.?allowedRoutes.?namespaces.?from.orValue("Same") != "All")`,
  ),
  check: ({ props }) =>
    each(props.at("spec", "listeners").items, (listener) => {
      const from = listener.at("allowedRoutes", "namespaces", "from");
      return violatedIf(from.is("All"), from, "routes of every namespace are taken");
    }),
};

const listenerHost: ObjectRule = {
  id: "tls-gateway-host",
  category: "tls",
  scope: "object",
  severity: "high",
  standards: [],
  title: "Every encrypted listener must name its host.",
  why: "Without a name it serves whatever host a route claims, under whatever certificate is found for it.",
  remedy: "set hostname on the listener; a wildcard of one label is a name",
  link: "https://gateway-api.sigs.k8s.io/guides/tls/",
  applies: isGateway,
  admission: objects(
    [namespaced("gateway.networking.k8s.io", "gateways")],
    `object.spec.listeners.all(l, !(l.protocol in ["HTTPS", "TLS"]) || !(l.?hostname.orValue("") in ["", "*"]))`,
  ),
  check: ({ props }) =>
    each(props.at("spec", "listeners").items, (listener) => {
      const host = listener.at("hostname");
      const encrypted = ["HTTPS", "TLS"].includes(listener.at("protocol").text ?? "");
      return violatedIf(
        encrypted && ["", "*"].includes(host.text ?? ""),
        host,
        "serves every host that a route claims",
      );
    }),
};

export const TLS_GATEWAY_RULES: readonly Rule[] = [listenerTls, allowedRoutes, listenerHost];
