import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../architecture/sources";
import { FOLDER, names, nodeRequire, stepsOf, textOf, workflow } from "./support";

const LINTER = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

/** On the PATH, or built by Go, which takes a minute once. */
function lint(): { readonly out: string; readonly code: number | null } | undefined {
  const files = names.map((name) => join(FOLDER, name));
  const own = spawnSync("actionlint", ["-no-color", ...files], { encoding: "utf8" });
  if (own.error === undefined) return { out: own.stdout, code: own.status };
  const env = { ...process.env, GOFLAGS: "-mod=mod" };
  const version = spawnSync("go", ["run", LINTER, "-version"], {
    cwd: tmpdir(),
    env,
    encoding: "utf8",
    timeout: 240_000,
  });
  if (version.status !== 0) return undefined; // neither Go nor the module can be had
  const built = spawnSync("go", ["run", LINTER, "-no-color", ...files], { cwd: tmpdir(), env, encoding: "utf8" });
  return { out: built.stdout + built.stderr, code: built.status };
}

describe("the workflows", () => {
  it("are what actionlint takes (skipped where neither it nor Go can be had)", function () {
    this.timeout(300_000);
    const found = lint();
    if (found === undefined) return this.skip();
    assert.deepEqual([found.out, found.code], ["", 0]);
  });

  it("pin every action by the digest of a commit, with the version beside it", () => {
    const uses = names.flatMap((name) => textOf(name).match(/uses: .*/g) ?? []);
    assert.ok(uses.length >= 10);
    for (const line of uses) assert.match(line, /^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("pin one digest for one action", () => {
    const uses = names.flatMap((name) => textOf(name).match(/uses: .*/g) ?? []);
    const actions = new Set(uses.map((line) => line.split("@")[0]));
    assert.equal(new Set(uses).size, actions.size);
  });

  it("have no permission that a job does not ask for", () => {
    for (const name of names) assert.deepEqual(workflow(name).permissions, {}, name);
  });

  it("put no text of an event into a shell", () => {
    for (const { run } of names.flatMap(stepsOf)) assert.doesNotMatch(run ?? "", /\$\{\{/);
  });

  it("preview with no permission, secret or credential, for forks too", () => {
    const { on, jobs } = workflow("preview.yml");
    assert.deepEqual(Object.keys(on), ["pull_request"]);
    for (const job of Object.values(jobs))
      assert.deepEqual([job.permissions, job.environment, job.if], [undefined, undefined, undefined]);
    assert.doesNotMatch(textOf("preview.yml"), /secrets\.|github\.token|id-token|pull_request_target/);
    const [checkout] = stepsOf("preview.yml");
    assert.equal(checkout?.with?.["persist-credentials"], false);
  });

  it("report from the default branch, checking nothing out and running nothing of the change", () => {
    const { on } = workflow("report.yml");
    assert.deepEqual(Object.keys(on), ["workflow_run"]);
    const steps = stepsOf("report.yml");
    assert.ok(steps.every(({ run }) => run === undefined));
    assert.doesNotMatch(textOf("report.yml"), /actions\/checkout|secrets\./);
    assert.deepEqual(workflow("report.yml").jobs["report"]?.permissions, {
      actions: "read",
      "pull-requests": "write",
      "security-events": "write",
    });
  });

  it("give credentials to own branches only, after an approval, by exchange", () => {
    const [job] = Object.values(workflow("cloud-preview.yml").jobs);
    assert.match(job?.if ?? "", /head\.repo\.full_name == github\.repository/);
    assert.equal(job?.environment, "preview");
    assert.deepEqual(job?.permissions, { contents: "read", "id-token": "write" });
    assert.doesNotMatch(textOf("cloud-preview.yml"), /secrets\.|aws-secret-access-key|pulumi up|_target/);
  });
});

interface Stack {
  readonly name: string;
  readonly system: string;
}

describe("the stacks that a change touches", () => {
  const { touched } = nodeRequire(join(ROOT, ".ci", "touched-stacks.js")) as {
    readonly touched: (files: readonly string[], stacks: readonly Stack[]) => readonly string[];
  };
  const stacks = [
    { name: "dev", system: "shop" },
    { name: "prod", system: "shop" },
    { name: "payments-dev", system: "payments" },
  ];
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["one, by its own settings", ["Pulumi.prod.yaml"], ["prod"]],
    ["those of a system, by its services or its page", ["services/shop/order.ts"], ["dev", "prod"]],
    ["those of another system", ["stacks/payments.ts"], ["payments-dev"]],
    ["all, by what they share", ["graph/compile.ts"], ["dev", "prod", "payments-dev"]],
    ["all, by another version of a package", ["package-lock.json"], ["dev", "prod", "payments-dev"]],
    ["all, by settings' code that is no system", ["stacks/config.ts"], ["dev", "prod", "payments-dev"]],
    ["none, by documents, tests and CI", ["README.md", "docs/x.svg", "test/a.ts", ".github/workflows/a.yml"], []],
    ["none, by settings of a stack that is gone", ["Pulumi.old.yaml"], []],
  ];
  for (const [what, files, expected] of cases) it(what, () => assert.deepEqual(touched(files, stacks), expected));

  it("are asked of git by name", () => {
    const script = join(ROOT, ".ci", "touched-stacks.js");
    const { status, stdout } = spawnSync(process.execPath, [script, "HEAD"], { cwd: ROOT, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });
});
