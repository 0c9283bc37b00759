/** Names that the edge and what drives it must agree on. All follow from settings: none is known only to the cloud. */
import { bucketName, fit, physicalName, type Scope } from "../names";

export const GATEWAY = "shared";
export const GATEWAY_CLASS = "alb";

/** The definitions of the AWS Load Balancer Controller beside Gateway API; one place, so that a new version is one edit. */
export const AWS_GATEWAY = "gateway.k8s.aws";
export const AWS_GATEWAY_API = `${AWS_GATEWAY}/v1beta1`;

/** One HTTPRoute per service, named like it. */
export const routeName = (service: string): string => service;

/** Names of target groups are unique in an account and region, and at most 32 characters long. */
export const targetGroupName = (scope: Scope, service: string, role: "all" | "stable" | "canary"): string =>
  fit(`${scope.system}-${scope.stage}-${service}${role === "all" ? "" : `-${role}`}`, 32);

/** Where the load balancer writes its access log, and under which prefix. The bucket is made by `AlbCloud`. */
export const accessLogBucket = (scope: Scope): string => bucketName(scope, "alb-logs");
export const ACCESS_LOG_PREFIX = "edge";

/** `Name` tag of the load balancer's front security group, which `AlbCloud` makes. */
export const frontGroup = (scope: Scope): string => physicalName("group", scope, "alb");

/** Kong's class, and the Secret with the certificate of every public host. */
export const KONG_CLASS = "kong";
export const KONG_TLS_SECRET = "edge-tls";

/** Where Kong listens for TLS, and where it says how it is. */
export const KONG_TLS_PORT = 8443;
export const KONG_STATUS_PORT = 8100;

/** The chart's own labels, with the release named `kong`. */
export const KONG_LABELS = { "app.kubernetes.io/name": "kong", "app.kubernetes.io/component": "app" } as const;

/** Valkey that Kong counts requests in: its own, with one primary under one name. */
export const LIMITS = "edge-limits";
export const LIMITS_LABELS = { "app.kubernetes.io/name": LIMITS, "app.kubernetes.io/component": "valkey" } as const;
export const LIMITS_USER = "kong";

/** Secret with Kong's own certificate inside, and the authority's to check others by. */
export const KONG_CLIENT_TLS = "kong-client-tls";
