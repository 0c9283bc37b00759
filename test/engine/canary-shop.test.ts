import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Config } from "@pulumi/pulumi";
import { sessionFacts } from "../../embedded/engine/session-facts";
import {} from "../../cli/stack";
import { lossOf } from "../../embedded/engine/impact-table";
import { engine, packArgs, prepareToLook, type Session } from "../../embedded/engine/session";
import { type Canary, everyReport, exported, found, foundBelow, plant } from "../support/canary";
import { Checkout } from "../support/checkout";
import { sessionIn, stackIn } from "../support/shop-session";
import { needsEngine } from "../support/toy";

interface Step {
  readonly newState?: { readonly type: string; readonly protect?: boolean };
}

/** The only file that may hold one: who may read it may read the stack's secrets. */
const PASSPHRASE = /\/passphrase$/;

for (const stack of ["dev", "prod"])
  describe(`the secrets of shop ${stack} in a preview`, function () {
    this.timeout(300_000);
    let checkout: Checkout;
    let session: Session;
    let canaries: readonly Canary[];
    let raw = "";
    const events: unknown[] = [];
    const read = new Map<string, string | undefined>();
    before(needsEngine);
    before(async () => {
      checkout = await Checkout.make();
      const files = checkout.files(stack);
      const opened = await sessionIn(checkout, stack);
      await prepareToLook(opened);
      const planted = plant(files);
      const { secrets } = sessionFacts(stackIn(checkout, stack));
      assert.deepEqual(planted.map(({ name }) => name).toSorted(), [...secrets].toSorted());
      canaries = [...planted, { name: "the passphrase", value: readFileSync(files.passphrase, "utf8") }];
      session = { ...opened, program: watched(opened, planted), onEvent: (event) => void events.push(event) };
      raw = await previewed();
    });
    after(() => checkout?.remove());

    /** Remembers what the program itself gets to read, so that nobody searches for what never was there. */
    const watched =
      ({ program }: Session, planted: readonly Canary[]): Session["program"] =>
      () => {
        for (const { name } of planted) read.set(name, new Config().get(name.slice(name.indexOf(":") + 1)));
        return program();
      };

    async function previewed(): Promise<string> {
      const env = { ...session.env, KEELSON_VERDICTS: join(session.files.root, "verdicts.json") };
      const args = ["preview", "--json", "--show-sames", ...packArgs(session)];
      const { code, stdout, stderr } = await engine({ ...session, env }, args);
      assert.equal(code, 0, stderr);
      return stdout + stderr;
    }

    it("reach the program, each as it was planted", () => {
      assert.ok(read.size > 0);
      assert.deepEqual(
        [...read],
        canaries.slice(0, read.size).map(({ name, value }) => [name, value]),
      );
    });

    it("are in nothing the engine prints, and in no event", () => {
      assert.ok(raw.includes("kubernetes:core/v1:Secret"));
      assert.deepEqual(found(raw, canaries), []);
      assert.ok(events.length > 100);
      assert.deepEqual(found(JSON.stringify(events), canaries), []);
    });

    it("are in no plan, document or report, and in nothing that is told beside it", async () => {
      const [reports, rendered] = ["reports", "rendered"].map((name) => join(checkout.folder, name)) as [
        string,
        string,
      ];
      for (const argv of [
        ["plan", "--json"],
        ["plan", ...everyReport(reports)],
        ["render", "--out", rendered],
      ]) {
        const { code, out, notes } = await checkout.keelson(...argv, "-s", stack);
        assert.equal(code, 0, notes);
        assert.deepEqual(found(out + notes, canaries), [], argv.join(" "));
      }
      assert.equal(readdirSync(reports).length, 3);
      for (const folder of [reports, rendered]) assert.deepEqual(foundBelow(folder, canaries, /^$/), []);
    });

    it("are in no file of the stack, its home or its verdicts, and in no export", () => {
      const { files } = session;
      assert.ok(existsSync(join(files.root, "verdicts.json")));
      assert.deepEqual(foundBelow(join(checkout.folder, ".keelson"), canaries, PASSPHRASE), []);
      assert.deepEqual(found(exported(files, session.pulumi), canaries), []);
    });

    it("still are what the workspace holds, encrypted: nothing made new placeholders meanwhile", async () => {
      await prepareToLook(session);
      read.clear();
      await previewed();
      assert.deepEqual(
        [...read.values()],
        canaries.slice(0, read.size).map(({ value }) => value),
      );
    });

    it("stand beside types that are known to hold data wherever the program protects something", () => {
      const { steps } = JSON.parse(raw.slice(raw.indexOf("{"), raw.lastIndexOf("}") + 1)) as { steps: readonly Step[] };
      const held = steps.flatMap(({ newState }) => (newState?.protect === true ? [newState.type] : []));
      assert.equal(held.length > 0, stack === "prod");
      assert.deepEqual(
        [...new Set(held)].filter((type) => lossOf(type) === undefined),
        [],
      );
    });
  });
