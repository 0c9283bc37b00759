import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { CRD_SOURCES, crdSetsOf } from "../../embedded/toolchain/crd-sources";
import { COMBINATIONS, nameOf } from "../parity/combinations";
import { customResources, formatted, isCustom, PAGE, setOf } from "./custom-resources";

describe("the page of custom resources", () => {
  it("is what the objects and the table of definitions say", async () => {
    const written = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
    assert.equal(written, await formatted(), "the page is old: npm run custom-resources writes it anew");
  });

  it("knows whose definitions every kind needs, with a module or a reason", () => {
    for (const manifest of customResources()) {
      const set = setOf(manifest) ?? assert.fail(`${manifest.apiVersion} ${manifest.kind}: whose definition is it?`);
      const { real, standIn } = CRD_SOURCES[set];
      assert.ok(real !== undefined || (standIn?.because ?? "").length > 20, set);
    }
  });

  it("needs no definition that `up` would not install for that system on that cloud", () => {
    const lacking = COMBINATIONS.flatMap((combination) => {
      const installed = crdSetsOf(combination.system, combination.cloud);
      const needed = combination.objects
        .map(({ manifest }) => manifest)
        .filter(isCustom)
        .flatMap((each) => setOf(each) ?? []);
      return [...new Set(needed)]
        .filter((set) => !installed.includes(set))
        .map((set) => `${nameOf(combination)}: ${set}`);
    });
    assert.deepEqual(lacking, []);
  });
});
