import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { formatted, PAGE } from "./page";

describe("docs/parity.md", () => {
  it("is what the combinations and the named differences say", async () => {
    const written = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
    assert.equal(written, await formatted(), "the page is old: npm run parity writes it anew");
  });
});
