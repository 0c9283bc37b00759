import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DrillDocument } from "../../drill/report/document";
import { Checkout } from "../support/checkout";

describe("the drill of shop prod", function () {
  this.timeout(900_000);
  this.bail(true);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(async () => {
    await checkout.keelson("drill", "-s", "prod", "--clear");
    checkout.remove();
  });

  const journal = (): string => join(checkout.folder, ".keelson", "drill", "prod", "journal.json");
  const doneSteps = (): readonly string[] => {
    if (!existsSync(journal())) return [];
    const { steps } = JSON.parse(readFileSync(journal(), "utf8")) as { steps: { name: string; ended?: string }[] };
    return steps.filter(({ ended }) => ended !== undefined).map(({ name }) => name);
  };

  it("is killed after the region is lost", async () => {
    const running = checkout.start("drill", "-s", "prod", "--json");
    while (!doneSteps().includes("lose-region")) {
      assert.equal(running.child.exitCode, null, "it ended before it could be killed");
      await new Promise((done) => setTimeout(done, 200));
    }
    running.child.kill("SIGKILL");
    await running.ended;
    assert.ok(!doneSteps().includes("recreate"));
  });

  it("goes on from there, and ends recovered", async () => {
    const { code, out, notes } = await checkout.keelson("drill", "-s", "prod", "--json");
    assert.equal(code, 0, notes);
    const { outcome, blockers, steps, rto, rpo } = JSON.parse(out) as DrillDocument;
    assert.deepEqual([outcome, blockers], ["recovered", []]);
    assert.ok(steps.every(({ state }) => state === "done"));
    assert.ok((rto.measured ?? 0) > 0 && (rto.modelled?.p95 ?? 0) > (rto.modelled?.p50 ?? 0));
    const orders = rpo.find(({ node }) => node === "store/orders");
    assert.ok(orders?.measured !== undefined && orders.measured > 0 && orders.measured < orders.declared);
    const verified = steps.find(({ name }) => name === "verify")?.lines ?? [];
    assert.ok(verified.filter(({ mark }) => mark === "real").length >= 12);
    assert.ok(
      verified.some(({ mark }) => mark === "not run"),
      "nothing is claimed of requests",
    );
  });

  it("leaves its reports, and nothing that runs", () => {
    assert.ok(!existsSync(journal()));
    const reports = readdirSync(join(checkout.folder, ".keelson", "drill-reports", "prod"));
    for (const ending of [".md", ".html", ".json"])
      assert.ok(
        reports.some((name) => name.endsWith(ending)),
        ending,
      );
  });
});
