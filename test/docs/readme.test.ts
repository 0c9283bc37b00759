import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { svg } from "../../graph/export/svg";
import { compileStack } from "../../stacks/compile";
import { readStackFile } from "../../stacks/stack-file";
import { verbs } from "../../cli/verbs";
import { ROOT } from "../architecture/sources";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");

describe("the README", () => {
  it("shows the graph as the code has it", () => {
    const drawn = svg(compileStack(readStackFile(ROOT, "prod")));
    assert.equal(readFileSync(join(ROOT, "docs", "shop.svg"), "utf8").trim(), drawn.trim());
  });

  it("quotes a service as it stands in the code", () => {
    const quoted = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? "nothing quoted";
    assert.ok(readFileSync(join(ROOT, "services", "shop", "order.ts"), "utf8").includes(quoted));
  });

  it("names every verb, and none that does not exist", () => {
    const named = [...readme.matchAll(/npx keelson ([a-z]+)|`([a-z]+) -s/g)].map((match) => match[1] ?? match[2] ?? "");
    assert.deepEqual([...new Set(named)].toSorted(), Object.keys(verbs).toSorted());
  });

  it("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? "");
    assert.ok(links.length > 3);
    assert.deepEqual(
      links.filter((link) => !existsSync(join(ROOT, link))),
      [],
    );
  });
});
