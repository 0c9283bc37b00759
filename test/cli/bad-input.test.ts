import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keelson } from "../../cli/main";

const repository = process.cwd();

interface Said {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

async function say(checkout: string, ...argv: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await keelson(argv, { checkout, out: (line) => out.push(line), note: (line) => notes.push(line) });
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Every file with its contents: equal before and after means that nothing was changed. */
const snapshot = (folder: string): string =>
  files(folder)
    .map((path) => `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`)
    .join("\n");

describe("bad input", function () {
  this.timeout(30_000); // the first use of each verb loads its code

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keelson-bad-"));
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"])
      cpSync(join(repository, name), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const edit = (change: (text: string) => string, stack = "dev"): void => {
    const path = join(folder, `Pulumi.${stack}.yaml`);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    assert.notEqual(after, before, "the edit must change the file");
    writeFileSync(path, after);
  };

  /** The verbs that could change something refuse it, with this code and these words, and change nothing. */
  const refused = async (words: readonly RegExp[], stack = "dev", code = 2): Promise<void> => {
    const before = snapshot(folder);
    for (const verb of ["plan", "up", "down", "graph"]) {
      const said = await say(folder, verb, "-s", stack);
      assert.deepEqual([said.code, said.out], [code, ""], verb);
      for (const word of words) assert.match(said.notes, word, verb);
    }
    assert.equal(snapshot(folder), before);
  };

  describe("of settings", () => {
    const cases: readonly (readonly [string, (text: string) => string, readonly RegExp[]])[] = [
      [
        "a key misspelt, one missing and one of the wrong type, all at once",
        (text) => text.replace("keelson:stage: dev", "keelson:stagee: dev").replace("nat: one", "nat: 1"),
        [/keelson:stagee\n[\s\S]*?mend {2}write stage/, /keelson:stage\n {4}got {3}nothing/, /keelson:network\.nat/],
      ],
      [
        "ranges that overlap and one that is too small",
        (text) => text.replace("10.20.0.0/16", "172.20.0.0/24"),
        [/network\.cidr\n.*too small/, /network\.services\n.*overlaps network\.cidr/],
      ],
      [
        "a range whose address goes beyond its prefix",
        (text) => text.replace("10.20.0.0/16", "10.20.1.5/16"),
        [/network\.cidr\n {4}got {3}10\.20\.1\.5\/16\n.*\n {4}mend {2}write cidr: 10\.20\.0\.0\/16/],
      ],
      [
        "a domain without a zone",
        (text) => text.replace(/ *zone: \{ name: dev\.example\.com \}\n/, ""),
        [/keelson:edge\.zone\n {4}got {3}nothing[\s\S]*write zone: \{ name: dev\.example\.com \}/],
      ],
      [
        "a zone that the host does not lie in",
        (text) => text.replace("name: dev.example.com", "name: other.org"),
        [/edge\.zone\.name\n {4}got {3}"other\.org"/],
      ],
      [
        "more rules than the load balancer takes",
        (text) => text.replace("waf: false", "waf: false\n    rules: 2"),
        [/got {3}5 rules\n {4}want {2}at most 2/],
      ],
      [
        "a service that the system does not have",
        (text) => text.replace("  keelson:protection:", "  keelson:services: { ordr: {} }\n  keelson:protection:"),
        [/keelson:services\.ordr[\s\S]*write order/],
      ],
      [
        "a store without a place, and a place without a store",
        (text) => text.replace("    orders:", "    ordrs:"),
        [/keelson:stores\.orders\n {4}got {3}nothing/, /keelson:stores\.ordrs\n[\s\S]*write orders/],
      ],
      [
        "a store of another kind",
        (text) => text.replace(/sessions: .*/, "sessions: { flavour: cloudnative-pg, instances: 1, disk: 10 GiB }"),
        [/Pulumi\.dev\.yaml: keelson:stores\.sessions\.flavour\n.*\n {4}want {2}one of elasticache, valkey/],
      ],
      ["an unknown system", (text) => text.replace("system: shop", "system: shpo"), [/got {3}"shpo"[\s\S]*write shop/]],
      [
        "a misspelt namespace of keys",
        (text) => text.replace("keelson:stage", "kelson:stage"),
        [/kelson:stage\n.*the namespace kelson\n.*\n {4}mend {2}write keelson:stage/],
      ],
      [
        "a key without a namespace",
        (text) => text.replace("keelson:stage", "stage"),
        [/Pulumi\.dev\.yaml: stage\n.*without a namespace/],
      ],
      ["a file that is no YAML", (text) => text.replace("stage: dev", "stage: [dev"), [/^Pulumi\.dev\.yaml:\d+\n/]],
    ];
    for (const [what, change, words] of cases)
      it(`refuses ${what}, with every verb, and changes nothing`, async () => {
        edit(change);
        await refused(words);
      });

    it("tells one error of a file that is no YAML, not what follows from it", async () => {
      edit((text) => text.replace("stage: dev", "stage: [dev"));
      assert.equal((await say(folder, "graph")).notes.match(/want/g)?.length, 1);
    });

    it("refuses stores that production would lose, unless the stack is named once more", async () => {
      const line = '  keelson:protection: { mode: disposable, loses: "All of the orders, for ever." }\n';
      edit((text) => text + line, "prod");
      await refused([/protection\.mode\n[\s\S]*write confirms: prod under it/], "prod");
      edit((text) => text.replace('ever." }', 'ever.", confirms: prod }'), "prod");
      assert.equal((await say(folder, "graph", "-s", "prod")).code, 0);
    });

    it("refuses the name of a stack that would be a path, without advice to make such a file", async () => {
      const { code, notes } = await say(folder, "up", "-s", "../../elsewhere");
      assert.equal(code, 2);
      assert.match(notes, /mend {2}name a known stack$/);
    });
  });

  describe("of files", () => {
    const state = (): string => join(folder, ".keelson", "dev", "backend", ".pulumi", "stacks", "keelson", "dev.json");

    it("never writes manifests into a folder of somebody else, nor over a file", async () => {
      const [strange, file] = [join(folder, "strange"), join(folder, "file")];
      mkdirSync(strange);
      writeFileSync(join(strange, "readme.txt"), "mine\n");
      writeFileSync(file, "mine\n");
      const before = snapshot(folder);
      for (const out of [strange, file]) {
        const { code, notes } = await say(folder, "render", "--out", out);
        assert.equal(code, 2);
        assert.match(notes, /^--out\n[\s\S]*mend {2}name a folder that does not exist yet/);
      }
      assert.equal(snapshot(folder), before);
    });

    it("renders into an empty folder, and again into what it rendered", async () => {
      const out = join(folder, "out");
      mkdirSync(out);
      for (const time of ["first", "again"]) assert.equal((await say(folder, "render", "--out", out)).code, 0, time);
    });

    it("compares only with a graph", async () => {
      const missing = await say(folder, "graph", "--against", "main");
      assert.deepEqual([missing.code, missing.out], [2, ""]);
      assert.match(missing.notes, /main: neither a file nor a revision of this repository/);
      const other = await say(folder, "graph", "--against", join(folder, "Pulumi.yaml"));
      assert.match(other.notes, /Pulumi\.yaml: no graph/);
    });

    it("says which file may not be read or written instead of a stack trace", async function () {
      if (process.getuid?.() === 0) this.skip(); // nothing is forbidden to root
      chmodSync(folder, 0o500);
      const { code, notes } = await say(folder, "render", "--out", join(folder, "out"));
      chmodSync(folder, 0o700);
      assert.equal(code, 2);
      assert.match(notes, /got {3}no permission/);
      assert.doesNotMatch(notes, / at /);
    });

    it("keeps a state file it cannot read, and the command it names brings the backup back", async () => {
      mkdirSync(join(state(), ".."), { recursive: true });
      writeFileSync(state(), '{"version": 3, "checkpoint": {');
      writeFileSync(`${state()}.bak`, '{"version": 3, "checkpoint": {"latest": {"resources": []}}}');
      const before = readFileSync(state(), "utf8");
      const { code, out } = await say(folder, "doctor");
      assert.equal(code, 5);
      assert.equal(readFileSync(state(), "utf8"), before);
      const command = /mend: (cp .*)/.exec(out)?.[1] ?? "";
      assert.equal(spawnSync("sh", ["-c", command]).status, 0, out);
      assert.equal(readFileSync(state(), "utf8"), readFileSync(`${state()}.bak`, "utf8"));
      assert.equal(readFileSync(`${state()}.damaged`, "utf8"), before);
    });
  });

  describe("of the machine", () => {
    it("names the one command when the packages are not installed", () => {
      mkdirSync(join(folder, "bin"));
      cpSync(join(repository, "bin", "keelson"), join(folder, "bin", "keelson"));
      const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin", "keelson"), "graph"]);
      assert.equal(status, 5);
      assert.match(stderr.toString(), /^[^\n]*got no node_modules[^\n]*run `npm ci` there\n$/);
    });

    const block = 6;

    /** A base from which six ports are free, and a stranger on the third of them. */
    async function occupied(): Promise<{ readonly base: number; readonly stranger: Server }> {
      for (let base = 40_100 + (process.pid % 200) * 100; ; base += 10) {
        const stranger = createServer();
        const taken = await new Promise<boolean>((done) => {
          stranger.once("error", () => done(false));
          stranger.listen(base + 2, "127.0.0.1", () => done(true));
        });
        if (taken && base + block < 65_000) return { base, stranger };
      }
    }

    it("says that a port is in use before anything is built or changed", async () => {
      const { base, stranger } = await occupied();
      const [port, cache] = [process.env["KEELSON_PORT"], process.env["KEELSON_CACHE"]];
      process.env["KEELSON_PORT"] = String(base);
      process.env["KEELSON_CACHE"] = join(folder, "cache");
      try {
        const { code, notes, out } = await say(folder, "up");
        assert.deepEqual([code, out], [2, ""]);
        assert.match(notes, new RegExp(`^port ${base + 2} on 127\\.0\\.0\\.1\n {4}got {3}in use by .*${process.pid}`));
        assert.match(notes, /KEELSON_PORT=\d+/);
        assert.deepEqual([existsSync(join(folder, ".keelson")), existsSync(join(folder, "cache"))], [false, false]);
      } finally {
        stranger.close();
        restore("KEELSON_PORT", port);
        restore("KEELSON_CACHE", cache);
      }
    });
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
