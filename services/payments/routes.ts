/**
 * The public routes, written twice: `PORTABLE` comes up on every edge, `FULL` says what only Kong does. A stack chooses one
 * by `keelson:edge.routes`.
 */
import { type KongRoute, type PortableRoute } from "../../graph/route";

type Routes<R> = { readonly [S in "identity" | "payment" | "notification"]: readonly [R] };

export const PORTABLE: Routes<PortableRoute> = {
  identity: [{ path: "/identity", limit: { per: "ip", rate: "300 per minute" } }],
  payment: [{ path: "/payments", limit: { per: "ip", rate: "600 per minute" } }],
  notification: [{ path: "/notifications", limit: { per: "ip", rate: "300 per minute" } }],
};

/** Tokens come from identity, which signs them; the edge knows its public key. */
const TOKENS = {
  issuer: "https://identity.example.com",
  audience: "payments",
  consumers: ["app", "back-office"],
} as const;

const BROWSERS = { origins: ["https://app.example.com"], headers: ["authorization", "content-type"] } as const;

const INSIDE = { remove: ["server", "x-powered-by"] } as const;

export const FULL: Routes<KongRoute> = {
  // Whoever signs in has no token yet.
  identity: [
    {
      profile: "kong",
      path: "/identity",
      limit: { per: "ip", rate: "60 per minute" },
      maxBody: "1 MiB",
      cors: { ...BROWSERS, credentials: true },
      response: INSIDE,
    },
  ],
  payment: [
    {
      profile: "kong",
      path: "/payments",
      limit: { per: "consumer", rate: "600 per minute" },
      jwt: TOKENS,
      maxBody: "2 MiB",
      cors: BROWSERS,
      request: { remove: ["x-forwarded-user"] },
      response: INSIDE,
      versions: { serves: ["v1", "v2"], deprecated: ["v1"] },
    },
  ],
  // Only providers call back here, from addresses of their own.
  notification: [
    {
      profile: "kong",
      path: "/notifications",
      limit: { per: "ip", rate: "300 per minute" },
      jwt: TOKENS,
      maxBody: "1 MiB",
      clients: ["198.51.100.0/24", "203.0.113.0/24"],
      response: INSIDE,
    },
  ],
};
