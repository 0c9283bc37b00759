import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { removeDeadLocks } from "../../embedded/engine/backend-lock";
import { engineEnvironment } from "../../embedded/engine/engine-process";
import { parseEvent } from "../../embedded/engine/engine-events";
import { Locked, RunFailed } from "../../embedded/engine/failures";
import { withoutProxy } from "../../embedded/engine/language-server";
import { acquire } from "../../embedded/engine/lock";
import { blameLostPlane } from "../../embedded/engine/plane-session";
import { placeholder, replaceSecure } from "../../embedded/engine/placeholders";
import { isAlive, self, startTicks } from "../../embedded/process/identity";
import { advance, completed, completeLine, nothingDone, workLine } from "../../embedded/engine/progress";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";
import { withPlaceholders } from "../../embedded/engine/workspace";

const dead = { pid: 2 ** 22 - 3, startTicks: 1, since: "2026-01-01T00:00:00Z" };

describe("placeholders for secrets", () => {
  it("have the shape their key calls for and are the same each time", () => {
    assert.equal(placeholder("keelson:alertWebhook"), "https://placeholder.invalid/");
    assert.equal(placeholder("keelson:stripeCredential"), "placeholder-for-stripeCredential-0000");
    assert.equal(placeholder("keelson:stores.0.password"), placeholder("keelson:stores.0.password"));
  });

  it("replace every secure value, however deep, and nothing else", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant({ secure: "v1:real" }));
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        leaf,
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("node"), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        const replaced = JSON.stringify(replaceSecure(value, "", () => "made"));
        assert.equal(replaced, JSON.stringify(value).replaceAll('{"secure":"v1:real"}', '{"secure":"made"}'));
      }),
    );
  });

  it("leave no ciphertext and no key of the committed file in the workspace's", () => {
    const committed = {
      secretsprovider: "awskms://a",
      encryptedkey: "k",
      config: { "keelson:a": { secure: "v1:real" } },
    };
    const text = withPlaceholders(committed, "local");
    assert.doesNotMatch(text, /real|awskms|encryptedkey/);
    const written = parse(text) as { encryptionsalt: string; config: Record<string, { secure: string }> };
    assert.match(written.encryptionsalt, /^v1:[^:]+:v1:/);
    assert.match(written.config["keelson:a"]?.secure ?? "", /^v1:/);
  });
});

describe("secrets the program reads", () => {
  it("get a placeholder when the committed file has none, and the file's own key wins", () => {
    const text = withPlaceholders({ config: { "keelson:a": "plain" } }, "local", [
      "keelson:a",
      "keelson:stripeCredential",
    ]);
    const { config } = parse(text) as { config: Record<string, unknown> };
    assert.equal(config["keelson:a"], "plain");
    assert.deepEqual(Object.keys(config["keelson:stripeCredential"] ?? {}), ["secure"]);
  });
});

describe("the engine's events", () => {
  it("let no debug diagnostic through, whatever it says", () => {
    const event = (severity: string, message: string): string =>
      JSON.stringify({ sequence: 1, timestamp: 1, diagnosticEvent: { message, severity, color: "never" } });
    fc.assert(fc.property(fc.string(), (text) => assert.equal(parseEvent(event("debug", text)), undefined)));
    assert.deepEqual(parseEvent(event("error", "<{%fg 1%}>no<{%reset%}>")), {
      kind: "diagnostic",
      severity: "error",
      urn: "",
      message: "no",
    });
  });

  it("let no input or output through", () => {
    const metadata = { op: "create", urn: "u", type: "t", new: { inputs: { a: "canary" }, outputs: { b: "canary" } } };
    for (const kind of ["resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"])
      assert.doesNotMatch(JSON.stringify(parseEvent(JSON.stringify({ [kind]: { metadata } }))), /canary/);
  });

  it("become progress by the part of the platform", () => {
    const urn = (type: string, name: string): string => `urn:pulumi:dev::keelson::${type}::${name}`;
    const vpc = urn("keelson:network:Vpc$aws:ec2/vpc:Vpc", "vpc");
    const subnet = urn("keelson:network:Vpc$aws:ec2/subnet:Subnet", "subnet");
    const bare = urn("aws:s3/bucket:Bucket", "b");
    const done = (of: string) => ({ kind: "done", op: "create", urn: of, type: "aws:x" }) as const;
    const none = nothingDone([vpc, subnet, bare, urn("pulumi:pulumi:Stack", "dev")]);
    const first = advance(none, done(vpc));
    assert.equal(completed(none, first), undefined);
    assert.equal(workLine(first), "  1 of 3  at work on network (1 of 2)");
    const second = advance(first, done(subnet));
    assert.equal(completed(first, second), "network");
    assert.equal(completeLine(second, "network"), "  2 of 3  network done");
    assert.equal(completed(second, advance(second, done(vpc))), undefined, "a replacement completes nothing twice");
    assert.equal(advance(second, done(bare)).done, 3);
  });
});

describe("the lock of a stack", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "keelson-lock-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is refused while its owner lives, and free after", () => {
    const path = join(folder, "lock.json");
    const lock = acquire(path, "dev");
    assert.throws(() => acquire(path, "dev"), new RegExp(`process ${process.pid} since`));
    lock.release();
    assert.equal(existsSync(path), false);
    acquire(path, "dev").release();
  });

  it("is taken over from a dead owner, also when its process id is in use again", () => {
    const path = join(folder, "lock.json");
    for (const owner of [dead, { ...dead, pid: process.pid, startTicks: 1 }]) {
      writeFileSync(path, JSON.stringify(owner));
      const lock = acquire(path, "dev");
      assert.equal((JSON.parse(readFileSync(path, "utf8")) as { startTicks: number }).startTicks, self().startTicks);
      lock.release();
    }
  });

  it("that its writer left torn is taken over", () => {
    const path = join(folder, "lock.json");
    writeFileSync(path, '{"pid": 12');
    acquire(path, "dev").release();
  });

  it("has one heir at a time, however many want to inherit it", async () => {
    const path = join(folder, "lock.json");
    writeFileSync(path, JSON.stringify(dead));
    const module = require.resolve("../../embedded/engine/lock");
    const script = `const { acquire } = require(${JSON.stringify(module)});
      const say = (word) => require("node:fs").appendFileSync(${JSON.stringify(join(folder, "diary"))}, word + "\\n");
      const until = Date.now() + 20000;
      (function again() {
        let lock;
        try { lock = acquire(${JSON.stringify(path)}, "dev"); } catch (error) {
          if (error.name !== "Locked" || Date.now() > until) throw error;
          return setTimeout(again, 5);
        }
        say("in"); setTimeout(() => { say("out"); lock.release(); }, 20);
      })();`;
    const heirs = Array.from({ length: 6 }, () => spawn(process.execPath, ["-e", script], { stdio: "inherit" }));
    await Promise.all(heirs.map((heir) => new Promise((done) => heir.once("close", done))));
    const diary = readFileSync(join(folder, "diary"), "utf8").trim().split("\n");
    assert.deepEqual(diary, Array.from({ length: 6 }, () => ["in", "out"]).flat());
  });
});

describe("the engine's own lock", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "keelson-lock-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (pid: number): void =>
    writeFileSync(join(folder, "x.json"), JSON.stringify({ pid, timestamp: "2026-01-01T00:00:00Z" }));

  it("is removed when its engine is dead", () => {
    write(dead.pid);
    assert.equal(removeDeadLocks(folder, "dev", undefined), 1);
    assert.equal(existsSync(join(folder, "x.json")), false);
  });

  it("is removed when its process id belongs to another process by now", () => {
    write(process.pid);
    assert.equal(removeDeadLocks(folder, "dev", { pid: process.pid, startTicks: 1 }), 1);
  });

  it("stays while its engine lives", () => {
    write(process.pid);
    assert.throws(() => removeDeadLocks(folder, "dev", undefined), Locked);
    assert.equal(existsSync(join(folder, "x.json")), true);
  });
});

describe("the engine's environment", () => {
  it("has no credentials and no Pulumi settings of the user", () => {
    const files = stackFiles(mkdtempSync(join(tmpdir(), "keelson-env-")), "dev");
    const foreign = { AWS_SECRET_ACCESS_KEY: "x", PULUMI_ACCESS_TOKEN: "x", KUBECONFIG: "x", KEELSON_CLOUD: "x" };
    Object.assign(process.env, foreign);
    try {
      const env = engineEnvironment(files);
      assert.deepEqual(
        Object.keys(foreign).filter((name) => env[name] !== undefined),
        [],
      );
      assert.equal(env["PULUMI_BACKEND_URL"], `file://${files.backend}`);
    } finally {
      for (const name of Object.keys(foreign)) delete process.env[name];
      rmSync(files.checkout, { recursive: true });
    }
  });

  it("keeps loopback out of a proxy, beside what is kept out already", () => {
    assert.equal(withoutProxy("a.example,localhost"), "a.example,localhost,127.0.0.1");
    assert.equal(withoutProxy(undefined), "127.0.0.1,localhost");
  });

  it("knows a process by its start, not by its number alone", () => {
    assert.ok(isAlive(self()));
    assert.equal(isAlive({ pid: process.pid, startTicks: 1 }), false);
    assert.equal(startTicks(dead.pid), undefined);
  });
});

describe("a run whose control plane died", () => {
  let files: StackFiles;
  beforeEach(() => (files = stackFiles(mkdtempSync(join(tmpdir(), "keelson-lost-")), "dev")));
  afterEach(() => rmSync(files.checkout, { recursive: true, force: true }));

  it("says which process ended, where its log is and what mends it", async () => {
    mkdirSync(files.root, { recursive: true });
    const processes = [{ name: "etcd", pid: dead.pid, startTicks: 1 }];
    const access = { endpoint: "https://127.0.0.1:1", caData: "", token: "" };
    writeFileSync(files.controlPlane, JSON.stringify({ ...access, processes }));
    const told = await blameLostPlane(files, new RunFailed([{ resource: "urn::x", message: "refused" }], "log"));
    assert.ok(told instanceof RunFailed);
    assert.equal(told.failures[0]?.resource, "the control plane: etcd");
    assert.match(
      told.failures[0]?.message ?? "",
      new RegExp(`process ${dead.pid} ended during the run; its log is .*etcd`),
    );
    assert.match(told.mend ?? "", /keelson up -s dev/);
    assert.equal(told.failures.length, 2);
  });

  it("is not blamed for what failed without one, or for bad input", async () => {
    const failed = new RunFailed([], "log");
    assert.equal(await blameLostPlane(files, failed), failed);
    const bad = new Locked("dev", 1, "now");
    assert.equal(await blameLostPlane(files, bad), bad);
  });
});
