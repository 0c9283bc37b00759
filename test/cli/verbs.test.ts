import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

describe("keelson", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "keelson-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A checkout whose dev stack is the repository's after an edit. */
  const edited = (edit: (text: string) => string): string => {
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"])
      cpSync(join(repository, name), join(folder, name));
    const path = join(folder, "Pulumi.dev.yaml");
    writeFileSync(path, edit(readFileSync(path, "utf8")));
    return folder;
  };

  it("prints the graph as JSON with its documented members, the same bytes each time, and nothing else", async () => {
    const first = await say(repository, "graph", "-s", "prod", "--json");
    const second = await say(repository, "graph", "-s", "prod", "--json");
    assert.equal(first.out, second.out);
    assert.equal(first.notes, "");
    const document = JSON.parse(first.out) as { nodes: object[]; edges: object[] };
    assert.deepEqual(Object.keys(document), ["stack", "nodes", "edges"]);
    assert.deepEqual(Object.keys(document.nodes[0] ?? {}), ["id", "kind", "namespace", "labels"]);
    assert.deepEqual(Object.keys(document.edges[0] ?? {}), ["from", "to", "kind", "ports"]);
  });

  it("summarises, draws and compares graphs", async () => {
    assert.match((await say(repository, "graph")).out, /^dev: 3 services/);
    assert.match((await say(repository, "graph", "--svg")).out, /^<svg[\s\S]*<\/svg>$/);
    assert.match((await say(repository, "graph", "--mermaid")).out, /order/);
    const path = join(folder, "dev.json");
    writeFileSync(path, (await say(repository, "graph", "--json")).out);
    assert.match((await say(repository, "graph", "-s", "prod", "--against", path)).out, /reach: /);
    assert.equal((await say(repository, "graph", "--against", join(folder, "none"))).code, 2);
  });

  it("says why one node reaches another and why not, by name", async () => {
    const reaches = await say(repository, "why", "order", "payment");
    assert.match(reaches.out, /^service\/order reaches service\/payment on TCP\/\d+\nedge: call .*order/);
    const denied = await say(repository, "why", "user", "payments");
    assert.match(denied.out, /^service\/user cannot reach store\/payments: there is no edge/);
    const unknown = await say(repository, "why", "ordr", "payment");
    assert.equal(unknown.code, 2);
    assert.match(unknown.notes, /order/);
  });

  it("renders the same files each time, and names those that no longer belong", async () => {
    const out = join(folder, "manifests");
    const contents = () =>
      readdirSync(out, { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "utf8")]);
    assert.equal((await say(repository, "render", "-s", "prod", "--out", out)).code, 0);
    const first = contents();
    writeFileSync(join(out, "old.yaml"), "kind: Old\n");
    const { notes } = await say(repository, "render", "-s", "prod", "--out", out);
    assert.match(notes, /not part of this stack any more: .*old\.yaml/);
    rmSync(join(out, "old.yaml"));
    assert.deepEqual(contents(), first);
    assert.ok(first.length > 20);
  });

  it("names the known stacks for an unknown one, with every verb that takes a stack", async () => {
    for (const verb of ["plan", "up", "down", "graph"]) {
      const { code, notes, out } = await say(repository, verb, "-s", "dve");
      assert.deepEqual([code, out], [2, ""], verb);
      assert.match(notes, /got {3}"dve"\n {4}want {2}one of [^]*dev[^]*\n {4}mend {2}write dev/);
    }
  });

  it("reports every problem of a stack file at once and changes nothing", async () => {
    const checkout = edited((text) =>
      text.replace("keelson:stage: dev", "keelson:stagee: dev").replace("nat: one", "nat: 1"),
    );
    const before = readdirSync(checkout).sort();
    const { code, notes } = await say(checkout, "plan");
    assert.equal(code, 2);
    assert.match(notes, /stagee/);
    assert.match(notes, /network\.nat/);
    assert.deepEqual(readdirSync(checkout).sort(), before);
  });

  it("names the known systems for an unknown one", async () => {
    const { code, notes } = await say(
      edited((text) => text.replace("system: shop", "system: shpo")),
      "up",
    );
    assert.equal(code, 2);
    assert.match(notes, /got {3}"shpo"[\s\S]*write shop/);
  });

  it("refuses a drill without a region to go to, an unknown step, and flags that a rehearsal has not", async () => {
    const refused = async (...argv: readonly string[]): Promise<string> => {
      const { code, notes } = await say(folder, "drill", ...argv);
      assert.equal(code, 2, notes);
      return notes;
    };
    edited((text) => text);
    assert.match(await refused("-s", "dev"), /nothing to recover from/);
    assert.match(await refused("-s", "prod", "--until", "restroe"), /write restore/);
    for (const flag of [["--clear"], ["--fail-back"], ["--until", "verify"]])
      assert.match(await refused("-s", "prod", "--real", ...flag), new RegExp(`leave ${flag[0]} out`));
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.startsWith("Pulumi.")),
      [],
    );
  });

  it("takes down what was never up without needing any tool", async () => {
    const { code, out } = await say(
      edited((text) => text),
      "down",
    );
    assert.deepEqual([code, out], [0, "nothing of dev is here"]);
  });
});
