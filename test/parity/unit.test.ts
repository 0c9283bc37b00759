/**
 * The conformance suite: every system on every cloud behind every edge that it allows reaches the same, is judged the same,
 * measures the same and saves the same, but for the differences that `differences.json` names with their reasons.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";
import { ASPECTS, type Line } from "./aspects";
import { COMBINATIONS, GROUPS, nameOf, placeOf, REFUSALS } from "./combinations";
import { describe as told, deviations, FILE, idle, isNamed, type Lines, readDifferences } from "./compare";
import { verdictsOf } from "./posture";

const differences = readDifferences();

const known = new Map<string, ReadonlyMap<string, Line>>();

const lines: Lines = (aspect, combination) => {
  const key = `${aspect} ${nameOf(combination)}`;
  const found = known.get(key) ?? new Map(ASPECTS[aspect](combination).map((line) => [line.text, line]));
  known.set(key, found);
  return found;
};

const found = GROUPS.flatMap((group) => deviations(group, lines));

describe("parity", function () {
  this.timeout(300_000);

  for (const group of GROUPS)
    it(`${group[0]?.system} ${group[0]?.stage} is the same in all its ${group.length} places but for what is named`, () => {
      const unnamed = found.filter(
        (deviation) =>
          [...deviation.present, ...deviation.absent].every((each) =>
            group.some((place) => nameOf(place) === nameOf(each)),
          ) && !isNamed(differences, deviation),
      );
      assert.equal(unnamed.length, 0, `${unnamed.length} differences without a name\n${unnamed.map(told).join("\n")}`);
    });

  it("names no difference that does not occur", () => {
    const mend = `take them out of ${FILE}: what they named is the same everywhere now, or holds elsewhere`;
    assert.deepEqual(idle(differences, found), [], mend);
  });

  it("gives every difference a reason that a reader can judge", () => {
    for (const { what, because } of differences) assert.ok(because.length > 30, what.join());
  });
});

describe("the combinations", () => {
  it("have every stack of the repository as it is", () => {
    for (const stack of stackNames(ROOT)) {
      const file = readStackFile(ROOT, stack);
      const own = COMBINATIONS.find(
        (each) => each.stack === stack && isDeepStrictEqual(placeOf(file), placeOf(each.settings)),
      );
      assert.deepEqual({ ...own?.settings }, { ...file });
    }
  });

  it("are refused for a reason of the edge only", () => {
    const reasons = /^a route of the \w+ profile on the edge \w+$/;
    const others = REFUSALS.flatMap((refusal) =>
      refusal.problems
        .filter(({ got }) => !reasons.test(got))
        .map(({ where, got, want }) => `${nameOf(refusal)}: ${where}: got ${got}, want ${want}`),
    );
    assert.deepEqual(others, []);
  });

  it("have no violation that must not be, wherever they are", () => {
    const found = COMBINATIONS.flatMap((combination) =>
      verdictsOf(combination).objects.flatMap(({ id, violations }) =>
        violations
          .filter(({ enforcement }) => enforcement === "mandatory")
          .map(({ rule, message }) => `${nameOf(combination)}: ${rule} on ${id}: ${message}`),
      ),
    );
    assert.deepEqual(found, []);
  });
});
