import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  LOSS_WAIVERS,
  type LossWaiver,
  readLossWaivers,
  refuseDataLoss,
  unsigned,
  waiverDraft,
} from "../../embedded/engine/data-loss";
import { DataLoss } from "../../embedded/engine/failures";
import { type Impact } from "../../embedded/engine/impact";
import { InvalidInput } from "../../graph/problems";
import { ROOT } from "../architecture/sources";

const TODAY = "2026-11-21";
const urn = "urn:pulumi:dev::keelson::aws:rds/instance:Instance::orders";
const root = { urn, property: "kmsKeyId" };

const loss: Impact = {
  urn,
  type: "aws:rds/instance:Instance",
  name: "orders",
  kind: "replace with data loss",
  root: { ...root, cause: "changed" },
  loses: "its databases",
  id: "db-ABC",
};

const waiver: LossWaiver = {
  urn,
  root,
  loses: "the orders of November",
  reason: "the key leaked",
  owner: "platform",
  expires: "2026-12-01",
  signed: "db-ABC",
};

const open = (changes: Partial<LossWaiver>): number => unsigned([loss], [{ ...waiver, ...changes }], TODAY).length;

describe("a waiver of lost data", () => {
  it("opens the gate for the object, the root and the very instance it names", () => {
    assert.equal(open({}), 0);
    assert.equal(open({ urn: `${urn}-2` }), 1);
    assert.equal(open({ root: { urn, property: "identifier" } }), 1);
    assert.equal(open({ root: { urn: `${urn}-key`, property: "kmsKeyId" } }), 1);
    assert.equal(open({ signed: "db-of-last-year" }), 1);
  });

  it("opens nothing once it expired, nor when it is to last longer than a change takes", () => {
    assert.equal(open({ expires: TODAY }), 0);
    assert.equal(open({ expires: "2026-11-20" }), 1);
    assert.equal(open({ expires: "2026-12-22" }), 0);
    assert.equal(open({ expires: "2026-12-23" }), 1);
  });

  it("is drafted by the refusal, with everything that binds it, and nobody's name", () => {
    assert.throws(
      () => refuseDataLoss([loss]),
      (error: unknown) => {
        assert.ok(error instanceof DataLoss);
        const [problem] = error.problems;
        assert.equal(problem?.where, "aws:rds/instance:Instance orders");
        assert.match(
          problem.got,
          /^replace with data loss, because kmsKeyId of aws:rds\/instance:Instance orders changes/,
        );
        assert.ok(problem.mend.endsWith(waiverDraft(loss)));
        return true;
      },
    );
    const drafted = JSON.parse(waiverDraft(loss)) as LossWaiver;
    assert.deepEqual([drafted.urn, drafted.root, drafted.signed], [urn, root, "db-ABC"]);
    assert.deepEqual([drafted.reason, drafted.owner, drafted.expires], ["", "", ""]);
  });

  it("asks nothing where nothing is lost", () => {
    const { urn: of, type, name } = loss;
    assert.deepEqual(unsigned([{ urn: of, type, name, kind: "replace" }], [], TODAY), []);
    refuseDataLoss([]);
  });
});

describe("the file of waivers", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "keelson-waivers-"))));
  after(() => rmSync(folder, { recursive: true }));
  const read = (content: string): readonly LossWaiver[] => {
    writeFileSync(join(folder, LOSS_WAIVERS), content);
    return readLossWaivers(folder);
  };

  it("may be missing, and is read whole", () => {
    assert.deepEqual(readLossWaivers(folder), []);
    assert.deepEqual(read(JSON.stringify({ waivers: [waiver] })), [waiver]);
  });

  it("is read as the documentation shows it", () => {
    const shown = /```json\n([\s\S]+?)```/.exec(readFileSync(join(ROOT, "docs", "data-loss.md"), "utf8"))?.[1] ?? "";
    assert.equal(read(shown).length, 1);
  });

  for (const [what, content] of [
    ["no JSON", "waivers"],
    ["no list", "{}"],
    ["a draft nobody filled in", JSON.stringify({ waivers: [JSON.parse(waiverDraft(loss))] })],
    ["a day that does not exist", JSON.stringify({ waivers: [{ ...waiver, expires: "2026-02-30" }] })],
    ["a word that means nothing", JSON.stringify({ waivers: [{ ...waiver, onwer: "platform" }] })],
  ] as const)
    it(`is refused as bad input with ${what}`, () => {
      assert.throws(() => read(content), InvalidInput);
    });
});
