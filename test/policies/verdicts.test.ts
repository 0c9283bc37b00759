import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeAlone } from "../../policies/court";
import { ENFORCEMENT, enforcement, stageOf } from "../../policies/enforcement";
import { judge } from "../../policies/judge";
import { fromManifest } from "../../policies/object";
import { policies } from "../../policies/pack";
import { Recorder } from "../../policies/recorder";
import { isObjectRule, RULES } from "../../policies/rules/all";
import { verdictDocument, type VerdictDocument } from "../../policies/verdicts";
import { isForStack, isOfStack, NO_WAIVERS, parseWaivers, type Waiver } from "../../policies/waiver";
import { CASES } from "./support/cases";
import { container, denyAll, described, manifest, pod, resource, spec, type Sample } from "./support/samples";
import { broken, TODAY, tried, verdictOf } from "./support/trial";

describe("enforcement", () => {
  it("never lets anything critical be less than mandatory, in any stage", () => {
    for (const levels of Object.values(ENFORCEMENT)) assert.equal(levels.critical, "mandatory");
    assert.deepEqual(
      RULES.filter((rule) => rule.severity === "critical" && enforcement(rule, "dev") !== "mandatory"),
      [],
    );
  });

  it("never is stricter in dev than in prod", () => {
    for (const rule of RULES)
      if (enforcement(rule, "prod") === "advisory") assert.equal(enforcement(rule, "dev"), "advisory");
  });

  it("keeps what the platform promises critical", () => {
    const promised = [
      "pod-run-as-non-root",
      "network-ingress-covered",
      "network-egress-covered",
      "tls-gateway-listener",
      "tls-ingress",
    ];
    assert.deepEqual(
      promised.filter((id) => RULES.find((rule) => rule.id === id)?.severity !== "critical"),
      [],
    );
  });

  it("takes the stage from the environment, then from the stack's settings, else the strictest", () => {
    assert.equal(stageOf({ KEELSON_STAGE: "dev" }), "dev");
    assert.equal(stageOf({ PULUMI_CONFIG: '{"keelson:stage":"dev"}' }), "dev");
    assert.equal(stageOf({ KEELSON_STAGE: "prod", PULUMI_CONFIG: '{"keelson:stage":"dev"}' }), "prod");
    assert.equal(stageOf({ PULUMI_CONFIG: "not JSON" }), "prod");
    assert.equal(stageOf({}), "prod");
  });

  it("says the same in the engine's list of policies as in the verdicts", () => {
    const listed = policies("dev", new Recorder({ stage: "dev", waivers: NO_WAIVERS, today: TODAY }));
    for (const rule of RULES) {
      assert.equal(listed.find(({ name }) => name === rule.id)?.enforcementLevel, enforcement(rule, "dev"), rule.id);
    }
  });
});

describe("the closed world", () => {
  const reason = (type: string): readonly string[] => {
    const verdict = verdictOf([resource(type, "x", {})]);
    return [verdict.verdict, ...verdict.unchecked.map(({ message }) => message)];
  };

  it("names what no rule knows", () => {
    assert.deepEqual(reason("aws:ec2/route:Route"), ["unchecked", "no rule knows this kind"]);
    assert.deepEqual(reason("kubernetes:apps/v1:ControllerRevision"), ["unchecked", "no rule knows this kind"]);
  });

  it("names a chart, and does not take it for judged", () => {
    assert.match(reason("kubernetes:helm.sh/v4:Chart").join(" "), /^unchecked chart:/);
  });

  it("says of a chart which Pod Security level its namespace holds it to", () => {
    const chart = resource("kubernetes:helm.sh/v4:Chart", "c", { namespace: "velero" });
    const namespace = manifest("v1", "Namespace", {
      metadata: { name: "velero", labels: { "pod-security.kubernetes.io/enforce": "baseline" } },
    });
    const said = (samples: readonly Sample[]) =>
      verdictOf(samples)
        .unchecked.map(({ message }) => message)
        .join();
    assert.match(said([chart, namespace]), /; its namespace enforces the Pod Security level baseline$/);
    assert.match(said([chart]), /; no namespace of this stack holds it to a Pod Security level$/);
  });

  it("names resources from which operators make pods", () => {
    assert.deepEqual(reason("kubernetes:velero.io/v2alpha1:DataUpload"), [
      "unchecked",
      "an operator makes pods from it that cannot be seen here",
    ]);
  });

  it("gives every object exactly one verdict", () => {
    const { objects, summary } = tried(
      CASES.flatMap(({ fails }, index) => fails.map((sample) => ({ ...sample, name: `${sample.name}-${index}` }))),
    );
    assert.equal(summary.passed + summary.violated + summary.undecided + summary.unchecked, objects.length);
    assert.ok(objects.every(({ verdict, unchecked }) => verdict !== "unchecked" || unchecked.length > 0));
  });
});

const WAIVER: Waiver = {
  rule: "pod-host-path",
  object: "v1/Pod velero/*",
  reason: "the node agent reads volumes",
  owner: "platform",
  expires: "2027-03-31",
};

describe("waivers", () => {
  const agent = [pod("velero", spec({ volumes: [{ name: "v", hostPath: { path: "/" } }] })), denyAll("velero")];
  const messages = ({ stack }: VerdictDocument): readonly string[] => stack.violations.map(({ message }) => message);
  const having = (...waivers: readonly Waiver[]) => ({ waivers, problems: [] });

  it("take one violation of one object away, and are shown with the verdict", () => {
    const { objects, stack, summary } = tried(agent, having(WAIVER));
    assert.deepEqual(objects[0] && broken(objects[0]), ["pod-volume-types"]);
    assert.deepEqual(
      objects[0]?.waived.map(({ rule, waiver }) => [rule, waiver.reason, waiver.owner, waiver.expires]),
      [["pod-host-path", WAIVER.reason, WAIVER.owner, WAIVER.expires]],
    );
    assert.deepEqual([stack.violations, summary.waived], [[], 1]);
  });

  it("that have expired waive nothing and are violations themselves", () => {
    const document = tried(agent, having({ ...WAIVER, expires: "2026-11-20" }));
    assert.ok(document.objects[0]?.violations.some(({ rule }) => rule === "pod-host-path"));
    assert.deepEqual(messages(document), ["the waiver of pod-host-path for v1/Pod velero/* expired on 2026-11-20"]);
  });

  it("hold through their last day", () => {
    assert.deepEqual(messages(tried(agent, having({ ...WAIVER, expires: TODAY }))), []);
  });

  it("that meet no violation are violations themselves", () => {
    assert.deepEqual(messages(tried(agent, having(WAIVER, { ...WAIVER, object: "v1/Pod gone/x" }))), [
      "the waiver of pod-host-path for v1/Pod gone/x meets no violation",
    ]);
  });

  it("that stand may meet nothing, for a chart may hide what they are for, but expire like any other", () => {
    const standing = { ...WAIVER, object: "apps/v1/DaemonSet velero/node-agent", standing: true };
    assert.deepEqual(messages(tried(agent, having(WAIVER, standing))), []);
    assert.equal(messages(tried(agent, having(WAIVER, { ...standing, expires: "2026-11-20" }))).length, 1);
    assert.deepEqual(parseWaivers({ waivers: [{ ...standing, standing: "yes" }] }).problems, [
      "waivers[0]: wants standing, true or false",
    ]);
  });

  it("for another stack are left alone", () => {
    assert.deepEqual(messages(tried(agent, having(WAIVER, { ...WAIVER, object: "nothing", stacks: ["prod"] }))), []);
  });

  it("hold for the stack that stands in for theirs and for its rehearsal, which may do without them", () => {
    const named = (stack: string): Waiver => ({ ...WAIVER, stacks: [stack] });
    const holds = (stack: string, of: string): boolean => isForStack(named(of), stack);
    assert.deepEqual(
      [
        ["prod-recovery", "prod"],
        ["prod-rehearsal", "prod"],
        ["prod-rehearsal", "prod-recovery"],
        ["prod", "prod-recovery"],
        ["payments-prod-recovery", "prod"],
        ["prod-canary", "prod"],
        ["prod-return", "prod-recovery"],
      ].map(([stack = "", of = ""]) => holds(stack, of)),
      [true, true, true, false, false, false, true],
    );
    assert.equal(isOfStack(named("prod"), "prod-recovery"), false);
  });

  it("match the whole id, and no more than they say", () => {
    for (const object of ["v1/Pod velero", "Pod velero/order"]) {
      const [verdict] = tried(agent, having({ ...WAIVER, object })).objects;
      assert.ok(
        verdict?.violations.some(({ rule }) => rule === "pod-host-path"),
        object,
      );
    }
  });

  it("in a file with a mistake waive nothing, and the mistake is told", () => {
    assert.deepEqual(parseWaivers({ waivers: [{ ...WAIVER, owner: "", expires: "soon" }] }), {
      waivers: [],
      problems: ["waivers[0]: wants owner, a text", "waivers[0]: wants expires as 2027-03-31"],
    });
    assert.deepEqual(messages(tried(agent, parseWaivers([]))), ['wants { "waivers": [ … ] }']);
  });

  it("in the pack's own file are well-formed", () => {
    const path = join(__dirname, "..", "..", "..", "policies", "waivers.json");
    assert.deepEqual(parseWaivers(JSON.parse(readFileSync(path, "utf8"))).problems, []);
  });
});

describe("a rule that crashes", () => {
  const [rule] = RULES.filter(isObjectRule).filter(({ severity }) => severity === "medium");
  assert.ok(rule);
  const crashing = {
    ...rule,
    check: () => {
      throw new TypeError("hunter2");
    },
  };
  const [object] = fromManifest(pod("x", spec()).props);
  assert.ok(object);

  it("is its own failure on that object, mandatory in every stage, and quotes no value", () => {
    const rulings = judgeAlone(object, [crashing]);
    const terms = {
      stage: "dev",
      waivers: { waivers: [{ ...WAIVER, rule: rule.id, object: "*" }], problems: [] },
      today: TODAY,
      complete: false,
    } as const;
    const [verdict] = verdictDocument(new Map([[object, rulings]]), terms).objects;
    const [violation] = verdict?.violations ?? [];
    assert.deepEqual([verdict?.verdict, violation?.rule, violation?.enforcement], ["violated", rule.id, "mandatory"]);
    assert.match(violation?.message ?? "", /^the rule itself failed \(TypeError at [\w.-]+:\d+\)/);
    assert.doesNotMatch(JSON.stringify(verdict), /hunter2/);
  });

  it("does not keep the rules after it from judging", () => {
    const others = RULES.filter(isObjectRule).filter(({ id }) => id === "image-pinned");
    const [broken] = fromManifest(pod("x", spec({ containers: [container({ image: "x" })] })).props);
    assert.ok(broken);
    assert.deepEqual(
      judgeAlone(broken, [crashing, ...others]).map((ruling) => ruling.rule.id),
      [rule.id, "image-pinned"],
    );
  });
});

describe("verdict documents", () => {
  it("carry no value of any property, only paths, kinds and lengths", () => {
    const canary = "c4n4ry-v4lue";
    const samples = [
      pod(
        "x",
        spec({
          containers: [
            container({ image: canary, env: [{ name: "API_TOKEN", value: canary }] }, { procMount: canary }),
          ],
        }),
      ),
      manifest("v1", "ConfigMap", { metadata: { name: "c", namespace: "x" }, data: { PASSWORD: canary } }),
      resource("aws:eks/cluster:Cluster", "c", { accessConfig: { authenticationMode: canary } }),
      resource("aws:iam/rolePolicy:RolePolicy", "r", { policy: `{ "Statement": ${canary}` }),
      resource("aws:lb/listener:Listener", "l", { protocol: "HTTPS", sslPolicy: canary }),
    ];
    const text = JSON.stringify(tried(samples));
    assert.doesNotMatch(text, new RegExp(canary));
    assert.match(text, /looks like a secret: a text of 12 characters/);
  });

  it("are written at the first refusal of an update, which gets no stack judgement", () => {
    const folder = mkdtempSync(join(tmpdir(), "keelson-verdicts-"));
    const file = join(folder, "verdicts.json");
    const recorder = new Recorder({ stage: "prod", waivers: NO_WAIVERS, today: TODAY, file, dryRun: false });
    recorder.observe(described(pod("x", spec())));
    assert.equal(existsSync(file), false);
    recorder.observe(described(resource("kubernetes:helm.sh/v3:Release", "kong", {})));
    const document: VerdictDocument = JSON.parse(readFileSync(file, "utf8"));
    assert.deepEqual([document.complete, document.objects.length, document.summary.violated], [false, 2, 2]);
    rmSync(folder, { recursive: true });
  });

  it("are the same for plain manifests, with lists taken apart", () => {
    const { objects } = judge([
      { apiVersion: "v1", kind: "List", items: [pod("x", spec()).props, denyAll("x").props] },
    ]);
    assert.deepEqual(
      objects.map(({ id, verdict }) => [id, verdict]),
      [
        ["v1/Pod x/order", "passed"],
        ["networking.k8s.io/v1/NetworkPolicy x/default-deny", "passed"],
      ],
    );
  });

  it("judge by one Pod Security level when asked to", () => {
    const open = pod("x", spec({ securityContext: {}, hostPID: true })).props;
    const rules = (level: "baseline" | "restricted") => judge([open], { level }).objects.flatMap(broken);
    assert.deepEqual(rules("baseline"), ["pod-host-namespaces"]);
    assert.deepEqual(rules("restricted"), ["pod-host-namespaces", "pod-run-as-non-root", "pod-seccomp-restricted"]);
  });

  it("survive manifests that are no objects at all", () => {
    const odd: readonly unknown[] = [
      null,
      7,
      "x",
      {},
      { kind: "Pod" },
      { apiVersion: "v1", kind: "Pod", spec: "x", metadata: 3 },
      { kind: "List", items: 3 },
    ];
    assert.equal(judge(odd).objects.length, odd.length);
  });
});
