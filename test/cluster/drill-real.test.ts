/**
 * The drill of a real stack, with an embedded region in the account's place: the same steps, the same commands of Pulumi, a
 * kubeconfig and a bucket's address from a file. Only whoever carries out the commands stands in.
 */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databaseCopies } from "../../drill/preflight";
import { type DrillDocument } from "../../drill/report/document";
import { listObjects } from "../../embedded/region/s3";
import { endVelero } from "../../embedded/region/velero";
import { withCloud } from "../../embedded/standin/cloud";
import { readStackFile } from "../../stacks/stack-file";
import { Checkout } from "../support/checkout";

const CONFIRMED = ["--real", "--confirm", "rehearse the loss of prod"] as const;

describe("a rehearsal with a real stack, whose account an embedded region plays", function () {
  this.timeout(900_000);
  this.bail(true);
  let checkout: Checkout;
  const folder = (): string => join(checkout.folder, ".keelson", "drill", "prod");
  const copies = () => ({ dir: join(folder(), "recovery"), region: "eu-central-1", port: checkout.port + 21 });
  const access = (): string => join(checkout.folder, "access.yaml");
  const COPY = "acme-shop-prod-eu-west-1-backups-copy";
  /** Velero writes how a restore went beside the backups, wherever it may write; a real reader of copies may not. */
  const isRestoreReport = (object: string): boolean => object.startsWith("daily/restores/rehearsal-");
  const kept = async () => (await listObjects(copies(), COPY)).map(({ key, etag }) => `${key} ${etag}`);
  let backups: readonly string[] = [];

  before(async () => {
    checkout = await Checkout.make();
    await checkout.keelson("drill", "-s", "prod", "--until", "sentinels");
    await pause(2_000); // only what is older than the backup by the second is taken for saved
    const { out, notes } = await checkout.keelson("drill", "-s", "prod", "--until", "back-up", "--json");
    const { blockers } = JSON.parse(out) as DrillDocument;
    assert.deepEqual(
      blockers.map(({ name, step }) => [name, step]),
      [["not-finished", "lose-region"]],
      notes,
    );
    // Velero listens on port 8080, wherever it is told to: on one machine there is room for one.
    await endVelero({ dir: join(folder(), "primary") });
    backups = await kept();
    await writeAccess();
  });
  after(async () => {
    await checkout.keelson("drill", "-s", "prod", "--clear");
    checkout.remove();
  });

  async function writeAccess(): Promise<void> {
    const settings = readStackFile(checkout.folder, "prod");
    const databases = await withCloud(join(folder(), "cloud.json"), (cloud) =>
      databaseCopies(cloud.objects(), settings),
    );
    const engine = join(checkout.folder, "pulumi");
    const account = JSON.stringify({ checkout: checkout.folder, folder: folder(), port: checkout.port });
    const script = join(__dirname, "..", "support", "pulumi-standin.js");
    writeFileSync(
      engine,
      `#!/bin/sh\nKEELSON_STANDIN_ACCOUNT='${account}' exec '${process.execPath}' '${script}' "$@"\n`,
    );
    chmodSync(engine, 0o755);
    const kubeconfig = (role: string): string => join(folder(), role, "plane", "kubeconfig");
    const recovery = {
      kubeconfig: kubeconfig("recovery"),
      ...{ backend: "file:///nowhere", secrets: "passphrase", databases },
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    };
    const objectStore = `http://127.0.0.1:${copies().port}`;
    const standIn = "an embedded region plays it";
    const primary = { kubeconfig: kubeconfig("primary") };
    writeFileSync(access(), JSON.stringify({ primary, recovery, engine, objectStore, requests: false, standIn }));
  }

  const rehearse = (...more: readonly string[]) =>
    checkout.keelson("drill", "-s", "prod", ...CONFIRMED, "--access", access(), "--json", ...more);

  it("is refused without the words, and without the access", async () => {
    assert.equal((await checkout.keelson("drill", "-s", "prod", "--real", "--access", access())).code, 4);
    assert.equal((await checkout.keelson("drill", "-s", "prod", ...CONFIRMED)).code, 2);
  });

  it("brings the throw-away stack up, restores, verifies, and removes it", async () => {
    const before = await primaryState();
    const { code, out, notes } = await rehearse();
    assert.equal(code, 0, `${out}${notes}`);
    const { outcome, steps, blockers } = JSON.parse(out) as DrillDocument;
    assert.deepEqual([outcome, blockers], ["recovered", []], notes);
    const lines = steps.flatMap((step) => step.lines);
    assert.ok(lines.some(({ what, mark }) => /sentinels came back/.test(what) && mark === "real"));
    assert.ok(
      lines.some(({ what, mark, detail }) => what === "the account" && mark === "modelled" && /plays/.test(detail)),
    );
    assert.deepEqual(await primaryState(), before, "the primary is untouched");
  });

  /** The primary's own cloud objects, and its engine's state. */
  async function primaryState(): Promise<readonly string[]> {
    const own = await withCloud(join(folder(), "cloud.json"), (cloud) =>
      cloud.objects(({ region }) => region === "eu-west-1"),
    );
    const state = join(folder(), "primary", "backend", ".pulumi", "stacks", "keelson", "prod.json");
    return [...own.map((each) => JSON.stringify(each)), readFileSync(state, "utf8")];
  }

  it("deletes and changes no backup, and types what a person would", async () => {
    const after = await kept();
    assert.deepEqual(
      after.filter((object) => !isRestoreReport(object)),
      backups,
    );
    assert.equal(after.some(isRestoreReport), true);
    const typed = readFileSync(join(folder(), "pulumi-commands.log"), "utf8").split("\n");
    for (const command of ["stack init prod-rehearsal", "up --stack prod-rehearsal", "destroy --stack prod-rehearsal"])
      assert.ok(
        typed.some((line) => line.startsWith(command)),
        command,
      );
    const reports = readdirSync(join(checkout.folder, ".keelson", "drill-reports", "prod"));
    assert.ok(reports.filter((name) => name.endsWith(".html")).length > 0);
  });
});
