import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keelson } from "../../cli/main";
import { gather } from "../../cli/manifests/sources";
import { type SarifLog } from "../../cli/sarif/log";
import { sarifErrors } from "../support/sarif";

const repository = process.cwd();

interface Said {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

async function check(...argv: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const notes: string[] = [];
  const screen = {
    checkout: repository,
    out: (line: string) => out.push(line),
    note: (line: string) => notes.push(line),
  };
  const code = await keelson(["check", ...argv], screen);
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}

interface Document {
  readonly objects: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly violations: readonly { readonly rule: string; readonly path: string }[];
  }[];
  readonly summary: { readonly objects: number; readonly waivers: readonly { readonly owner: string }[] };
}

const POD = `apiVersion: v1
kind: Pod
metadata: { name: a, namespace: b }
spec:
  containers:
    - name: c
      image: d:1
`;

const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: b }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`;

describe("keelson check", function () {
  this.timeout(30_000); // the first use loads its code

  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "keelson-check-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  const document = async (...argv: readonly string[]): Promise<Document> =>
    JSON.parse((await check(...argv, "--json")).out) as Document;

  const broken = async (...argv: readonly string[]): Promise<readonly string[]> =>
    (await document(...argv)).objects.flatMap(({ violations }) =>
      violations.map(({ rule, path }) => `${rule} ${path}`),
    );

  describe("ends", () => {
    it("with 0 when nothing that must hold is violated, with 1 when something is", async () => {
      assert.equal((await check(file("policy.yaml", POLICY))).code, 0);
      assert.equal((await check(file("pod.yaml", POD))).code, 1);
    });

    it("with 0 for what should hold and does not", async () => {
      const service = "apiVersion: v1\nkind: Strange\nmetadata: { name: x }\n";
      const { code, out } = await check(file("strange.yaml", service));
      assert.equal(code, 0);
      assert.match(out, /no rule knows this kind\n +v1\/Strange x\n\n1 object: 0 passed, .* 1 unchecked/);
    });

    const aliases = (count: number, of: string): string => Array<string>(count).fill(of).join(", ");
    const bomb = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${aliases(9, `*a${at}`)}]`).join("\n");
    const head = "apiVersion: v1\nkind: ConfigMap\n";
    const unusable: readonly (readonly [string, string, string, RegExp])[] = [
      ["no YAML", "torn.yaml", `${head}---\na: [\nb: {\n`, /torn\.yaml:5: got /],
      [
        "no kind",
        "nokind.yaml",
        `${POLICY}---\n# comment\n\nmetadata: {}\n`,
        /nokind\.yaml:8: got no apiVersion and no kind/,
      ],
      [
        "a list item without kind",
        "l.yaml",
        "apiVersion: v1\nkind: List\nitems:\n  - a: 1\n",
        /l\.yaml:4: got no apiV/,
      ],
      ["a text", "text.yaml", "hello\n", /text\.yaml:1: got no apiVersion and no kind/],
      ["nothing", "empty.yaml", "---\n# nothing\n", /empty\.yaml:1: got nothing/],
      ["a key that stands twice", "twice.yaml", `${head}data:\n  a: 1\n  a: 2\n`, /twice\.yaml:5: got a key/],
      [
        "an alias bomb",
        "bomb.yaml",
        `${head}a0: &a0 [x]\n${bomb}\n`,
        /bomb\.yaml:4: got aliases that stand for millions/,
      ],
      [
        "wide aliases",
        "wide.yaml",
        `${head}a: &a [${aliases(2_000, "x")}]\nb: [${aliases(900, "*a")}]\n`,
        /wide\.yaml:4/,
      ],
      [
        "many aliases",
        "many.yaml",
        `${head}a: &a x\nb: [${aliases(10_001, "*a")}]\n`,
        /many\.yaml:4: got more than 10000/,
      ],
      ["an alias for itself", "self.yaml", `${head}a: &a [*a]\n`, /self\.yaml:3: got more than 500 levels/],
      ["too many levels", "deep.json", `${"[".repeat(9_999)}${"]".repeat(9_999)}`, /deep\.json:1: got more than 500/],
      ["too many levels of YAML", "deep.yaml", `${head}a: ${"[".repeat(99_999)}`, /deep\.yaml:\d: got too many levels/],
      ["torn JSON", "torn.json", '{"apiVersion": "v1",\n "kind": "Pod",\n "spec": [}\n', /torn\.json:3: got /],
    ];
    for (const [what, name, text, line] of unusable)
      it(`with 2 and one line for ${what}`, async () => {
        const { code, out, notes } = await check(file(name, text), "--json");
        assert.deepEqual([code, out, notes.split("\n").length], [2, "", 1]);
        assert.match(notes, line);
        assert.match(notes, /, want [^;]+; \w/);
      });

    it("with 2 for a folder without manifests, a file that is missing, and bytes that are no text", async () => {
      mkdirSync(join(folder, "none"));
      writeFileSync(join(folder, "none", "readme.txt"), "x");
      writeFileSync(join(folder, "bytes.yaml"), Buffer.from([0xff, 0xfe, 0x00]));
      const { code, notes } = await check(...["none", "missing.yaml", "bytes.yaml"].map((name) => join(folder, name)));
      assert.equal(code, 2);
      assert.match(
        notes,
        /none: got a folder without manifests.*\n.*missing\.yaml: got no such file.*\n.*bytes\.yaml:1: got/,
      );
    });

    it("with 2 for more than 50 MB, read no further", async () => {
      const path = file("large.yaml", "");
      truncateSync(path, 50_000_001);
      const { code, notes } = await check(path);
      assert.deepEqual([code, notes.split("\n").length], [2, 1]);
      assert.match(notes, /large\.yaml:1: got more than 50 MB/);
      assert.match(gather(["/dev/zero"], 1_000).problems[0]?.got ?? "", /more than/);
    });

    it("with 2 for a level that there is not", async () => {
      const { code, notes } = await check(file("pod.yaml", POD), "--level", "privileged");
      assert.equal(code, 2);
      assert.match(notes, /--level[\s\S]*baseline or restricted/);
    });
  });

  describe("reads", () => {
    it("documents, lists, lists of one kind, JSON, folders: each object once, in order", async () => {
      mkdirSync(join(folder, "all", "deeper"), { recursive: true });
      const named = (name: string) => ({ metadata: { name, namespace: "ns" }, data: {} });
      const map = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", ...named(name) });
      file("all/1.yaml", `${JSON.stringify(map("a"))}\n---\n# only a comment\n---\n${JSON.stringify(map("b"))}\n`);
      file("all/2.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: [map("c"), map("d")] }));
      file("all/3.yml", JSON.stringify({ apiVersion: "v1", kind: "ConfigMapList", items: [named("e")] }));
      file("all/deeper/4.yaml", "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: f, namespace: ns}\r\n");
      file("all/notes.txt", "not a manifest");
      const { objects } = await document(join(folder, "all"));
      assert.deepEqual(
        objects.map(({ id }) => id),
        [..."abcdef"].map((name) => `v1/ConfigMap ns/${name}`),
      );
    });

    it("stdin as -", () => {
      const child = join(__dirname, "..", "support", "keelson-child.js");
      const { status, stdout } = spawnSync(process.execPath, [child, repository, "check", "-"], { input: POD });
      assert.equal(status, 1);
      assert.match(stdout.toString(), /^v1\/Pod b\/a\n[\s\S]*stdin:6 {2}spec\.containers\[0\]/);
    });

    it("YAML as kubectl does: `yes` and `on` are true, a date is a text", async () => {
      const pod = POD.replace("spec:\n", "spec:\n  hostNetwork: yes\n  hostPID: on\n").replace(
        "name: a,",
        "name: 2026-01-01,",
      );
      const [object] = (await document(file("pod.yaml", pod), "--level", "baseline")).objects;
      assert.equal(object?.id, "v1/Pod b/2026-01-01");
      assert.deepEqual(
        object?.violations.map(({ path }) => path),
        ["spec.hostNetwork", "spec.hostPID"],
      );
    });

    it("anchors and merge keys", async () => {
      const twice = `${POD.replace("- name: c", "- &c\n      name: c")}    - { <<: *c, name: e }\n`;
      const rules = await broken(file("pod.yaml", twice), "--level", "restricted");
      assert.ok(rules.includes("pod-run-as-non-root spec.containers[1].securityContext.runAsNonRoot"));
    });
  });

  describe("judges", () => {
    it("by all rules, or by those of one Pod Security level", async () => {
      const path = file("pod.yaml", POD.replace("spec:\n", "spec:\n  hostIPC: true\n"));
      const rules = async (...flags: readonly string[]) => [
        ...new Set((await broken(path, ...flags)).map((line) => line.split(" ")[0])),
      ];
      assert.deepEqual(await rules("--level", "baseline"), ["pod-host-namespaces"]);
      assert.ok((await rules("--level", "restricted")).includes("pod-run-as-non-root"));
      assert.ok(!(await rules("--level", "restricted")).includes("network-ingress-covered"));
      assert.ok((await rules()).includes("network-ingress-covered"));
    });

    it("all files as one: a policy in one covers the pods in another", async () => {
      const rules = await broken(file("pod.yaml", POD), file("policy.yaml", POLICY));
      assert.deepEqual(
        rules.filter((rule) => rule.includes("-covered")),
        [],
      );
    });

    it("with the pack's waivers where they are for one of the objects, and shows them", async () => {
      const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`;
      const path = file("velero.yaml", namespace("velero"));
      const { code, out } = await check(path);
      assert.equal(code, 0);
      assert.match(
        out,
        /waived\n {2}pod-namespace-enforces-level on v1\/Namespace velero\n[\s\S]*\(platform, until 20/,
      );
      assert.deepEqual(
        (await document(path)).summary.waivers.map(({ owner }) => owner),
        ["platform"],
      );
      assert.equal((await check(file("other.yaml", namespace("other")))).code, 1);
    });

    it("nothing by waivers that have expired, and does not mention those for other objects", async () => {
      const waiver = { rule: "pod-namespace-enforces-level", reason: "r", owner: "o", expires: "2020-01-01" };
      const waivers = [
        { ...waiver, object: "v1/Namespace late" },
        { ...waiver, object: "v1/Namespace elsewhere" },
      ];
      const before = process.env["KEELSON_WAIVERS"];
      process.env["KEELSON_WAIVERS"] = file("waivers.json", JSON.stringify({ waivers }));
      try {
        const { code, out } = await check(
          file("late.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: { name: late }\n"),
        );
        assert.equal(code, 1);
        assert.match(out, /the waivers\n[\s\S]*v1\/Namespace late\s+expired on 2020-01-01/);
        assert.doesNotMatch(out, /elsewhere/);
      } finally {
        if (before === undefined) delete process.env["KEELSON_WAIVERS"];
        else process.env["KEELSON_WAIVERS"] = before;
      }
    });
  });

  describe("tells", () => {
    it("each violation with its file and line, its remedy, and a tally, in 80 columns", async () => {
      const { out } = await check(file("pod.yaml", `# two\n---\n${POD}`));
      assert.match(out, /must {4}pod-run-as-non-root \(critical, pss-restricted/);
      assert.match(out, /pod\.yaml:8 {2}spec\.containers\[0\]\.securityContext\.runAsNonRoot\n {10}mend {2}set /);
      assert.match(out, /pod\.yaml:5 {2}metadata\.labels\n/);
      assert.match(out, /\n1 object: 0 passed, 1 violated, 0 undecided, 0 unchecked\n\d+ violations: /);
      for (const line of out.split("\n").filter((text) => !text.includes(folder))) assert.ok(line.length <= 80, line);
    });

    it("nothing that would steer the terminal", async () => {
      const pod = POD.replace("name: a,", 'name: "a\\e[2Jb\\u202ec",');
      const { out } = await check(file("pod.yaml", pod));
      assert.match(out, /^v1\/Pod b\/a\ufffd\[2Jb\ufffdc\n/);
    });

    it("as JSON one document of exactly the documented members", async () => {
      const { objects, ...rest } = await document(file("pod.yaml", POD));
      const keys = ["id", "apiVersion", "kind", "namespace", "name", "verdict", "violations", "undecided", "unchecked"];
      assert.deepEqual(Object.keys(objects[0] ?? {}), keys);
      const members = ["rule", "category", "severity", "enforcement", "standards", "path", "message", "remedy"];
      assert.deepEqual(Object.keys(objects[0]?.violations[0] ?? {}), members);
      assert.deepEqual(Object.keys(rest), ["stack", "summary"]);
    });
  });

  describe("writes SARIF", () => {
    const written = async (...files: readonly string[]): Promise<SarifLog> => {
      const path = join(folder, "out", "check.sarif");
      await check(...files, "--sarif", path);
      return JSON.parse(readFileSync(path, "utf8")) as SarifLog;
    };

    it("that the official schema takes, with and without violations, and would refuse when it were wrong", async () => {
      const log = await written(file("pod.yaml", `${POD}---\napiVersion: v1\nkind: Strange\nmetadata: {name: x}\n`));
      assert.deepEqual(sarifErrors(log), []);
      assert.deepEqual(sarifErrors(await written(file("policy.yaml", POLICY))), []);
      const [run] = log.runs;
      assert.ok(sarifErrors({ ...log, runs: [{ ...run, results: [{ level: "fatal" }] }] }).length > 0);
    });

    it("with the line of the field, the rule with its help, a level and a fingerprint", async () => {
      const pod = file("pod.yaml", POD.replace("image: d:1", "image: d"));
      const [run] = (await written(pod)).runs;
      const found = run?.results.find(({ ruleId }) => ruleId === "image-pinned");
      assert.equal(found?.locations[0]?.physicalLocation.region.startLine, 7);
      assert.equal(found?.level, "error");
      const rule = run?.tool.driver.rules[found?.ruleIndex ?? -1];
      assert.deepEqual([rule?.id, rule?.name], ["image-pinned", "ImagePinned"]);
      assert.match(rule?.help.markdown ?? "", /\*\*To mend it\*\*/);
    });

    it("whose fingerprints stay when lines move, and differ by object and field", async () => {
      const prints = async (text: string): Promise<readonly string[]> =>
        ((await written(file("pod.yaml", text))).runs[0]?.results ?? []).map(
          ({ partialFingerprints }) => partialFingerprints["keelsonViolation/v1"],
        );
      const before = await prints(POD);
      assert.deepEqual(await prints(`# moved\n\n${POD}`), before);
      assert.equal(new Set(before).size, before.length);
      assert.ok((await prints(POD.replace("name: a,", "name: z,"))).every((print) => !before.includes(print)));
    });

    it("with what is waived as suppressed, and what nobody judged as a remark", async () => {
      const velero = "apiVersion: v1\nkind: Namespace\nmetadata: { name: velero }\n";
      const [run] = (await written(file("v.yaml", `${velero}---\napiVersion: v1\nkind: Odd\nmetadata: {}\n`))).runs;
      assert.match(run?.results[0]?.suppressions?.[0]?.justification ?? "", /\(platform, until 20/);
      const remarks = run?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text) ?? [];
      assert.match(remarks.join("\n"), /Odd.*no rule knows this kind/);
    });

    it("with paths from where the command runs", async () => {
      const { artifactOf } = await import("../../cli/sarif/artifact.js");
      assert.deepEqual(artifactOf("a b/c#.yaml", "/x"), { uri: "a%20b/c%23.yaml", uriBaseId: "%SRCROOT%" });
      assert.deepEqual(artifactOf("/x/y.yaml", "/x"), { uri: "y.yaml", uriBaseId: "%SRCROOT%" });
      assert.deepEqual(artifactOf("/other/y.yaml", "/x"), { uri: "file:///other/y.yaml" });
    });
  });
});
