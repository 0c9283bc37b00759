/** Every rule over a cloud's own resources has its counterpart on the other clouds, or a reason why there is none. */
import assert from "node:assert/strict";
import { RULES } from "../../policies/rules/all";
import { type Provider, SCHEMAS } from "../../stacks/schema";
import { CASES } from "../policies/support/cases";
import { PROMISES, PROMISES_FILE } from "./promises";

const CLOUDS = Object.keys(SCHEMAS) as Provider[];

/** Whose resources a rule's smallest examples are. */
const cloudsOf = (rule: string): readonly string[] =>
  CASES.filter((entry) => entry.rule === rule).flatMap(({ passes }) =>
    passes
      .slice(0, 1)
      .flatMap(({ type }) => (type.startsWith("kubernetes:") ? [] : [/\b(aws|azure)/.exec(type)?.[0] ?? ""])),
  );

const promising = (rule: string): number =>
  PROMISES.flatMap((promise) => CLOUDS.filter((cloud) => promise[cloud].includes(rule))).length;

describe("the promises that a cloud keeps", () => {
  it("name every rule over a cloud's own resources", () => {
    const cloudRules = RULES.map(({ id }) => id).filter((id) =>
      cloudsOf(id).some((cloud) => CLOUDS.includes(cloud as Provider)),
    );
    assert.ok(cloudRules.length > 80);
    const mend = `say in ${PROMISES_FILE} what the rule promises, and which rule of the other cloud promises the same`;
    assert.deepEqual(
      cloudRules.filter((id) => promising(id) === 0),
      [],
      mend,
    );
  });

  it("name only rules that there are, each on the cloud whose resources it knows", () => {
    for (const promise of PROMISES)
      for (const cloud of CLOUDS)
        for (const rule of promise[cloud]) {
          assert.ok(
            RULES.some(({ id }) => id === rule),
            `${rule}: no such rule`,
          );
          const known = cloudsOf(rule);
          assert.ok(
            known.length === 0 || known.includes(cloud) || promise[other(cloud)].includes(rule),
            `${rule} on ${cloud}`,
          );
        }
  });

  it("are kept by rules on every cloud, or say why one has none", () => {
    for (const { what, because, ...promise } of PROMISES) {
      const without = CLOUDS.filter((cloud) => promise[cloud].length === 0);
      assert.equal(without.length > 0, because !== undefined, `${what}: ${without.join()}`);
      assert.ok(because === undefined || because.length > 30, what);
    }
  });
});

const other = (cloud: Provider): Provider => (cloud === "aws" ? "azure" : "aws");
