import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { Bucket } from "@pulumi/aws/s3";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import { Chart } from "@pulumi/kubernetes/helm/v4";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import { RULES } from "../../policies/rules/all";
import { ALSO, CASES, type Case } from "../policies/support/cases";
import { Laboratory, reported, requireEngine, type Run, versionOf } from "../policies/support/engine";
import { LABELS, pod, spec, type Sample } from "../policies/support/samples";

/** Any resource, by its type token. */
class Any extends pulumi.CustomResource {
  constructor(sample: Sample, name: string, props: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(sample.type, name, props, { ...options, protect: sample.protect ?? false });
  }
}

/** A cluster of which nothing is known yet: the first preview of an empty account. */
const unknownCluster = (): Provider =>
  new Provider("cluster", { kubeconfig: new Bucket("unknown", {}, { protect: true }).arn });

const nameOf = (entry: Case, sample: Sample): string => `${entry.rule}--${sample.name}`;

/** `aws` of `aws:s3/bucket:Bucket` and of `pulumi:providers:aws`. */
const providerOf = (type: string): string => /^(?:pulumi:providers:)?([^:]+)/.exec(type)?.[1] ?? type;

/** Registers the samples of a case; what one uses of another is made first, as an output that is not known yet. */
function register(entry: Case, samples: readonly Sample[], provider: Provider): void {
  const made = new Map<string, Any>();
  const make = (sample: Sample): Any => {
    const known = made.get(sample.name);
    if (known !== undefined) return known;
    const outputs = Object.entries(sample.uses ?? {}).map(([property, name]) => {
      const used = samples.find((other) => other.name === name) ?? assert.fail(`no sample ${name} in ${entry.rule}`);
      return [property, make(used).id] as const;
    });
    const options = sample.type.startsWith("kubernetes:")
      ? { provider }
      : { version: versionOf(providerOf(sample.type)) };
    const props = { ...sample.props, ...Object.fromEntries(outputs) };
    const one = new Any(sample, nameOf(entry, sample), props, options);
    made.set(sample.name, one);
    return one;
  };
  for (const sample of samples) make(sample);
}

const stackOf =
  (side: "passes" | "fails", cases: readonly Case[] = CASES): PulumiFn =>
  async () => {
    const provider = unknownCluster();
    for (const entry of cases) register(entry, entry[side], provider);
  };

const rulesAt = ({ document }: Run, suffix: string): readonly string[] => {
  const found = document.objects.find(({ urn }) => urn?.endsWith(`::${suffix}`) === true);
  assert.ok(found, `no verdict for ${suffix}`);
  return [...new Set(found.violations.map(({ rule }) => rule))].sort();
};

describe("the policy pack under the real engine", function () {
  this.timeout(180_000);
  let laboratory: Laboratory;
  before(() => {
    requireEngine();
    laboratory = new Laboratory();
  });
  after(() => laboratory.remove());

  it("finds the smallest violator of every rule, and nothing else there", async () => {
    const run = await laboratory.preview(stackOf("fails"));
    for (const entry of CASES) {
      const [first] = entry.fails;
      assert.ok(first);
      assert.deepEqual(rulesAt(run, nameOf(entry, first)), [entry.rule, ...(ALSO[entry.rule] ?? [])].sort());
    }
    assert.ok(run.failure);
    const told = reported(run).filter(({ urn }) => urn.includes("--"));
    assert.deepEqual([...new Set(told.map(({ policy }) => policy))].sort(), RULES.map(({ id }) => id).sort());
    const written = run.document.objects.flatMap(({ urn, violations }) =>
      violations.map(({ rule }) => `${rule} ${urn}`),
    );
    const said = reported(run).map(({ policy, urn }) => `${policy} ${urn}`);
    assert.deepEqual([...said].sort(), [...written].sort());
  });

  it("lets every passer pass", async () => {
    const judged = CASES.filter(({ rule }) => rule !== "pod-no-opaque-release");
    const run = await laboratory.preview(stackOf("passes", judged));
    for (const entry of judged)
      for (const sample of entry.passes) assert.deepEqual(rulesAt(run, nameOf(entry, sample)), []);
  });

  it("finds a workload without its policy at the first preview of an empty account, and knows whose policy is whose", async () => {
    const run = await laboratory.preview(async () => {
      const options = { provider: unknownCluster() };
      const named = new core.Namespace("named", { metadata: { name: "order" } }, options);
      const unnamed = new core.Namespace("unnamed", {}, options);
      const isolate = (name: string, namespace: core.Namespace): NetworkPolicy =>
        new NetworkPolicy(
          name,
          {
            metadata: { namespace: namespace.metadata.name },
            spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
          },
          options,
        );
      const workload = (name: string, namespace: pulumi.Input<string>): apps.Deployment =>
        new apps.Deployment(
          name,
          {
            metadata: { namespace },
            spec: {
              selector: { matchLabels: LABELS },
              template: { metadata: { labels: LABELS }, spec: spec() as never },
            },
          },
          options,
        );
      isolate("in-named", named);
      isolate("in-unnamed", unnamed);
      workload("covered", named.metadata.name);
      workload("covered-by-name", "order");
      workload("covered-unnamed", unnamed.metadata.name);
      workload("open", "elsewhere");
    });
    const coverage = (name: string) => rulesAt(run, name).filter((rule) => rule.endsWith("-covered"));
    for (const name of ["covered", "covered-by-name", "covered-unnamed"]) assert.deepEqual(coverage(name), [], name);
    assert.deepEqual(coverage("open"), ["network-egress-covered", "network-ingress-covered"]);
    assert.ok(run.failure);
  });

  it("lists a chart and a value that is not known, and fails for neither", async () => {
    const run = await laboratory.preview(async () => {
      const bucket = new Bucket("unknown", {}, { protect: true });
      const options = { provider: new Provider("cluster", { kubeconfig: bucket.arn }) };
      new Chart("kong", { chart: "kong", namespace: "kong" }, options);
      new core.ConfigMap("settings", { metadata: { name: "c", namespace: "x" }, data: { TOKEN: bucket.arn } }, options);
    });
    const of = (suffix: string) => run.document.objects.find(({ urn }) => urn?.endsWith(suffix) === true);
    assert.equal(of("Chart::kong")?.verdict, "unchecked");
    assert.equal(of("::settings")?.verdict, "undecided");
    assert.deepEqual(
      reported(run).filter(({ urn }) => !urn.endsWith("::unknown")),
      [],
    );
  });

  it("warns in dev where it refuses in prod, by the stack's own stage", async () => {
    const medium = CASES.filter(({ rule }) => rule === "pod-read-only-root");
    const program: PulumiFn = async () => {
      const options = { provider: new Provider("cluster", { kubeconfig: "x" }) };
      for (const entry of medium) register(entry, entry.fails, options.provider);
    };
    const [dev, prod] = [
      await laboratory.preview(program, { stage: "dev" }),
      await laboratory.preview(program, { stage: "prod" }),
    ];
    assert.deepEqual([dev.failure, dev.document.summary.advisory, dev.document.stage], [undefined, 1, "dev"]);
    assert.deepEqual(
      [prod.failure === undefined, prod.document.summary.mandatory, prod.document.stage],
      [false, 1, "prod"],
    );
  });

  it("honours a waiver, and refuses one that is needed no more", async () => {
    const program: PulumiFn = async () => {
      new Release("velero", { chart: "velero" }, { provider: new Provider("cluster", { kubeconfig: "x" }) });
    };
    const waiver = {
      rule: "pod-no-opaque-release",
      object: "kubernetes:helm.sh/v3:Release velero",
      reason: "r",
      owner: "o",
      expires: "2999-01-01",
    };
    const waived = await laboratory.preview(program, { waivers: [waiver] });
    assert.deepEqual([waived.failure, waived.document.summary.waived], [undefined, 1]);
    const stale = await laboratory.preview(async () => undefined, { waivers: [waiver] });
    assert.deepEqual(
      reported(stale).map(({ policy, level }) => [policy, level]),
      [["pack-waiver-in-force", "mandatory"]],
    );
  });

  it("stops an update before the violator exists, and still leaves a verdict", async () => {
    const run = await laboratory.up(async () => {
      const provider = new Provider("cluster", { kubeconfig: "x" });
      const sample = pod("x", spec({ hostPID: true }));
      new Any(sample, "intruder", sample.props, { provider });
    });
    assert.ok(run.failure);
    assert.equal(run.document.complete, false);
    assert.ok(rulesAt(run, "intruder").includes("pod-host-namespaces"));
    assert.ok(!(await laboratory.exists("intruder")));
  });
});

describe("the folder policies/", function () {
  this.timeout(120_000);

  it("serves under the SDK's own launcher, with no environment of ours", async () => {
    const checkout = resolve(__dirname, "..", "..", "..");
    const runner = join(checkout, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
      cwd: join(checkout, "policies"),
      env: environment,
    });
    try {
      const port = await new Promise<string>((done, fail) => {
        child.stdout.once("data", (data: Buffer) => done(data.toString().trim()));
        child.stderr.on("data", (data: Buffer) => process.stderr.write(data));
        child.once("exit", (code) => fail(new Error(`the pack ended with ${code}`)));
      });
      assert.match(port, /^\d+$/);
    } finally {
      child.kill();
    }
  });
});
