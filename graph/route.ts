/**
 * Routes as services declare them. A route is written against a profile; an edge that does not implement the profile
 * does not compile with it. `portable` is what every edge can do.
 */
import { type Rate, type Size } from "./units";

/** What every edge implements: path, TLS, health, weights, a limit per client address. */
export interface PortableRoute {
  /** @default "portable" */
  readonly profile?: "portable";
  /** Path prefix, matched by whole segments: `/orders` matches `/orders` and `/orders/7`. */
  readonly path: `/${string}`;
  /** Requests one client address may make before it is refused. @default - no limit */
  readonly limit?: { readonly per: "ip"; readonly rate: Rate };
  /** Not portable: needs `profile: "kong"`. */
  readonly jwt?: never;
  /** Not portable: needs `profile: "kong"`. */
  readonly maxBody?: never;
}

/** What Kong adds. On an edge without the `kong` profile such a route does not compile. */
export interface KongRoute {
  readonly profile: "kong";
  readonly path: `/${string}`;
  /** Counted per authenticated consumer where there is one, else per client address. */
  readonly limit?: { readonly per: "consumer" | "ip"; readonly rate: Rate };
  /** RS256 tokens of one issuer and audience, checked before the request reaches a service. */
  readonly jwt?: { readonly issuer: string; readonly audience: string };
  /** Largest request body that passes. @default - the edge's own */
  readonly maxBody?: Size;
}

export type Route = PortableRoute | KongRoute;

/** The keys of each profile. Where a type is inferred from a literal the compiler lets misspelt ones pass: checks do not. */
export const ROUTE_KEYS: { readonly [P in Profile]: readonly (keyof PortableRoute | keyof KongRoute)[] } = {
  portable: ["profile", "path", "limit"],
  kong: ["profile", "path", "limit", "jwt", "maxBody"],
};

/** The profile a route needs. */
export type ProfileOf<R extends Route> = R extends { readonly profile: infer P extends string } ? P : "portable";

export type Profile = "portable" | "kong";

/** What an edge can do and how much of it. */
export interface EdgeProfile {
  readonly name: string;
  /** Profiles this edge implements. */
  readonly profiles: { readonly [P in Profile]?: true };
  /** Routing rules one load balancer takes. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
  readonly rules: number;
  /** Paths the platform itself answers, such as `/health` without a service behind it. */
  readonly reserved: readonly `/${string}`[];
}
