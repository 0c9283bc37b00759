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
