/**
 * A service's share of the public host: its HTTPRoute, and for each Service behind it how the load balancer reaches pods
 * and asks for their health. Lives in the service's namespace. Weights belong to Argo Rollouts once a version rolls out.
 */
import { type HttpRoute } from "../kubernetes/custom";
import { type RouteRow, routesOf } from "../../graph/derive/routes";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { mandatoryTags } from "../names";
import { parent } from "./gateway-objects";
import { AWS_GATEWAY_API, routeName, targetGroupName } from "./names";

type Role = Parameters<typeof targetGroupName>[2];

/** The objects of one service's routes; none when it has no route. */
export function routeObjects(graph: Graph, facts: Facts, service: string): readonly Manifest[] {
  const rows = routesOf(graph, service);
  const [first] = rows;
  if (first === undefined) return [];
  const roles = backendRoles(facts, service);
  return [...roles.map((role) => targetGroup(facts, first, role)), httpRoute(facts, rows, first)];
}

/** The Services behind a route: one, or the two between which Argo Rollouts moves weight. */
export const backendRoles = ({ services }: Facts, service: string): readonly Role[] =>
  (services[service]?.rollout.strategy ?? "rolling") === "rolling" ? ["all"] : ["stable", "canary"];

const backendName = (service: string, role: Role): string => (role === "all" ? service : `${service}-${role}`);

const httpRoute = (facts: Facts, rows: readonly RouteRow[], first: RouteRow): HttpRoute => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: routeName(first.service), namespace: first.namespace },
  spec: {
    parentRefs: [parent("https")],
    hostnames: [facts.host],
    rules: rows.map(({ path }) => ({
      matches: [{ path: { type: "PathPrefix", value: path } }],
      backendRefs: backendsOf(facts, first),
    })),
  },
});

/** The Services behind a route, with all weight on the one that serves. */
export const backendsOf = (facts: Facts, { service, port }: RouteRow) =>
  backendRoles(facts, service).map((role) => ({
    kind: "Service",
    name: backendName(service, role),
    port,
    weight: role === "canary" ? 0 : 100,
  }));

/** `ip`: pods are targets by their own address, so a ClusterIP Service is enough and no node port opens. */
const targetGroup = (facts: Facts, row: RouteRow, role: Role): Manifest =>
  targetGroupConfiguration(facts, {
    service: backendName(row.service, role),
    namespace: row.namespace,
    targetGroupName: targetGroupName(facts.scope, row.service, role),
    health: row.health,
  });

export interface TargetGroup {
  readonly service: string;
  readonly namespace: string;
  readonly targetGroupName: string;
  readonly health: string;
}

export const targetGroupConfiguration = (facts: Facts, target: TargetGroup): Manifest => ({
  apiVersion: AWS_GATEWAY_API,
  kind: "TargetGroupConfiguration",
  metadata: { name: target.service, namespace: target.namespace },
  spec: {
    targetReference: { kind: "Service", name: target.service },
    defaultConfiguration: {
      targetGroupName: target.targetGroupName,
      targetType: "ip",
      protocol: "HTTP",
      healthCheckConfig: {
        healthCheckPath: target.health,
        healthCheckProtocol: "HTTP",
        healthCheckInterval: 10,
        healthCheckTimeout: 5,
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
        matcher: { httpCode: "200" },
      },
      targetGroupAttributes: [{ key: "deregistration_delay.timeout_seconds", value: "15" }],
      tags: { ...mandatoryTags(facts.scope) },
    },
  },
});
