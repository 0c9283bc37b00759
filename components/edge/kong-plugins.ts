/**
 * What Kong does to one route, as plugins: tokens, limits, sizes, origins, addresses, headers. Those of one route lie in its
 * service's namespace; the limit, whose configuration holds a password, is one of the cluster's and takes it from a Secret
 * that only Kong's namespace has.
 *
 * @see https://developer.konghq.com/plugins/
 */
import { type Manifest } from "../../graph/manifest";
import { type RouteRow } from "../../graph/derive/routes";
import { type Cors, type Route, type Tokens, type Transformation } from "../../graph/route";
import { STORE_PORTS } from "../../graph/store";
import { bytes, seconds } from "../../graph/units";
import { NAMESPACES } from "../kubernetes/namespaces";
import { keyClaim } from "./kong-consumers";
import { limitsHost, LIMITS_USERS } from "./kong-limits";
import { KONG_CLASS, LIMITS_USER } from "./names";

const API = "configuration.konghq.com/v1";

/** `payment-payments`: the service and its path. */
export const routeSlug = ({ service, path }: RouteRow): string => `${service}${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;

/** The plugins of one route, in the order of their names. */
export const pluginsOf = (row: RouteRow): readonly Manifest[] => [
  ...features(row.route).map(({ name, plugin, config }) => ({
    apiVersion: API,
    kind: "KongPlugin",
    metadata: { name: `${routeSlug(row)}-${name}`, namespace: row.namespace },
    plugin,
    config,
  })),
  ...limitOf(row),
];

interface Feature {
  readonly name: string;
  readonly plugin: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const features = ({ jwt, maxBody, cors, clients, request, response }: Route): readonly Feature[] => [
  ...(clients === undefined ? [] : [{ name: "clients", plugin: "ip-restriction", config: { allow: clients } }]),
  ...(cors === undefined ? [] : [{ name: "cors", plugin: "cors", config: corsConfig(cors) }]),
  ...(jwt === undefined
    ? []
    : [
        { name: "jwt", plugin: "jwt", config: tokenConfig(jwt) },
        { name: "jwt-audience", plugin: "post-function", config: { access: [audienceCheck(jwt)] } },
      ]),
  ...(request === undefined ? [] : [{ name: "request", plugin: "request-transformer", config: changes(request) }]),
  ...(response === undefined ? [] : [{ name: "response", plugin: "response-transformer", config: changes(response) }]),
  ...(maxBody === undefined ? [] : [{ name: "size", plugin: "request-size-limiting", config: sizeConfig(maxBody) }]),
];

const corsConfig = ({ origins, methods, headers, credentials = false, maxAge = "1 hour" }: Cors) => ({
  origins,
  methods: methods ?? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  ...(headers === undefined ? {} : { headers }),
  credentials,
  max_age: seconds(maxAge),
});

/** Signature and times. A token in a query or a cookie would end up in logs, so only the header counts. */
const tokenConfig = (tokens: Tokens) => ({
  key_claim_name: keyClaim(tokens),
  claims_to_verify: ["exp", "nbf"],
  maximum_expiration: 3600,
  header_names: ["authorization"],
  uri_param_names: [],
  cookie_names: [],
});

/**
 * Kong's `jwt` looks at signature, algorithm and times, not at issuer and audience: these few lines do, on the token it
 * has accepted. They run after it, in Kong's sandbox, which is told the one module they need.
 */
const audienceCheck = ({ issuer, audience }: Tokens): string =>
  [
    'local parser = require "kong.plugins.jwt.jwt_parser"',
    "local token = kong.ctx.shared.authenticated_jwt_token",
    "local parsed = token and parser:new(token)",
    "local claims = parsed and parsed.claims or {}",
    'local audiences = type(claims.aud) == "table" and claims.aud or { claims.aud }',
    "local meant = false",
    `for _, each in ipairs(audiences) do meant = meant or each == ${luaText(audience)} end`,
    `if claims.iss ~= ${luaText(issuer)} or not meant then`,
    '  return kong.response.exit(401, { message = "the token is for another audience" })',
    "end",
  ].join("\n");

const luaText = (text: string): string => JSON.stringify(text);

/** A header that is set replaces what the other side sent. */
const changes = ({ set = {}, remove = [] }: Transformation) => ({
  ...(remove.length === 0 ? {} : { remove: { headers: remove } }),
  ...(Object.keys(set).length === 0 ? {} : { replace: { headers: pairs(set) }, add: { headers: pairs(set) } }),
});

const pairs = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers).map(([name, value]) => `${name}:${value}`);

const sizeConfig = (size: NonNullable<Route["maxBody"]>) => ({
  allowed_payload_size: bytes(size),
  size_unit: "bytes",
  require_content_length: false,
});

/** Fixed windows, without a burst. Without a consumer Kong counts by address. */
function limitOf(row: RouteRow): readonly Manifest[] {
  const { limit } = row.route;
  if (limit === undefined) return [];
  const [amount = "", , unit = ""] = limit.rate.split(" ");
  return [
    {
      apiVersion: API,
      kind: "KongClusterPlugin",
      metadata: { name: `${routeSlug(row)}-limit`, annotations: { "kubernetes.io/ingress.class": KONG_CLASS } },
      plugin: "rate-limiting",
      config: { [unit]: Number(amount), limit_by: limit.per, policy: "redis", fault_tolerant: true, redis },
      configPatches: [{ path: "/redis/password", valueFrom: { secretKeyRef: PASSWORD } }],
    },
  ];
}

const PASSWORD = { name: LIMITS_USERS, key: "password", namespace: NAMESPACES.ingress };

const redis = {
  host: limitsHost,
  port: STORE_PORTS.redis,
  username: LIMITS_USER,
  ssl: true,
  ssl_verify: true,
  server_name: limitsHost,
  timeout: 200,
};
