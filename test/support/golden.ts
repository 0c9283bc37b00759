/** Lists that are committed and compared line by line, so that a change of the program shows what it changes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "..", "..", "..", "test", "golden");

const linesOf = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];

/** What was added and removed, in order: a diff to review. */
export function lineDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, fresh] = [new Set(before), new Set(after)];
  const removed = before.filter((line) => !fresh.has(line)).map((line) => `- ${line}`);
  const added = after.filter((line) => !old.has(line)).map((line) => `+ ${line}`);
  return [...removed, ...added];
}

/** Compares with the committed list; `word` picks the test that writes it anew. */
export function goldenLines(name: string, lines: readonly string[], word: string): void {
  const path = join(FOLDER, name);
  if (process.env["KEELSON_GOLDEN"] === "write") writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  const found = lineDifference(linesOf(path), lines);
  const mend = `if that is meant, write it anew and commit it: npm run build && KEELSON_GOLDEN=write npm test -- ${word}`;
  assert.deepEqual(found, [], `test/golden/${name}\n${found.join("\n")}\n${mend}\n`);
  assert.deepEqual(linesOf(path), lines, `test/golden/${name}: the same lines in another order; ${mend}`);
}
