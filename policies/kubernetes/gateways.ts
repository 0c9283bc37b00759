/** Gateway API as its controllers read it: which routes a listener carries, and which class answers for its TLS. */
import { perStack, push } from "../joins";
import { all, any, type Maybe } from "../logic";
import { isKind, type PolicyObject } from "../object";
import { groupBy, type Stack } from "../stack";
import type { Field } from "../value";

const GROUP = "gateway.networking.k8s.io";
const ROUTE_KINDS = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"] as const;

export const isGateway = (object: PolicyObject): boolean => isKind(object, GROUP, "Gateway");

/** The controllers whose way with TLS is known, by their controllerName or, without a GatewayClass, by class name. */
const CLASSES = [
  { id: "alb", controller: "gateway.k8s.aws/alb", name: /^(aws-)?alb(-|$)/ },
  { id: "kong", controller: "konghq.com/kic-gateway-controller", name: /^kong(-|$)/ },
  { id: "istio", controller: "istio.io/gateway-controller", name: /^istio$/ },
] as const;

export type GatewayController = (typeof CLASSES)[number]["id"];

const classOf = (gateway: PolicyObject, stack: Stack): PolicyObject | undefined =>
  stack.kind(GROUP, "GatewayClass").find(({ name }) => name === gateway.props.at("spec", "gatewayClassName").text);

/** `undefined` for a controller whose TLS settings this pack does not know. */
export function controllerOf(gateway: PolicyObject, stack: Stack): GatewayController | undefined {
  const className = gateway.props.at("spec", "gatewayClassName").text ?? "";
  const stated = classOf(gateway, stack)?.props.at("spec", "controllerName").text;
  const wanted = CLASSES.find(({ controller, name }) =>
    stated === undefined ? name.test(className) : controller === stated,
  );
  return wanted?.id;
}

const configurationsByName = perStack((stack) =>
  groupBy(stack.kind("gateway.k8s.aws", "LoadBalancerConfiguration"), ({ name }) => name),
);

/** The LoadBalancerConfigurations in force: the gateway's own and its class's. */
export function loadBalancerConfigurations(gateway: PolicyObject, stack: Stack): readonly PolicyObject[] {
  const own = gateway.props.at("spec", "infrastructure", "parametersRef", "name").text;
  const shared = classOf(gateway, stack)?.props.at("spec", "parametersRef");
  const names = [own, shared?.at("name").text].flatMap((name) => name ?? []);
  return [...new Set(names)]
    .flatMap((name) => configurationsByName(stack).get(name) ?? [])
    .filter(
      (configuration) =>
        (configuration.name === own && stack.together(configuration, gateway) !== false) ||
        (configuration.name === shared?.at("name").text &&
          stack.namespace(configuration) === shared.at("namespace").text),
    );
}

/** Routes by the names of the gateways that they may be attached to. One whose parents are not known may be anybody's. */
const routesByParent = perStack((stack) => {
  const byName = new Map<string, PolicyObject[]>();
  for (const route of ROUTE_KINDS.flatMap((kind) => stack.kind(GROUP, kind)))
    for (const name of parentNames(route)) push(byName, name, route);
  return byName;
});

const UNKNOWN_PARENT = "";

function parentNames(route: PolicyObject): ReadonlySet<string> {
  const parents = route.props.at("spec", "parentRefs");
  if (!parents.isKnown) return new Set([UNKNOWN_PARENT]);
  const names = parents.items.map((parent) => parent.at("name"));
  return new Set(names.map((name) => (name.isKnown ? (name.text ?? UNKNOWN_PARENT) : UNKNOWN_PARENT)));
}

const routesNear = ({ name }: PolicyObject, stack: Stack): readonly PolicyObject[] => [
  ...new Set([name, UNKNOWN_PARENT].flatMap((parent) => routesByParent(stack).get(parent) ?? [])),
];

/** Routes attached to a listener by parentRef, with the API's defaults; those that may be attached are not included. */
export const routesOf = (listener: Field, gateway: PolicyObject, stack: Stack): readonly PolicyObject[] =>
  routesNear(gateway, stack).filter((route) => isAttached(route, listener, gateway, stack) === true);

/** Whether it cannot be said yet which routes a listener carries. */
export const hasUndecidedRoutes = (listener: Field, gateway: PolicyObject, stack: Stack): boolean =>
  routesNear(gateway, stack).some((route) => isAttached(route, listener, gateway, stack) === undefined);

const isAttached = (route: PolicyObject, listener: Field, gateway: PolicyObject, stack: Stack): Maybe =>
  any([
    () =>
      any(
        parentsOf(route).map(
          (parent) => () => carries(parent, listener, gateway, () => inSameNamespace(parent, route, gateway, stack)),
        ),
      ),
  ]);

const parentsOf = (route: PolicyObject): readonly Field[] => route.props.at("spec", "parentRefs").items;

const carries = (parent: Field, listener: Field, gateway: PolicyObject, near: () => Maybe): Maybe =>
  all([() => namesGateway(parent, gateway), near, () => namesListener(parent, listener)]);

const namesGateway = (parent: Field, gateway: PolicyObject): boolean =>
  (parent.at("kind").text ?? "Gateway") === "Gateway" && parent.at("name").text === gateway.name;

function inSameNamespace(parent: Field, route: PolicyObject, gateway: PolicyObject, stack: Stack): Maybe {
  const stated = parent.at("namespace");
  if (!stated.isKnown || !stated.isSet) return stated.isKnown ? stack.together(route, gateway) : undefined;
  const namespace = stack.namespace(gateway);
  return namespace === undefined ? undefined : stated.text === namespace;
}

const namesListener = (parent: Field, listener: Field): boolean =>
  [
    [parent.at("sectionName"), listener.at("name")],
    [parent.at("port"), listener.at("port")],
  ].every(([wanted, got]) => wanted?.isSet !== true || wanted.text === got?.text);

/** Whether every rule of a route sends the client to https and none to a backend. */
export function onlyRedirects(route: PolicyObject): boolean {
  const rules = route.props.at("spec", "rules").items;
  return route.kind === "HTTPRoute" && rules.length > 0 && rules.every(isRedirect);
}

const isRedirect = (rule: Field): boolean =>
  rule.at("backendRefs").items.length === 0 &&
  rule
    .at("filters")
    .items.some(
      (filter) => filter.at("type").is("RequestRedirect") && filter.at("requestRedirect", "scheme").is("https"),
    );
