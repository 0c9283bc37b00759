import assert from "node:assert/strict";
import { type Impact } from "../../embedded/engine/impact";
import { type Plan } from "../../embedded/engine/plan";
import { type ObjectVerdict } from "../../embedded/engine/records";
import { planDocument } from "../../cli/plan-json";
import { planReport } from "../../cli/plan-report";
import { subjectsOf } from "../../cli/subjects";

const urn = (type: string, name: string): string => `urn:pulumi:dev::keelson::${type}::${name}`;
const bucket = urn("aws:s3/bucket:Bucket", "backups");
const pod = urn("keelson:workload:Service$kubernetes:apps/v1:Deployment", "order");

const verdict = (of: Partial<ObjectVerdict>): ObjectVerdict => ({
  verdict: "passed",
  kind: "Bucket",
  name: "backups",
  violations: [],
  undecided: [],
  unchecked: [],
  waived: [],
  judged: [],
  ...of,
});

const violation = {
  rule: "pod-non-root",
  category: "pod",
  severity: "high",
  enforcement: "mandatory",
  standards: [],
  path: "spec.template.spec",
  message: "runs as root",
  remedy: "set runAsNonRoot",
};

const plan: Plan = {
  resources: [
    { urn: bucket, type: "aws:s3/bucket:Bucket", name: "backups", parent: null, dependencies: [], op: "create" },
    {
      urn: pod,
      type: "kubernetes:apps/v1:Deployment",
      name: "order",
      parent: bucket,
      dependencies: [bucket],
      op: "create",
    },
  ],
  removed: [urn("aws:ec2/eip:Eip", "old")],
  changes: { create: 2, delete: 1 },
  outputsChange: false,
  protectionChanges: false,
  impact: [],
  unsigned: [],
  closedCharts: [],
  violations: [],
  warnings: [],
  seconds: 2,
  verdicts: {
    [bucket]: verdict({ urn: bucket }),
    [pod]: verdict({
      urn: pod,
      verdict: "violated",
      kind: "Deployment",
      name: "order",
      namespace: "shop",
      violations: [violation],
    }),
  },
  ofStack: [],
  unexpanded: [{ urn: "u", chart: "velero", version: "11.0.0", repository: "r", reason: "no network" }],
  dryRun: [
    { urn: pod, dryRun: false, reason: "the cluster is not known yet" },
    { urn: bucket, dryRun: true },
  ],
  stateSize: 0,
};

describe("a plan", () => {
  const text = planReport("dev", plan).join("\n");

  it("says against which state it compares", () => {
    assert.match(text, /compared with nothing: stack dev was never brought up/);
    assert.match(
      planReport("dev", { ...plan, stateSize: 7 }).join("\n"),
      /the local embedded state of stack dev \(7 resources\)/,
    );
  });

  it("counts changes by operation and type", () => {
    assert.match(text, /create 1 aws: Bucket 1/);
    assert.match(text, /create 1 kubernetes: Deployment 1/);
    assert.match(text, /delete 1: Eip/);
  });

  it("tells like violations once, with every place, what mends them, and that a should is not refused", () => {
    const should = { ...violation, rule: "protect", enforcement: "advisory", category: "resilience", path: "" };
    const keys = ["a", "b"].map((name) => urn("keelson:keys:Key$aws:kms/key:Key", name));
    const verdicts = Object.fromEntries(
      keys.map((key, at) => [
        key,
        verdict({ urn: key, kind: "Key", name: `${at}`, verdict: "violated", violations: [should] }),
      ]),
    );
    const both = planReport("dev", { ...plan, verdicts: { ...plan.verdicts, ...verdicts } }).join("\n");
    assert.match(
      both,
      /must {4}pod-non-root\n +runs as root \(spec\.template\.spec\)\n +in {4}Deployment shop\/order\n/,
    );
    assert.match(both, /should {2}protect, 2 times\n.*\n +in {4}Key 0, Key 1\n +mend {2}set runAsNonRoot/);
    assert.match(both, /1 must hold and do not: `up` refuses; 2 should hold: told, and in this stage not refused/);
    assert.match(both, /resilience +0 +2/);
    assert.match(text, /pod +1 +0/);
  });

  it("counts verdicts by who brings the objects, and counts no component", () => {
    const component = urn("keelson:keys:Key", "k");
    const unseen = verdict({ urn: component, verdict: "unchecked", unchecked: [{ message: "a component" }] });
    const verdicts = { ...plan.verdicts, [component]: unseen };
    const delivered = [verdict({ kind: "Deployment", name: "order", namespace: "order-service" })];
    const alone = planReport("dev", { ...plan, verdicts }).join("\n");
    assert.match(alone, /Pulumi registers +1 +1 +0 +0\n\n/);
    const both = planReport("dev", plan, subjectsOf({ ...plan, verdicts }, delivered)).join("\n");
    assert.match(both, /Pulumi registers +1 +1 +0 +0\n +Argo CD applies +1 +0 +0 +0\n +all +2 +1 +0 +0\n/);
  });

  it("ends with a table of verdicts by service and category, services first, and whether it may go on", () => {
    const services = new Map([["shop", "order"]]);
    const of = (kind: string, more: Partial<ObjectVerdict>) =>
      verdict({ kind, name: "x", judged: ["pod-privileged"], ...more });
    const waived = { ...violation, waiver: { reason: "r", owner: "o", expires: "2030-01-01" } };
    const objects = [
      of("Deployment", { namespace: "shop", verdict: "violated", violations: [violation, violation] }),
      of("Pod", { namespace: "velero", waived: [waived] }),
      of("Pod", { namespace: "data", verdict: "undecided", undecided: [{ rule: "pod-privileged", message: "m" }] }),
      of("Namespace", { name: "shop", judged: [] }),
      of("Pod", { namespace: "elsewhere" }),
    ];
    const lines = planReport("dev", plan, subjectsOf({ ...plan, verdicts: {} }, objects, services));
    assert.deepEqual(
      lines.slice(lines.indexOf("verdicts by service and category") + 1).map((line) => line.trim().split(/ {2,}/)),
      [
        ["by service and part", "pod", "unchecked"],
        ["service order", "2 must", "-"],
        ["backup", "1 waived", "-"],
        ["data", "1 open", "-"],
        ["namespace elsewhere", "ok", "-"],
        [""],
        ["violations: 2 must hold and do not: `up` refuses"],
      ],
    );
  });

  it("shows waivers where the verdicts are: which, for what, who answers for it, until when", () => {
    const waiver = (expires: string) => ({ ...violation, waiver: { reason: "needed", owner: "platform", expires } });
    const one = verdict({ urn: bucket, waived: [waiver("2031-01-01"), waiver("2030-01-01")] });
    const text = planReport("dev", { ...plan, verdicts: { [bucket]: one } }).join("\n");
    assert.match(text, /until 2030-01-01 {2}pod-non-root \(platform\)\n +needed\n +in {4}Bucket backups\n +until 2031/);
  });

  it("names what is undecided and why, and says why nobody judged the rest", () => {
    const open = { rule: "no-boundless", path: "policy", message: "not known yet" };
    const [role, subnet] = [urn("aws:iam/rolePolicy:RolePolicy", "r"), urn("aws:ec2/subnet:Subnet", "s")];
    const verdicts = {
      [role]: verdict({ urn: role, kind: "RolePolicy", name: "r", verdict: "undecided", undecided: [open] }),
      [subnet]: verdict({ urn: subnet, kind: "Subnet", verdict: "unchecked", unchecked: [{ message: "no rule" }] }),
    };
    const lines = planReport("dev", { ...plan, verdicts }).join("\n");
    assert.match(lines, /no-boundless: policy\n +not known yet\n +in {4}RolePolicy r\n/);
    assert.match(lines, /1: no rule\n +Subnet 1\n/);
  });

  it("fits a terminal of 100 columns", () => {
    const long = { ...plan, warnings: ["word ".repeat(60).trim()] };
    for (const line of planReport("dev", long)) assert.ok(line.length <= 100, line);
  });

  it("lists what nobody could look into and what no API server tried", () => {
    assert.match(text, /velero 11\.0\.0\n +no network/);
    assert.match(text, /tried on the API server: 1 of 2; the others: the cluster is not known yet/);
  });

  const network = urn("aws:ec2/vpc:Vpc", "network");
  const lost: Impact = {
    urn: bucket,
    type: "aws:s3/bucket:Bucket",
    name: "backups",
    kind: "replace with data loss",
    root: { urn: network, property: "cidrBlock", cause: "changed" },
    loses: "every object in it",
    id: "backups-1a2b3c4",
  };

  it("says worst first what happens to what exists, and who must sign for lost data", () => {
    const rolling: Impact = { urn: pod, type: "kubernetes:apps/v1:Deployment", name: "order", kind: "rolling" };
    const lines = planReport("dev", { ...plan, impact: [rolling, lost], unsigned: [lost] }).join("\n");
    assert.match(
      lines,
      /replace with data loss: aws:s3\/bucket:Bucket backups\n +because {2}cidrBlock of aws:ec2\/vpc:Vpc/,
    );
    assert.match(lines, /loses {4}every object in it\n +signed {3}by nobody: `up` refuses\n +waive {4}\{"urn":/);
    assert.ok(lines.indexOf("data loss") < lines.indexOf("rolling 1: Deployment 1"));
    assert.match(planReport("dev", { ...plan, impact: [lost] }).join("\n"), /signed {3}in data-loss-waivers\.json/);
    assert.ok(!text.includes("what happens to what exists"));
  });

  it("as JSON says per changed resource what happens to it, and for lost data whether somebody signed", () => {
    const [gone = ""] = plan.removed;
    const removal: Impact = { urn: gone, type: "aws:ec2/eip:Eip", name: "old", kind: "delete" };
    const { resources, removed } = planDocument("dev", { ...plan, impact: [lost, removal], unsigned: [lost] });
    const { kind, root, loses, id } = lost;
    assert.deepEqual(resources[0]?.impact, { kind, root, loses, id, signed: false });
    assert.equal("impact" in (resources[1] ?? {}), false);
    assert.deepEqual(removed, [{ urn: gone, impact: { kind: "delete" } }]);
  });

  it("as JSON has the documented members and no other about a resource", () => {
    const document = planDocument("dev", { ...plan, removed: [] });
    assert.deepEqual(Object.keys(document), ["stack", "against", "resources", "verdicts", "unexpanded", "dryRun"]);
    const delivered = planDocument("dev", plan, [verdict({ namespace: "shop" })]);
    assert.equal(delivered.delivered?.[0]?.namespace, "shop");
    assert.deepEqual(Object.keys(document.resources[0] ?? {}), ["urn", "type", "name", "parent", "dependencies"]);
    assert.equal(document.verdicts[pod]?.verdict, "violated");
  });
});
