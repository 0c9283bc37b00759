import assert from "node:assert/strict";
import { plain, UNKNOWN } from "../../policies/value";
import { CASES } from "./support/cases";
import {
  container,
  denyAll,
  manifest,
  pod,
  resource,
  spec,
  UNKNOWN_TEXT,
  type Fields,
  type Sample,
} from "./support/samples";
import { broken, tried, verdictOf } from "./support/trial";

/** Joins whose path is not a field of the judged object, and facts that are always known. */
const ELSEWHERE = new Set([
  ...CASES.filter(({ message }) => message === "nothing beside this bucket says so").map(({ rule }) => rule),
  ...["cloud-s3-encrypted", "cloud-s3-bucket-key", "cloud-s3-tls-only", "tls-s3-version"],
  ...["network-ingress-covered", "network-egress-covered", "network-default-deny", "network-dns-egress"],
  ...["network-eks-enforced", "network-eks-strict", "cloud-private-subnets", "cloud-no-open-group-inside"],
  ...["cloud-rds-copied", "cloud-vpc-default-group", "cloud-vpc-flow-logs"],
  ...["tls-azure-postgres", "cloud-azure-storage-recoverable"],
  "resilience-protect-stateful",
  "pod-no-opaque-release",
  "pod-volume-types",
  "tls-ingress-no-snippets",
  "resilience-own-region",
]);

/** Where it is enough that something is named: what is not known yet is of a resource that is yet to be made. */
const NAMED = new Set([
  "cloud-balancer-firewall",
  "cloud-nodes-templated",
  "cloud-rds-own-key",
  "cloud-elasticache-own-key",
  "cloud-logs-own-key",
  "cloud-account-guarded",
  "cloud-aks-disk-key",
  "cloud-azure-vault-expiry",
  "cloud-azure-redis-own-key",
]);

const steps = (path: string): readonly string[] =>
  [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([\w-]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** A copy in which one field is not known. */
function blur(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return UNKNOWN_TEXT;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === first ? blur(item, rest) : item));
  const fields = isFields(value) ? value : {};
  return { ...fields, [first]: blur(fields[first], rest) };
}

const blurred = (sample: Sample, path: string): Sample => {
  const props = blur(sample.props, steps(path));
  return { ...sample, props: isFields(props) ? props : {} };
};

describe("a value that is not known yet", () => {
  for (const { rule, fails, path } of CASES.filter((entry) => NAMED.has(entry.rule))) {
    it(`is enough for ${rule}, which asks only that something is named`, () => {
      const [first, ...others] = fails;
      assert.ok(first);
      assert.deepEqual(broken(verdictOf([blurred(first, path), ...others])), []);
    });
  }

  for (const { rule, fails, path } of CASES.filter(({ rule }) => !ELSEWHERE.has(rule) && !NAMED.has(rule))) {
    it(`leaves ${rule} undecided, neither passed nor violated`, () => {
      const [first, ...others] = fails;
      assert.ok(first);
      const verdict = verdictOf([blurred(first, path), ...others]);
      assert.deepEqual(
        [
          verdict.undecided.some((question) => question.rule === rule),
          verdict.violations.some((violation) => violation.rule === rule),
        ],
        [true, false],
      );
    });
  }

  it("does not end the other checks of the same object", () => {
    const containers = [container({}, { runAsNonRoot: UNKNOWN_TEXT }), container({}, { runAsNonRoot: false })];
    const verdict = verdictOf([pod("x", spec({ containers })), denyAll("x")]);
    assert.deepEqual(
      [verdict.violations.map(({ path }) => path), verdict.undecided.map(({ path }) => path)],
      [["spec.containers[1].securityContext.runAsNonRoot"], ["spec.containers[0].securityContext.runAsNonRoot"]],
    );
  });

  it("leaves a whole pod undecided when its spec is not known", () => {
    const verdict = verdictOf([
      { ...pod("x", {}), props: { ...pod("x", {}).props, spec: UNKNOWN_TEXT } },
      denyAll("x"),
    ]);
    assert.equal(verdict.verdict, "undecided");
  });

  it("includes a secret that was redacted", () => {
    assert.equal(plain("[secret]"), UNKNOWN);
  });

  it("leaves coverage undecided where only an unknown namespace could cover a pod", () => {
    const verdict = verdictOf([pod("x", spec()), denyAll(UNKNOWN_TEXT)]);
    assert.deepEqual(
      verdict.undecided.map(({ rule }) => rule),
      ["network-ingress-covered", "network-egress-covered"],
    );
  });

  it("in another cluster leaves nothing undecided here", () => {
    assert.equal(verdictOf([pod("x", spec()), { ...denyAll(UNKNOWN_TEXT), provider: "recovery" }]).verdict, "violated");
    const elsewhere = { ...denyAll("x"), provider: "recovery" };
    assert.equal(verdictOf([pod(UNKNOWN_TEXT, spec()), elsewhere]).verdict, "violated");
  });

  it("is no excuse where another policy covers the pod", () => {
    assert.equal(verdictOf([pod("x", spec()), denyAll(UNKNOWN_TEXT), denyAll("x")]).verdict, "passed");
  });

  it("finds the namespace of an unknown name through the Namespace it comes from", () => {
    const namespace = (name: string): Sample => ({
      ...manifest("v1", "Namespace", { metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } } }),
      name,
    });
    const uses = { metadata: "shop" };
    const workload = { ...pod(UNKNOWN_TEXT, spec()), name: "workload", uses };
    const policy = { ...denyAll(UNKNOWN_TEXT), name: "policy" };
    assert.equal(verdictOf([workload, namespace("shop"), { ...policy, uses }]).verdict, "passed");
    const elsewhere = { ...policy, uses: { metadata: "other" } };
    assert.equal(verdictOf([workload, namespace("shop"), namespace("other"), elsewhere]).verdict, "violated");
  });

  it("in a bucket's policy leaves the bucket undecided", () => {
    const bucket = resource("aws:s3/bucket:Bucket", "b", {}, { protect: true });
    const policy = resource(
      "aws:s3/bucketPolicy:BucketPolicy",
      "p",
      { policy: UNKNOWN_TEXT },
      { uses: { bucket: "b" } },
    );
    assert.ok(verdictOf([bucket, policy]).undecided.some(({ rule }) => rule === "cloud-s3-tls-only"));
  });

  it("is told apart in the summary", () => {
    const { summary } = tried([pod("x", spec()), denyAll(UNKNOWN_TEXT)]);
    assert.deepEqual([summary.objects, summary.passed, summary.undecided, summary.mandatory], [2, 1, 1, 0]);
  });
});
