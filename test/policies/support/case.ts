/** A rule's smallest passer and violator, and the shapes in which most of them come. */
import { denyAll, pod, resource, spec, type Fields, type Sample } from "./samples";

export interface Case {
  readonly rule: string;
  /** The judged object comes first. */
  readonly passes: readonly Sample[];
  readonly fails: readonly Sample[];
  readonly path: string;
  readonly message: string;
}

export type Expected = readonly [path: string, message: string];

export const podCase = (rule: string, broken: Fields, [path, message]: Expected): Case => ({
  rule,
  passes: [pod(rule, spec()), denyAll(rule)],
  fails: [pod(rule, spec(broken)), denyAll(rule)],
  path,
  message,
});

export const containerCase = (rule: string, broken: Fields, [path, message]: Expected): Case =>
  podCase(rule, { containers: [broken] }, [`spec.containers[0].${path}`, message]);

export const alone = (rule: string, [passes, fails]: readonly [Sample, Sample], [path, message]: Expected): Case => ({
  rule,
  passes: [passes],
  fails: [fails],
  path,
  message,
});

/** The same resource, once whole and once with one property changed. */
export const cloud = (
  rule: string,
  type: string,
  [good, broken]: readonly [Fields, Fields],
  expected: Expected,
): Case =>
  alone(
    rule,
    [resource(type, rule, good, { protect: true }), resource(type, rule, { ...good, ...broken }, { protect: true })],
    expected,
  );

/** The same case with other objects beside it, on both sides. */
export const along = (entry: Case, ...others: readonly Sample[]): Case => ({
  ...entry,
  passes: [...entry.passes, ...others],
  fails: [...entry.fails, ...others],
});

/** What a namespace says of Pod Security. */
export const RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "v1.36",
};

/** A LoadBalancerConfiguration's settings but for its listeners. */
export const BALANCER = {
  loadBalancerAttributes: [
    { key: "access_logs.s3.enabled", value: "true" },
    { key: "routing.http.drop_invalid_header_fields.enabled", value: "true" },
    { key: "deletion_protection.enabled", value: "true" },
  ],
  wafV2: { webACL: "arn:aws:wafv2:acl" },
};

/** A Service with a load balancer of its own, where that is allowed. */
export const BALANCED = { type: "LoadBalancer", loadBalancerSourceRanges: ["203.0.113.0/24"] };
