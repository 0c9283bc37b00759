/** What the load balancer controller reads from Gateways and routes: names, schemes, ports, hosts, backends. Pure. */
import { createHash } from "node:crypto";
import type { Properties } from "../../values";
import type { Live } from "../client";
import { items, numberAt, record, textAt, texts } from "../fields";

export const CLASS = "alb";
export const CONTROLLER_NAME = "gateway.k8s.aws/alb";

export interface GatewayPlan {
  /** `namespace/name`. */
  readonly id: string;
  readonly name: string;
  readonly internal: boolean;
  /** Ids or `Name` tags; empty: the controller makes one. */
  readonly securityGroups: readonly string[];
  readonly webAcl: string;
  readonly deletionProtection: boolean;
  readonly tags: Properties;
  readonly listeners: readonly ListenerPlan[];
}

export interface ListenerPlan {
  readonly port: number;
  readonly protocol: string;
  readonly hostname: string;
  readonly sslPolicy: string;
}

export interface BackendPlan {
  readonly name: string;
  readonly service: string;
  readonly port: number;
}

export interface RulePlan {
  readonly targets: readonly BackendPlan[];
  /** What the load balancer answers itself, where there is no target. */
  readonly answer: "redirect" | "fixed-response";
}

export interface RoutePlan {
  readonly id: string;
  readonly hosts: readonly string[];
  /** Of the listeners it attaches to. */
  readonly ports: readonly number[];
  readonly rules: readonly RulePlan[];
}

/** TLS 1.0 and up: what the controller takes when the configuration says nothing. */
const DEFAULT_POLICY = "ELBSecurityPolicy-2016-08";

export const idOf = (object: Live): string =>
  `${textAt(object, "metadata", "namespace")}/${textAt(object, "metadata", "name")}`;

/** `k8s-<namespace>-<name>-<hash>`, at most 32 characters, as the controller names what it makes. */
export function cloudName(...parts: readonly string[]): string {
  const hash = createHash("sha256").update(parts.join("/")).digest("hex").slice(0, 10);
  const short = parts.slice(0, 2).map((part) => part.replace(/[^a-z0-9]/g, "").slice(0, 8));
  return ["k8s", ...short, hash].join("-");
}

/** Which of two configurations wins is for the class's to say. */
export function merged(ofClass: Properties, ofGateway: Properties): Properties {
  const [general, own] = [record(ofClass, "spec"), record(ofGateway, "spec")];
  return textAt(general, "mergingMode") === "prefer-gateway-class" ? { ...own, ...general } : { ...general, ...own };
}

/** `spec` is that of the LoadBalancerConfiguration; empty when there is none. */
export function gatewayPlan(gateway: Live, spec: Properties): GatewayPlan {
  const policies = items(spec, "listenerConfigurations");
  return {
    id: idOf(gateway),
    name: textAt(spec, "loadBalancerName") || cloudName(...idOf(gateway).split("/")),
    internal: textAt(spec, "scheme") !== "internet-facing",
    securityGroups: texts(spec, "securityGroups"),
    webAcl: textAt(spec, "wafV2", "webACL"),
    deletionProtection: items(spec, "loadBalancerAttributes").some(
      ({ key, value }) => key === "deletion_protection.enabled" && value === "true",
    ),
    tags: record(spec, "tags"),
    listeners: items(gateway, "spec", "listeners").map((listener) => listenerPlan(listener, policies)),
  };
}

function listenerPlan(listener: Properties, policies: readonly Properties[]): ListenerPlan {
  const [port, protocol] = [numberAt(listener, "port"), textAt(listener, "protocol")];
  const own = policies.find((each) => textAt(each, "protocolPort") === `${protocol}:${port}`);
  return {
    port,
    protocol,
    hostname: textAt(listener, "hostname"),
    sslPolicy: textAt(own, "sslPolicy") || DEFAULT_POLICY,
  };
}

/** Target group names that TargetGroupConfigurations give, by `namespace/service`. */
export type GroupNames = ReadonlyMap<string, string>;

export const groupNames = (configurations: readonly Live[]): GroupNames =>
  new Map(
    configurations.map((each): [string, string] => [
      `${textAt(each, "metadata", "namespace")}/${textAt(each, "spec", "targetReference", "name")}`,
      textAt(each, "spec", "defaultConfiguration", "targetGroupName"),
    ]),
  );

export function routePlan(route: Live, gateway: Live, names: GroupNames): RoutePlan {
  return {
    id: idOf(route),
    hosts: hostsOf(route),
    ports: portsOf(route, gateway),
    rules: items(route, "spec", "rules").map((rule) => ({
      targets: items(rule, "backendRefs").map((each) => backendPlan(each, route, names)),
      answer: items(rule, "filters").some(({ type }) => type === "RequestRedirect") ? "redirect" : "fixed-response",
    })),
  };
}

export const hostsOf = (route: Live): readonly string[] => texts(route, "spec", "hostnames");

function portsOf(route: Live, gateway: Live): readonly number[] {
  const parents = items(route, "spec", "parentRefs").filter((each) => parentId(each, route) === idOf(gateway));
  const sections = parents.map((each) => textAt(each, "sectionName"));
  const listeners = items(gateway, "spec", "listeners").filter(
    (listener) => sections.includes("") || sections.includes(textAt(listener, "name")),
  );
  return [...new Set(listeners.map((listener) => numberAt(listener, "port")))];
}

function backendPlan(backend: Properties, route: Live, names: GroupNames): BackendPlan {
  const namespace = textAt(backend, "namespace") || textAt(route, "metadata", "namespace");
  const [name, port] = [textAt(backend, "name"), numberAt(backend, "port")];
  const service = `${namespace}/${name}`;
  return { name: names.get(service) || cloudName(namespace, name, String(port), idOf(route)), service, port };
}

/** `namespace/name` of the Gateways a route attaches to. */
export const parentsOf = (route: Live): readonly string[] =>
  items(route, "spec", "parentRefs")
    .filter((parent) => (textAt(parent, "kind") || "Gateway") === "Gateway")
    .map((parent) => parentId(parent, route));

const parentId = (parent: Properties, route: Live): string =>
  `${textAt(parent, "namespace") || textAt(route, "metadata", "namespace")}/${textAt(parent, "name")}`;

/** Whether a certificate's or listener's name, perhaps a wildcard, covers a host. */
export const coversHost = (name: string, host: string): boolean =>
  name === host || (name.startsWith("*.") && host.slice(host.indexOf(".") + 1) === name.slice(2));
