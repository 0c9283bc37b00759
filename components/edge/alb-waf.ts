/**
 * The firewall before the load balancer: AWS's rules against known attacks, and one limit for each route that has one,
 * counted by client address. Refuses a limit so low that WAF cannot count it.
 */
import * as wafv2 from "@pulumi/aws/wafv2";
import { perFiveMinutes, type Rate } from "../../graph/units";
import { type Children } from "../component";
import { physicalName, type Scope } from "../names";

/** A route's limit for one client address. */
export interface RouteLimit {
  /** Path of the route, and of everything below it. */
  readonly path: `/${string}`;
  readonly rate: Rate;
}

/** A rule of the firewall, in the order of evaluation. */
export type PlannedRule =
  | { readonly name: string; readonly managed: string }
  | { readonly name: string; readonly path: string; readonly requests: number };

/** Known attacks first: what they stop need not be counted. */
const MANAGED = {
  reputation: "AWSManagedRulesAmazonIpReputationList",
  "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
  common: "AWSManagedRulesCommonRuleSet",
  sql: "AWSManagedRulesSQLiRuleSet",
} as const;

/** The rules as data. Limits come in the order of the routes; two limits of one path are the stricter one. */
export const planRules = (limits: readonly RouteLimit[]): readonly PlannedRule[] => [
  ...Object.entries(MANAGED).map(([name, managed]) => ({ name, managed })),
  ...[...strictest(limits)].map(([path, requests]) => ({ name: `limit-${slug(path)}`, path, requests })),
];

function strictest(limits: readonly RouteLimit[]): ReadonlyMap<string, number> {
  const requests = new Map<string, number>();
  for (const { path, rate } of limits)
    requests.set(path, Math.min(requests.get(path) ?? Infinity, perFiveMinutes(rate)));
  return requests;
}

const slug = (path: string): string => path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "root";

export function createWebAcl(child: Children, scope: Scope, limits: readonly RouteLimit[]): wafv2.WebAcl {
  const [id, options] = child("web-acl");
  const name = physicalName("webAcl", scope, "edge");
  const rules = planRules(limits).map((rule, priority) => ({ priority, ...toRule(rule), ...observed(rule.name) }));
  const about = `Edge of ${scope.system} ${scope.stage}`;
  const acl = { name, description: about, scope: "REGIONAL", defaultAction: { allow: {} }, rules, ...observed(name) };
  return new wafv2.WebAcl(id, acl, options);
}

const observed = (metricName: string) => ({
  visibilityConfig: { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName },
});

const toRule = (rule: PlannedRule) =>
  "managed" in rule
    ? {
        name: rule.name,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: "AWS", name: rule.managed } },
      }
    : { name: rule.name, action: { block: {} }, statement: { rateBasedStatement: limit(rule.path, rule.requests) } };

const limit = (path: string, requests: number) => ({
  limit: requests,
  aggregateKeyType: "IP",
  evaluationWindowSec: 300,
  ...(path === "/" ? {} : { scopeDownStatement: below(path) }),
});

/** The path itself or anything below it, but not its namesakes: `/orders` is not `/orders-old`. */
const below = (path: string) => ({
  orStatement: {
    statements: [
      { byteMatchStatement: matches(path, "EXACTLY") },
      { byteMatchStatement: matches(`${path}/`, "STARTS_WITH") },
    ],
  },
});

const matches = (searchString: string, positionalConstraint: "EXACTLY" | "STARTS_WITH") => ({
  searchString,
  positionalConstraint,
  fieldToMatch: { uriPath: {} },
  textTransformations: [
    { priority: 0, type: "URL_DECODE" },
    { priority: 1, type: "NORMALIZE_PATH" },
  ],
});
