/** Whose host name a route takes, and whether anything answers behind it: Ingresses and routes of Gateway API alike. */
import { namespaced, objects, text, texts } from "../admission/form";
import { perStack, push } from "../joins";
import { selectsSome, serviceSelector } from "../kubernetes/selector-index";
import { isKind, type PolicyObject } from "../object";
import { decide, each, unchecked, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import { groupBy, type Stack } from "../stack";
import type { Field } from "../value";
import { hidesPods } from "./network-namespace";

const GATEWAY = "gateway.networking.k8s.io";
const INGRESSES = "https://kubernetes.io/docs/concepts/services-networking/ingress/";

const isIngress = (object: PolicyObject): boolean => isKind(object, "networking.k8s.io", "Ingress");
const isRoute = (object: PolicyObject): boolean => isKind(object, GATEWAY, "HTTPRoute", "GRPCRoute");

const CATCH_ALL = ["", "*"];
const ingresses = [namespaced("networking.k8s.io", "ingresses")];

function explicitHosts({ props }: PolicyObject): readonly Finding[] {
  const spec = props.at("spec");
  const fallback = spec.at("defaultBackend");
  return [
    ...decide(() => violatedIf(fallback.isSet, fallback, "answers for every host that nobody else claims")),
    ...each(spec.at("rules").items, (rule) => {
      const host = rule.at("host");
      return violatedIf(CATCH_ALL.includes(host.text ?? ""), host, "wants the name of a host");
    }),
  ];
}

const SNIPPET = "(^|/)(server|configuration|auth|stream|modsecurity|location)-snippets?$|^nginx[.]org/.*-snippets$";

const snippet = new RegExp(SNIPPET);

const snippets = ({ props }: PolicyObject): readonly Finding[] =>
  each([props.at("metadata", "annotations")], (annotations) =>
    annotations.entries
      .filter(([name]) => snippet.test(name))
      .map(([, value]) => violated(value, "writes into the proxy's own configuration")),
  );

/** What an object claims: host and path, and for a route also how the path is compared and what else must match. */
function claimsOf(object: PolicyObject): readonly string[] {
  const spec = object.props.at("spec");
  return isIngress(object) ? ingressClaims(spec) : routeClaims(object);
}

const ingressClaims = (spec: Field): readonly string[] =>
  spec
    .at("rules")
    .items.flatMap((rule) =>
      rule
        .at("http", "paths")
        .items.map(
          (path) => `ingress ${rule.at("host").text ?? "*"} ${path.at("pathType").text} ${path.at("path").text ?? "/"}`,
        ),
    );

const DEFAULT_MATCH = "PathPrefix / ";

/** A route without host names takes its listener's; those of the same parent then meet. */
function routeClaims({ props }: PolicyObject): readonly string[] {
  const spec = props.at("spec");
  const hosts = spec.at("hostnames").items.map(({ text }) => text ?? "*");
  const parents = spec
    .at("parentRefs")
    .items.map((parent) =>
      [parent.at("name").text, parent.at("sectionName").text ?? "", parent.at("port").text ?? ""].join("/"),
    );
  const matches = spec.at("rules").items.flatMap((rule) => {
    const stated = rule.at("matches").items;
    return stated.length === 0 ? [DEFAULT_MATCH] : stated.map(matchText);
  });
  return (hosts.length === 0 ? ["*"] : hosts).flatMap((host) =>
    parents.flatMap((parent) => matches.map((match) => `route ${parent} ${host} ${match}`)),
  );
}

function matchText(match: Field): string {
  const rest = ["method", "headers", "queryParams"].map((key) => match.at(key)).filter(({ isSet }) => isSet);
  const path = match.at("path");
  return `${path.at("type").text ?? "PathPrefix"} ${path.at("value").text ?? "/"} ${rest.map(listText).join(" ")}`;
}

const listText = (field: Field): string =>
  field.text ?? field.items.map((item) => `${item.at("name").text}=${item.at("value").text}`).join(",");

/** Objects by what they claim; one whose claims are not known yet claims nothing for now. */
const claimants = perStack((stack) => {
  const byClaim = new Map<string, PolicyObject[]>();
  const all = [
    ...stack.kind("networking.k8s.io", "Ingress"),
    ...stack.kind(GATEWAY, "HTTPRoute"),
    ...stack.kind(GATEWAY, "GRPCRoute"),
  ];
  for (const object of all) {
    const claims = { text: [] as readonly string[] };
    decide(() => {
      claims.text = claimsOf(object);
      return [];
    });
    for (const claim of new Set(claims.text)) push(byClaim, claim, object);
  }
  return byClaim;
});

function unique(object: PolicyObject, stack: Stack): readonly Finding[] {
  const rules = object.props.at("spec", "rules");
  const others = claimsOf(object).flatMap((claim) => claimants(stack).get(claim) ?? []);
  const rivals = [...new Set(others)].filter((other) => other !== object);
  return rivals.map(({ kind, name }) => violated(rules, `${kind} ${name} claims the same host and path`));
}

interface Backend {
  readonly at: Field;
  readonly name: string | undefined;
  readonly port: Field;
}

const ingressBackends = (spec: Field): readonly Backend[] =>
  [
    spec.at("defaultBackend"),
    ...spec.at("rules").items.flatMap((rule) => rule.at("http", "paths").items.map((path) => path.at("backend"))),
  ]
    .map((backend) => backend.at("service"))
    .filter(({ isSet }) => isSet)
    .map((service) => ({ at: service.at("name"), name: service.at("name").text, port: service.at("port") }));

/** Only Services of the route's own namespace: others need a grant and may be of another stack. */
const routeBackends = (spec: Field): readonly Backend[] =>
  spec
    .at("rules")
    .items.flatMap((rule) => rule.at("backendRefs").items)
    .filter((reference) => !reference.at("namespace").isSet && (reference.at("kind").text ?? "Service") === "Service")
    .map((reference) => ({ at: reference.at("name"), name: reference.at("name").text, port: reference.at("port") }));

function backends(object: PolicyObject, stack: Stack): readonly Finding[] {
  const spec = object.props.at("spec");
  const found = isIngress(object) ? ingressBackends(spec) : routeBackends(spec);
  return found.flatMap((backend) => decide(() => judgeBackend(object, backend, stack)));
}

const servicesByName = perStack((stack) =>
  groupBy(stack.kind("", "Service"), (service) => `${stack.place(service)} ${service.name}`),
);

/** In the object's namespace, or in one that is not known yet. */
const serviceNamed = (object: PolicyObject, name: string | undefined, stack: Stack): PolicyObject | undefined =>
  [stack.place(object), undefined].flatMap((place) => servicesByName(stack).get(`${place} ${name}`) ?? [])[0];

function judgeBackend(object: PolicyObject, { at, name, port }: Backend, stack: Stack): readonly Finding[] {
  const service = serviceNamed(object, name, stack);
  if (service === undefined)
    return hidesPods(object, stack.namespace(object), stack)
      ? [unchecked(at, "its Service is not of this stack: a chart may bring it")]
      : [violated(at, "no such Service in its namespace")];
  const wanted = port.isMap ? (port.at("number").text ?? port.at("name").text) : port.text;
  const offered = service.props
    .at("spec", "ports")
    .items.flatMap((offer) => [offer.at("port").text, offer.at("name").text]);
  return violatedIf(wanted !== undefined && !offered.includes(wanted), at, "its Service has no such port");
}

/** A Service without a selector has its endpoints written by somebody else. */
function answered(service: PolicyObject, stack: Stack): readonly Finding[] {
  const selector = service.props.at("spec", "selector");
  if (selector.entries.length === 0) return [];
  const answer = selectsSome(service, serviceSelector(service), stack);
  if (answer === true) return [];
  if (hidesPods(service, stack.namespace(service), stack))
    return [unchecked(selector, "selects no pod of this stack: a chart may bring them")];
  return answer === undefined ? [undecided(selector)] : [violated(selector, "selects no pod")];
}

const HOST_RULES: readonly Rule[] = [
  {
    id: "tls-ingress-host",
    category: "tls",
    scope: "object",
    severity: "high",
    standards: [],
    title: "Every rule of an Ingress must name its host.",
    why: "A catch-all answers under names, and with certificates, that are somebody else's.",
    remedy: "set host on every rule, and remove defaultBackend",
    link: `${INGRESSES}#hostname-wildcards`,
    applies: isIngress,
    admission: objects(
      ingresses,
      `!has(object.spec.defaultBackend) && object.spec.?rules.orValue([]).all(r, !(r.?host.orValue("") in ${texts(CATCH_ALL)}))`,
    ),
    check: explicitHosts,
  },
  {
    id: "tls-ingress-no-snippets",
    category: "tls",
    scope: "object",
    severity: "high",
    standards: [],
    title: "No Ingress may write into the configuration of its proxy.",
    why: "Whoever may write one could read every certificate and Secret that the proxy reads.",
    remedy: "remove the snippet annotation",
    link: "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/",
    applies: isIngress,
    admission: objects(ingresses, `object.metadata.?annotations.orValue({}).all(k, !k.matches(${text(SNIPPET)}))`),
    check: snippets,
  },
  {
    id: "tls-route-unique",
    category: "tls",
    scope: "stack",
    severity: "medium",
    standards: [],
    title: "No two routes may claim the same host and path.",
    why: "Which one answers depends on their age, so one of them takes the other's requests.",
    remedy: "give one of them another host or path",
    link: "https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule",
    applies: (object) => isIngress(object) || isRoute(object),
    check: unique,
  },
];

export const TLS_ROUTE_RULES: readonly Rule[] = [
  ...HOST_RULES,
  {
    id: "network-backend-exists",
    category: "network",
    scope: "stack",
    severity: "low",
    standards: [],
    title: "Every route must lead to a Service and port that exist.",
    why: "It answers with an error, or one day with whatever takes that name.",
    remedy: "correct the name or port, or remove the route",
    link: `${INGRESSES}#ingress-rules`,
    applies: (object) => isIngress(object) || isRoute(object),
    check: backends,
  },
  {
    id: "network-service-selects",
    category: "network",
    scope: "stack",
    severity: "low",
    standards: [],
    title: "Every Service must select pods that exist.",
    why: "It answers nobody, or one day with whatever carries those labels.",
    remedy: "correct spec.selector, or remove the Service",
    link: "https://kubernetes.io/docs/concepts/services-networking/service/",
    applies: (object) => isKind(object, "", "Service"),
    check: answered,
  },
];
