import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../architecture/sources";

interface Row {
  readonly at: string;
  readonly cells: readonly string[];
}

const FOLDER = join(ROOT, "docs", "systems");

const rowsOf = (file: string): readonly Row[] =>
  readFileSync(join(FOLDER, file), "utf8")
    .split("\n")
    .map((line, index): Row => ({
      at: `${file}:${index + 1}`,
      cells: line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    }))
    .filter(({ cells }) => cells.length > 0 && cells[0] !== "element" && !/^-+$/.test(cells[0] ?? ""));

const rows = readdirSync(FOLDER).flatMap(rowsOf);
const built = rows.filter(({ cells }) => cells[1] !== "not yet");

/** Paths in backquotes that look like files of ours. */
const paths = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([\w./-]+\/[\w./-]+)`/g)].map((match) => match[1] ?? "");

describe("docs/systems", () => {
  it("has the five systems", () => {
    const names = ["commerce.md", "market.md", "orders.md", "payments.md", "shop.md"];
    assert.deepEqual(readdirSync(FOLDER).toSorted(), names);
  });

  it("has four filled cells in every row", () => {
    assert.deepEqual(
      rows.filter(({ cells }) => cells.length !== 4 || cells.some((cell) => cell === "")).map(({ at }) => at),
      [],
    );
  });

  it("says not yet on both sides or on none", () => {
    const half = rows.filter(({ cells }) => (cells[1] === "not yet") !== (cells[3] === "not yet"));
    assert.deepEqual(
      half.map(({ at }) => at),
      [],
    );
  });

  it("names files that exist in every row that is built", () => {
    const stale = built.flatMap(({ at, cells }) =>
      [...paths(cells[1] ?? ""), ...paths(cells[3] ?? "")]
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${at} names ${path}`),
    );
    assert.ok(built.length > 20);
    assert.deepEqual(stale, []);
  });

  it("names a test that exists by its words in every row that is built", () => {
    const missing = built.filter(({ cells }) => !shows(cells[3] ?? ""));
    assert.deepEqual(
      missing.map(({ at }) => at),
      [],
    );
  });
});

/** `test/x.test.ts`: "words of a test in it". */
function shows(cell: string): boolean {
  const match = /^`(test\/[\w./-]+\.test\.ts)`: "(.+)"$/.exec(cell);
  if (match === null) return false;
  const [, file = "", words = ""] = match;
  return existsSync(join(ROOT, file)) && readFileSync(join(ROOT, file), "utf8").includes(words);
}
