import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DrillDocument } from "../../drill/report/document";
import { Checkout } from "../support/checkout";

/** What is left of a drill, which must end recovered. */
async function recovered(checkout: Checkout, stack: string, ...flags: readonly string[]): Promise<DrillDocument> {
  const { code, out, notes } = await checkout.keelson("drill", "-s", stack, "--json", ...flags);
  assert.equal(code, 0, notes);
  const document = JSON.parse(out) as DrillDocument;
  const { outcome, blockers, steps, rto } = document;
  assert.deepEqual([outcome, blockers], ["recovered", []]);
  assert.ok(steps.every(({ state }) => state === "done"));
  assert.ok((rto.measured ?? 0) > 0 && (rto.modelled?.p95 ?? 0) > (rto.modelled?.p50 ?? 0));
  return document;
}

describe("the drill of shop prod", function () {
  this.timeout(900_000);
  this.bail(true);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await checkout.keelson("drill", "-s", "prod", "--clear");
    checkout.remove();
  });

  const file = (name: string): string => join(checkout.folder, ".keelson", "drill", "prod", name);
  const doneSteps = (journal: string): readonly string[] => {
    if (!existsSync(file(journal))) return [];
    const { steps } = JSON.parse(readFileSync(file(journal), "utf8")) as { steps: { name: string; ended?: string }[] };
    return steps.filter(({ ended }) => ended !== undefined).map(({ name }) => name);
  };

  /** Kills a drill when it has lost a region. */
  async function killedAfterTheLoss(journal: string, ...flags: readonly string[]): Promise<void> {
    const running = checkout.start("drill", "-s", "prod", "--json", ...flags);
    const until = Date.now() + 600_000;
    while (!doneSteps(journal).includes("lose-region")) {
      assert.ok(Date.now() < until, "it is stuck");
      assert.equal(running.child.exitCode, null, `it ended before it could be killed: ${running.notes}`);
      await new Promise((done) => setTimeout(done, 200));
    }
    running.child.kill("SIGKILL");
    await running.ended;
    assert.ok(!doneSteps(journal).includes("recreate"));
  }

  it("is killed after the region is lost", () => killedAfterTheLoss("journal.json"));

  it("goes on from there, and ends recovered", async () => {
    const { steps, rpo } = await recovered(checkout, "prod", "--keep");
    const orders = rpo.find(({ node }) => node === "store/orders");
    assert.ok(orders?.measured !== undefined && orders.measured > 0 && orders.measured < orders.declared);
    const verified = steps.find(({ name }) => name === "verify")?.lines ?? [];
    assert.ok(verified.filter(({ mark }) => mark === "real").length >= 12);
    assert.ok(
      verified.some(({ mark }) => mark === "not run"),
      "nothing is claimed of requests",
    );
  });

  it("is killed on its way back", () => killedAfterTheLoss("return.json", "--fail-back"));

  it("goes on from there, and ends whole in the region that was lost", async () => {
    const { steps } = await recovered(checkout, "prod", "--fail-back");
    const lines = steps.find(({ name }) => name === "fail-back")?.lines ?? [];
    for (const what of [/copied archive restores every row/, /sentinel came back/, /^nothing of .* eu-central-1$/])
      assert.ok(
        lines.some((line) => what.test(line.what) && line.mark === "real"),
        String(what),
      );
    assert.equal(lines.find(({ what }) => what.endsWith("points to the load balancer in"))?.detail, '["eu-west-1"]');
  });

  it("leaves its reports, and nothing that runs", () => {
    assert.ok(!existsSync(file("journal.json")));
    const reports = readdirSync(join(checkout.folder, ".keelson", "drill-reports", "prod"));
    for (const ending of [".md", ".html", ".json"])
      assert.ok(
        reports.some((name) => name.endsWith(ending)),
        ending,
      );
  });
});

describe("the drill of payments prod, on AKS", function () {
  this.timeout(900_000);
  this.bail(true);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await checkout.keelson("drill", "-s", "payments-prod", "--clear");
    checkout.remove();
  });

  it("ends recovered in the pair, with every row of the databases in the cluster", async () => {
    const { steps, rpo } = await recovered(checkout, "payments-prod");
    const lines = steps.flatMap((step) => step.lines);
    for (const what of [
      "the copied archive restores every row",
      "the sentinel came back",
      "leads from the new gateway",
    ])
      assert.ok(
        lines.some((line) => line.what.includes(what) && line.mark === "real"),
        what,
      );
    const payments = rpo.find(({ node }) => node === "store/payments");
    assert.ok(payments?.measured !== undefined && payments.measured < payments.declared);
  });

  it("says of Azure's own storage that it was modelled", () => {
    const folder = join(checkout.folder, ".keelson", "drill-reports", "payments-prod");
    const report = readdirSync(folder).find((name) => name.endsWith(".md")) ?? assert.fail("no report");
    assert.match(
      readFileSync(join(folder, report), "utf8"),
      /Velero's way to the backups \| modelled .* Azure's blobs/,
    );
  });
});
