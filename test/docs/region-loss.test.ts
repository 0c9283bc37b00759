import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatted } from "./write-runbook";

describe("the runbook for a lost region", () => {
  it("is made from the drill's steps, rules and faults, and is up to date: npm run runbook", async () => {
    const path = join(__dirname, "..", "..", "..", "docs", "region-loss.md");
    assert.equal(readFileSync(path, "utf8"), await formatted());
  });
});
