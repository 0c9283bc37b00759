/**
 * Routes as services declare them. A route is written against a profile; an edge that does not implement the profile
 * does not compile with it. `portable` is what every edge can do.
 */
import { type Cidr } from "./landscape";
import { type Duration, type Rate, type Size } from "./units";

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
  /** Not portable: needs `profile: "kong"`. */
  readonly cors?: never;
  /** Not portable: needs `profile: "kong"`. */
  readonly clients?: never;
  /** Not portable: needs `profile: "kong"`. */
  readonly request?: never;
  /** Not portable: needs `profile: "kong"`. */
  readonly response?: never;
  /** Not portable: needs `profile: "kong"`. */
  readonly versions?: never;
}

/** What Kong adds. On an edge without the `kong` profile such a route does not compile. */
export interface KongRoute {
  readonly profile: "kong";
  readonly path: `/${string}`;
  /** Counted per authenticated consumer where there is one, else per client address. */
  readonly limit?: { readonly per: "consumer" | "ip"; readonly rate: Rate };
  /** RS256 tokens of one issuer and audience, checked before the request reaches a service. */
  readonly jwt?: Tokens;
  /** Largest request body that passes. @default - the edge's own */
  readonly maxBody?: Size;
  /** Browsers of these origins may call it. @default - no other origin's */
  readonly cors?: Cors;
  /** Client addresses that may call it; all others are refused. @default - all */
  readonly clients?: readonly [Cidr, ...Cidr[]];
  /** What is changed on the way to the service. @default - nothing */
  readonly request?: Transformation;
  /** What is changed on the way back. @default - nothing */
  readonly response?: Transformation;
  /** Served under `/v1/…`, `/v2/…`; the service is told by `X-API-Version`. @default - one version, without a prefix */
  readonly versions?: Versions;
  /** Kong's `oauth2` plugin keeps tokens in a database, and the ingress controller runs Kong without one: use `jwt`. */
  readonly oauth2?: never;
}

export interface Tokens {
  /** `iss` of every token. Its public key is the stack's secret `keelson:issuer-<host>Credential`. */
  readonly issuer: string;
  /** Must be in `aud`. */
  readonly audience: string;
  /** Client applications, as `azp` names them; each has a limit of its own. @default - all of the issuer's tokens are one consumer */
  readonly consumers?: readonly [string, ...string[]];
}

export interface Cors {
  readonly origins: readonly [`https://${string}`, ...`https://${string}`[]];
  /** @default - GET, HEAD, POST, PUT, PATCH, DELETE */
  readonly methods?: readonly string[];
  readonly headers?: readonly string[];
  /** Whether cookies and tokens may be sent along. @default false */
  readonly credentials?: boolean;
  /** How long a browser keeps the answer. @default "1 hour" */
  readonly maxAge?: Duration;
}

/** Headers that are set (and replaced) or removed. */
export interface Transformation {
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

export interface Versions {
  readonly serves: readonly [`v${number}`, ...`v${number}`[]];
  /** Those that answer with `Deprecation: true`. @default - none */
  readonly deprecated?: readonly `v${number}`[];
}

export type Route = PortableRoute | KongRoute;

/** The keys of each profile. Where a type is inferred from a literal the compiler lets misspelt ones pass: checks do not. */
export const ROUTE_KEYS: { readonly [P in Profile]: readonly (keyof PortableRoute | keyof KongRoute)[] } = {
  portable: ["profile", "path", "limit"],
  kong: ["profile", "path", "limit", "jwt", "maxBody", "cors", "clients", "request", "response", "versions"],
};

/** Paths under which a route is served: its own, or one per version. */
export const servedPaths = ({ path, versions }: Route): readonly `/${string}`[] =>
  versions === undefined ? [path] : versions.serves.map((version): `/${string}` => `/${version}${path}`);

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
