/**
 * A service's share of the public host on Kong: one HTTPRoute per route, because plugins hang on routes, with one rule per
 * path it is served under. Lives in the service's namespace. Refuses plain HTTP.
 */
import { type HttpRoute } from "../kubernetes/custom";
import { type RouteRow, routesOf } from "../../graph/derive/routes";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { servedPaths, type Versions } from "../../graph/route";
import { type Facts } from "../kubernetes/facts";
import { parent } from "./gateway-objects";
import { pluginsOf, routeSlug } from "./kong-plugins";
import { routeName } from "./names";
import { backendsOf } from "./route-objects";

/** The objects of one service's routes; none when it has no route. */
export function kongRouteObjects(graph: Graph, facts: Facts, service: string): readonly Manifest[] {
  const rows = routesOf(graph, service);
  return rows.flatMap((row) => {
    const plugins = pluginsOf(row);
    const name = rows.length === 1 ? routeName(service) : routeSlug(row);
    return [...plugins, httpRoute(facts, row, { name, plugins: plugins.map(({ metadata }) => metadata.name) })];
  });
}

interface Named {
  readonly name: string;
  readonly plugins: readonly string[];
}

const httpRoute = (facts: Facts, row: RouteRow, { name, plugins }: Named): HttpRoute => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: {
    name,
    namespace: row.namespace,
    annotations: {
      "konghq.com/protocols": "https",
      "konghq.com/strip-path": "false",
      ...(plugins.length === 0 ? {} : { "konghq.com/plugins": plugins.join(",") }),
    },
  },
  spec: {
    parentRefs: [parent("https")],
    hostnames: [facts.host],
    rules: servedPaths(row.route).map((path, index) => ({
      matches: [{ path: { type: "PathPrefix" as const, value: path } }],
      ...versionFilters(row.route.versions, index),
      backendRefs: backendsOf(facts, row),
    })),
  },
});

/** The service is told the version it is asked for, and whoever asks for an old one is told that it will go. */
function versionFilters(versions: Versions | undefined, index: number) {
  const version = versions?.serves[index];
  if (version === undefined) return {};
  const told = { set: [{ name: "X-API-Version", value: version }] };
  const warned = { set: [{ name: "Deprecation", value: "true" }] };
  const isOld = versions?.deprecated?.includes(version) === true;
  return {
    filters: [
      { type: "RequestHeaderModifier" as const, requestHeaderModifier: told },
      ...(isOld ? [{ type: "ResponseHeaderModifier" as const, responseHeaderModifier: warned }] : []),
    ],
  };
}
