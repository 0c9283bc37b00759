import assert from "node:assert/strict";
import { RULES } from "../../policies/rules/all";
import { ALSO, CASES } from "./support/cases";
import { broken, verdictOf } from "./support/trial";

describe("each rule", () => {
  it("has a passer and a smallest violator", () => {
    assert.deepEqual(CASES.map(({ rule }) => rule).sort(), RULES.map(({ id }) => id).sort());
  });

  it("is named after its category, once", () => {
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
    assert.deepEqual(
      RULES.filter(({ id, category }) => !id.startsWith(`${category}-`)),
      [],
    );
  });

  for (const { rule, passes, fails, path, message } of CASES) {
    if (rule !== "pod-no-opaque-release") {
      it(`${rule} lets its passer pass`, () => {
        const verdict = verdictOf(passes);
        assert.deepEqual([verdict.verdict, broken(verdict)], ["passed", []]);
      });
    }

    it(`${rule} finds its violator, says where, and no other rule does`, () => {
      const verdict = verdictOf(fails);
      assert.deepEqual(broken(verdict), [rule, ...(ALSO[rule] ?? [])].sort());
      const found = verdict.violations.find((violation) => violation.rule === rule);
      assert.deepEqual([found?.path, found?.message], [path, message]);
    });
  }
});
