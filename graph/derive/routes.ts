/**
 * One route table for the public host, derived from the services' routes: what every edge is built from. Refuses what an
 * edge would resolve by luck: the same path twice, one service's path inside another's, a path the platform answers.
 */
import { serviceNamespace } from "../conventions";
import { type Graph } from "../model";
import { nearest } from "../nearest";
import { groupedBy, once } from "../once";
import { type Problem } from "../problems";
import { type Route, ROUTE_KEYS } from "../route";
import { type AnyService } from "../service";

export interface RouteRow {
  readonly path: `/${string}`;
  readonly service: string;
  readonly namespace: string;
  /** Port of the service's `http` listener. */
  readonly port: number;
  readonly health: string;
  readonly route: Route;
}

/** Rows by path, the longest first, as every Gateway matches them. */
export const routeTable = once(({ system }: Graph): readonly RouteRow[] =>
  system.services
    .flatMap((service) => (service.args.routes ?? []).map((route) => row(service, route)))
    .toSorted((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1)),
);

const byService = once((graph: Graph) => groupedBy(routeTable(graph), ({ service }) => service));

/** The rows of one service, the longest path first. */
export const routesOf = (graph: Graph, service: string): readonly RouteRow[] => byService(graph).get(service) ?? [];

const row = (service: AnyService, route: Route): RouteRow => ({
  path: route.path,
  service: service.name,
  namespace: serviceNamespace(service.name),
  port: service.args.listens["http"] ?? 0,
  health: service.args.health ?? DEFAULT_HEALTH,
  route,
});

export const DEFAULT_HEALTH = "/healthz";

/** Rules the edge needs: one per route and reserved path, and the redirect from plain HTTP. */
export const rulesNeeded = (graph: Graph): number =>
  routeTable(graph).length + graph.landscape.edge.reserved.length + 1;

export const routeProblems = (graph: Graph): readonly Problem[] => {
  const rows = routeTable(graph);
  return [
    ...rows.flatMap(spelling),
    ...rows.flatMap(keys),
    ...conflicts(rows),
    ...rows.flatMap((each) => reserved(each, graph.landscape.edge.reserved)),
    ...rows.flatMap((each) => profile(each, graph)),
    ...tokenProblems(rows),
    ...quota(graph),
  ];
};

const where = ({ service, path }: RouteRow): string => `service ${service}: route ${path}`;

const spelling = (row: RouteRow): readonly Problem[] =>
  /^(\/[A-Za-z0-9._~-]+)+$/.test(row.path)
    ? []
    : [
        {
          where: where(row),
          got: `the path "${row.path}"`,
          want: "segments of letters, digits and . _ ~ -, without a slash or wildcard at the end",
          mend: "write the prefix only: /orders matches /orders and all below it",
        },
      ];

/** What Kong has and a Kong without a database cannot do. */
const OAUTH2 = {
  got: "the key oauth2: Kong's oauth2 plugin keeps its tokens in a database, and the ingress controller runs Kong without one",
  want: "tokens that identity or an identity provider issues, checked at the edge",
  mend: 'write jwt: { issuer: "https://…", audience: "…" } instead',
};

function keys(row: RouteRow): readonly Problem[] {
  const known = ROUTE_KEYS[row.route.profile ?? "portable"];
  const strange = Object.keys(row.route).filter((key) => !known.some((each) => each === key));
  return strange.map((key) => {
    if (key === "oauth2") return { where: where(row), ...OAUTH2 };
    return {
      where: where(row),
      got: `the key ${key}, which a ${row.route.profile ?? "portable"} route does not have`,
      want: `one of ${known.join(", ")}`,
      mend: nearest(key, known) === undefined ? `remove ${key}` : `write ${nearest(key, known)}`,
    };
  });
}

/** Only rows of the same path, or of one that a path lies in, can be in conflict: each path's rows are looked up. */
function conflicts(rows: readonly RouteRow[]): readonly Problem[] {
  const byPath = groupedBy([...rows.entries()], ([, { path }]) => path);
  return rows.flatMap((longer, index) =>
    [longer.path, ...pathsAround(longer.path)]
      .flatMap((path) => byPath.get(path) ?? [])
      .flatMap(([at, shorter]) => (at > index ? conflict(longer, shorter) : [])),
  );
}

/** `/a/b` and `/a` for `/a/b/c`: the longest first, as in the table. */
const pathsAround = (path: string): readonly string[] =>
  [...path].flatMap((character, at) => (character === "/" && at > 0 ? path.slice(0, at) : [])).toReversed();

/** `longer` comes first in the table: when its path lies inside `shorter`'s, it takes requests away from it. */
function conflict(longer: RouteRow, shorter: RouteRow): readonly Problem[] {
  if (longer.path === shorter.path) {
    const mend = `give one of them another path, for example /${shorter.service}`;
    return [{ where: where(shorter), got: `a path that ${longer.service} claims too`, want: "one owner", mend }];
  }
  if (longer.service === shorter.service || !longer.path.startsWith(`${shorter.path}/`)) return [];
  return [
    {
      where: where(longer),
      got: `a path inside ${shorter.path} of ${shorter.service}, which would never see those requests`,
      want: "paths of different services side by side",
      mend: `move it out of ${shorter.path}, for example to /${longer.service}`,
    },
  ];
}

const reserved = (row: RouteRow, paths: readonly string[]): readonly Problem[] =>
  paths
    .filter((path) => row.path === path || row.path.startsWith(`${path}/`))
    .map((path) => ({
      where: where(row),
      got: `a path under ${path}, which the edge answers itself`,
      want: "any other path",
      mend: `rename the route, for example /${row.service}`,
    }));

/** An edge finds a token's key by its client application: two issuers of one name would be one key, and one of them locked out. */
const tokenProblems = (rows: readonly RouteRow[]): readonly Problem[] =>
  rows.flatMap((row, index) =>
    (row.route.jwt?.consumers ?? []).flatMap((consumer) => {
      const other = rows
        .slice(0, index)
        .find(
          ({ route: { jwt } }) => jwt?.consumers?.includes(consumer) === true && jwt.issuer !== row.route.jwt?.issuer,
        );
      if (other === undefined) return [];
      return [
        {
          where: where(row),
          got: `the client application ${consumer} of ${row.route.jwt?.issuer}, which ${other.route.jwt?.issuer} has too`,
          want: "each client application known to one issuer",
          mend: `rename one of them, or let both routes take tokens of one issuer`,
        },
      ];
    }),
  );

const profile = (row: RouteRow, { landscape }: Graph): readonly Problem[] => {
  const needed = row.route.profile ?? "portable";
  if (needed in landscape.edge.profiles) return [];
  return [
    {
      where: where(row),
      got: `a route of the ${needed} profile on the edge ${landscape.edge.name}`,
      want: `one of ${Object.keys(landscape.edge.profiles).join(", ")}`,
      mend: "write routes: portable or kind: kong under keelson:edge, or write the route portably",
    },
  ];
};

function quota(graph: Graph): readonly Problem[] {
  const [needed, most] = [rulesNeeded(graph), graph.landscape.edge.rules];
  if (needed <= most) return [];
  return [
    {
      where: `edge ${graph.landscape.edge.name}`,
      got: `${needed} rules`,
      want: `at most ${most} on one load balancer`,
      mend: "join routes of one service under a common prefix, or raise the quota and edge.rules with it",
    },
  ];
}
