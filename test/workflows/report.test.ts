import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { code, plain } from "../../cli/review/escape";
import { sarifLog } from "../../cli/sarif/log";
import { sarifErrors } from "../support/sarif";
import { nodeRequire, scriptOf } from "./support";

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

interface Call {
  readonly body: string;
  readonly issue_number: number;
  readonly comment_id: number;
}

/** GitHub, as far as the scripts ask it: a stand-in with one pull request and its comments. */
class FakeGitHub {
  readonly comments: Comment[] = [];
  artifacts: readonly object[] = [{ id: 5, size_in_bytes: 1_000 }];
  pulls: readonly object[] = [{ number: 7, head: { sha: "a".repeat(40), repo: { id: 3 } } }];

  readonly rest = {
    pulls: { list: () => this.pulls },
    actions: { listWorkflowRunArtifacts: () => Promise.resolve({ data: { artifacts: this.artifacts } }) },
    issues: {
      listComments: () => this.comments,
      createComment: ({ body }: Call) =>
        void this.comments.push({ id: this.comments.length + 1, body, user: { login: "github-actions[bot]" } }),
      updateComment: ({ comment_id, body }: Call) => {
        const found = this.comments.find(({ id }) => id === comment_id);
        if (found !== undefined) found.body = body;
      },
    },
  };

  readonly paginate = (list: () => readonly object[]) => Promise.resolve(list());
}

class FakeCore {
  readonly outputs: Record<string, unknown> = {};
  failed = "";
  noticed = "";
  setOutput = (name: string, value: unknown) => void (this.outputs[name] = value);
  setFailed = (text: string) => void (this.failed = text);
  notice = (text: string) => void (this.noticed = text);
}

const CONTEXT = {
  repo: { owner: "acme", repo: "platform" },
  payload: {
    workflow_run: {
      id: 9,
      head_sha: "a".repeat(40),
      head_branch: "change",
      html_url: "https://github.example/run/9",
      head_repository: { id: 3, owner: { login: "fork" } },
    },
  },
};

const FINDING = {
  rule: "pod-privileged",
  category: "pod",
  severity: "critical",
  enforcement: "mandatory",
  standards: [],
  path: "spec",
  message: "the container is privileged",
  remedy: "leave it out",
};

const LOG = sarifLog(
  {
    category: "x/",
    remarks: [],
    results: [{ finding: FINDING, object: "v1/Pod a/b", place: { file: "a.ts", line: 3 } }],
  },
  "0.1.0",
);

type Keys = readonly (string | number)[];

/** A copy with something else in one place. */
function put<T>(value: T, [key, ...rest]: Keys, other: unknown): T {
  if (key === undefined) return other as T;
  const inside: unknown = Object(value)[key];
  const changed = put(inside, rest, other);
  if (!Array.isArray(value)) return { ...value, [key]: changed };
  return Object.assign([...(value as readonly unknown[])], { [key]: changed }) as T;
}

const RUN: Keys = ["runs", 0];
const RESULT: Keys = [...RUN, "results", 0];
const PLACE: Keys = [...RESULT, "locations", 0, "physicalLocation"];

const edited = (...edits: readonly (readonly [Keys, unknown])[]): string =>
  JSON.stringify(edits.reduce((log, [keys, other]) => put(log, keys, other), LOG));

describe("the report on a pull request", () => {
  let folder: string;
  let github: FakeGitHub;
  let core: FakeCore;
  const before = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keelson-report-"));
    mkdirSync(join(folder, "in"));
    [github, core] = [new FakeGitHub(), new FakeCore()];
    Object.assign(process.env, { FOLDER: join(folder, "in"), CLEAN: join(folder, "clean"), PULL: "7" });
  });
  afterEach(() => {
    for (const name of ["FOLDER", "CLEAN", "PULL"]) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true, force: true });
  });

  const lay = (name: string, text: string | Buffer): void => writeFileSync(join(folder, "in", name), text);

  /** Runs the script and returns the one comment. */
  async function comment(): Promise<string> {
    await scriptOf("report.yml", "report")(github, CONTEXT, core, nodeRequire);
    const own = github.comments.filter(({ user }) => user.login === "github-actions[bot]");
    assert.equal(own.length, 1);
    return own[0]?.body ?? "";
  }

  const cleaned = (): readonly string[] =>
    existsSync(join(folder, "clean")) ? readdirSync(join(folder, "clean")) : [];
  const cleanLog = (name: string): unknown => JSON.parse(readFileSync(join(folder, "clean", name), "utf8"));

  const REVIEW = "### keelson: `shop` on `prod`\n\n**Nothing that must hold is violated.**\n";

  describe("finds", () => {
    const find = () => scriptOf("report.yml", "find")(github, CONTEXT, core, nodeRequire);

    it("the pull request that GitHub knows by commit and repository", async () => {
      await find();
      assert.deepEqual(core.outputs, { pull: 7, artifact: 5 });
    });

    it("none when the branch moved on, or another repository has one of the same name", async () => {
      github.pulls = [
        { number: 8, head: { sha: "b".repeat(40), repo: { id: 3 } } },
        { number: 9, head: { sha: "a".repeat(40), repo: { id: 4 } } },
        { number: 10, head: { sha: "a".repeat(40), repo: null } },
      ];
      await find();
      assert.deepEqual(core.outputs, {});
      assert.match(core.noticed, /no open pull request/);
    });

    it("no artifact that is too large, and none of several", async () => {
      for (const artifacts of [[{ id: 5, size_in_bytes: 5_000_001 }], [{ id: 5 }, { id: 6 }]]) {
        [github.artifacts, core] = [artifacts, new FakeCore()];
        await find();
        assert.deepEqual(core.outputs, {});
        assert.match(core.failed, /one artifact of at most/);
      }
    });

    it("nothing, and says so, where the preview left nothing", async () => {
      github.artifacts = [];
      await find();
      assert.deepEqual([core.outputs, core.failed], [{}, ""]);
      assert.match(core.noticed, /left no review/);
    });
  });

  it("is one comment, updated in place, beside those of others", async () => {
    github.comments.push({ id: 99, body: "<!-- keelson-review -->\nmine", user: { login: "mallory" } });
    lay("prod.md", REVIEW);
    assert.match(await comment(), /^<!-- keelson-review -->\n### keelson: `shop` on `prod`/);
    lay("prod.md", REVIEW.replace("Nothing", "Something"));
    assert.match(await comment(), /Something that must hold/);
    assert.equal(github.comments.length, 2);
    assert.equal(github.comments[0]?.body, "<!-- keelson-review -->\nmine");
  });

  it("has a section per stack, and folds what keelson folds", async () => {
    lay("dev.md", REVIEW.replace("prod", "dev"));
    lay("prod.md", `${REVIEW}<details><summary>objects: 2 new</summary>\n\n- new: \`a\`\n\n</details>\n`);
    const body = await comment();
    assert.match(
      body,
      /on `dev`[\s\S]*on `prod`[\s\S]*\n<details><summary>objects: 2 new<\/summary>\n\n- new: `a`\n\n<\/details>/,
    );
  });

  describe("makes nothing of hostile Markdown:", () => {
    const hostile: readonly (readonly [string, string, RegExp])[] = [
      ["HTML", '<img src=x onerror=alert(1)><script>a</script><a href="x">b</a>', /<(img|script|a)\b/],
      ["comments that would hide", "<!-- <details> -->", /<!-- (?!keelson)/],
      ["links", "[click](https://evil.example) and [x]: https://evil.example", /\]\(https:\/\/evil|\]: https:\/\/evil/],
      ["images", "![x](https://evil.example/pixel.png)", /!\[x\]\(/],
      ["bare addresses", "https://evil.example www.evil.example ftp://evil.example", /:\/\/evil|www\.evil/],
      ["mentions", "@acme/owners @alice a@b.example", /@[a-z]/],
      ["references", "closes #12, fixes acme/platform#3, GH-4", /#\d|GH-\d/],
      ["fences that would swallow the rest", "```mermaid\ngraph TD\n```\n~~~\nx", /```|~~~/],
      ["formulas", "$$\\huge x$$", /\$\$/],
      ["what turns the reading direction", "a\u202eb\u2066c\u0007", /[\u202e\u2066\u0007]/],
      ["folding that is never closed", "<details><summary>x", /<details>|<summary>/],
      ["nested markup around folding", "<details open ontoggle=alert(1)>x</details>", /<details open/],
    ];
    for (const [what, text, forbidden] of hostile)
      it(what, async () => {
        lay("prod.md", `${REVIEW}${text}\n`);
        const own = (await comment()).split("\n---\n<sub>")[0] ?? "";
        assert.doesNotMatch(own, forbidden);
        assert.match(own, /Nothing that must hold/);
      });

    it("nor of names that keelson itself wrote from hostile code", async () => {
      const names = ["@alice", "<b>", "`x` [a](https://evil.example)", "#1", "``` \n # heading"];
      lay("prod.md", `${REVIEW}${names.map((name) => `- ${code(name)} ${plain(name)}`).join("\n")}\n`);
      const own = (await comment()).split("\n---\n<sub>")[0] ?? "";
      assert.doesNotMatch(own, /@[a-z]|<b>|\]\(https|#\d|\n\s*# /);
    });
  });

  describe("refuses, by name and without quoting it,", () => {
    const refusal = async (): Promise<string> => {
      const body = await comment();
      assert.doesNotMatch(body, /canary/);
      return body;
    };

    it("a review that is too large, of another kind, or no text", async () => {
      lay("large.md", REVIEW + "canary ".repeat(40_000));
      lay("other.md", "# canary\n");
      lay("bytes.md", Buffer.from([0x23, 0xff, 0xfe]));
      const body = await refusal();
      assert.match(
        body,
        /refused: bytes\.md[\s\S]*refused: large\.md: want a file of at most[\s\S]*refused: other\.md/,
      );
    });

    it("names that are no stack's, folders and links to files of the runner", async () => {
      lay("Canary Run.md", REVIEW);
      lay("x.html", "canary");
      mkdirSync(join(folder, "in", "folder.md"));
      writeFileSync(join(folder, "secret"), `${REVIEW}canary`);
      symlinkSync(join(folder, "secret"), join(folder, "in", "link.md"));
      const body = await refusal();
      assert.match(body, /refused: 2 files of other names/);
      assert.match(body, /refused: folder\.md: want a file/);
      assert.match(body, /refused: link\.md: want a file/);
    });

    it("SARIF of another tool, version, shape or size", async () => {
      const hostile: Readonly<Record<string, string>> = {
        tool: edited([[...RUN, "tool", "driver", "name"], "canary"]),
        version: edited([["version"], "2.2"]),
        runs: edited([["runs"], [LOG.runs[0], LOG.runs[0]]]),
        json: "canary",
        null: "null",
        many: edited([[...RUN, "results"], Array(5_001).fill(LOG.runs[0]?.results[0])]),
        up: edited([[...PLACE, "artifactLocation", "uri"], "../canary"]),
        absolute: edited([[...PLACE, "artifactLocation", "uri"], "file:///etc/canary"]),
        line: edited([[...PLACE, "region", "startLine"], "canary"]),
        rule: edited([[...RESULT, "ruleId"], "<canary>"]),
        text: edited([[...RESULT, "message"], { text: ["canary"] }]),
        print: edited([[...RESULT, "partialFingerprints"], { a: "canary" }]),
      };
      for (const [name, text] of Object.entries(hostile)) lay(`${name}.sarif`, text);
      const body = await refusal();
      assert.equal(body.match(/refused: \w+\.sarif/g)?.length, 12);
      assert.deepEqual([cleaned(), core.outputs["sarif"]], [[], 0]);
    });
  });

  it("cuts a comment that GitHub would not take", async () => {
    lay("prod.md", `${REVIEW}${"- words\n".repeat(20_000)}`);
    const body = await comment();
    assert.ok(body.length < 65_536);
    assert.match(body, /\(cut: the whole is in the run's artifact\)/);
  });

  it("hands code scanning a document of its own making, which the schema takes", async () => {
    lay("prod.sarif", edited([[...RESULT, "extra"], "canary"], [[...RUN, "extra"], "canary"]));
    await comment();
    const clean = cleanLog("prod.sarif") as typeof LOG;
    assert.deepEqual(sarifErrors(clean), []);
    assert.doesNotMatch(JSON.stringify(clean), /canary/);
    assert.equal(core.outputs["sarif"], 1);
    const [run] = clean.runs;
    assert.equal(run?.automationDetails.id, "keelson/plan/prod/");
    assert.equal(run?.results[0]?.ruleId, "pod-privileged");
    assert.equal(run?.tool.driver.rules.length, LOG.runs[0]?.tool.driver.rules.length);
  });

  it("hands code scanning no link, mention or markup", async () => {
    const text = "[x](https://evil.example) <img src=a> @alice";
    const rule: Keys = [...RUN, "tool", "driver", "rules", 0];
    const edits: readonly (readonly [Keys, unknown])[] = [
      [[...RESULT, "message", "text"], text],
      [[...rule, "helpUri"], "https://evil.example/"],
      [[...rule, "help"], { text, markdown: "![canary](https://evil.example)" }],
    ];
    lay("prod.sarif", edited(...edits));
    await comment();
    assert.doesNotMatch(JSON.stringify(cleanLog("prod.sarif")), /\]\(|<img|@[a-z]|:\/\/evil|canary/);
  });
});
