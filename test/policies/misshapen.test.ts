import assert from "node:assert/strict";
import { CASES } from "./support/cases";
import { container, denyAll, pod, spec, type Fields, type Sample } from "./support/samples";
import { broken, tried, verdictOf } from "./support/trial";

/** What may stand where a map or a list should be. */
const SHAPES: readonly unknown[] = [5, "text", ["text"], { text: "text" }];

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Copies of a value in which one map or list, at any depth, is something else. */
function bent(value: unknown): readonly unknown[] {
  if (!isFields(value)) return [];
  if (Array.isArray(value))
    return [...SHAPES, ...value.flatMap((item, index) => bent(item).map((other) => value.with(index, other)))];
  const below = Object.entries(value).flatMap(([key, inner]) =>
    bent(inner).map((other) => ({ ...value, [key]: other })),
  );
  return [...SHAPES, ...below];
}

const bentSamples = (sample: Sample): readonly Sample[] =>
  bent(sample.props)
    .filter(isFields)
    .filter((props) => !Array.isArray(props))
    .map((props) => ({ ...sample, props }));

const bystander: readonly Sample[] = [pod("bystander", spec({ hostPID: true })), denyAll("bystander")];

describe("something else than a list or a map where one should be", () => {
  for (const { rule, fails } of CASES)
    it(`crashes no rule and changes no other object's verdict, in the violator of ${rule}`, () => {
      const [first, ...others] = fails;
      assert.ok(first);
      for (const sample of bentSamples(first)) {
        const { objects } = tried([...bystander, sample, ...others]);
        const [unharmed] = objects;
        assert.doesNotMatch(JSON.stringify(objects), /the rule itself failed/, JSON.stringify(sample.props));
        assert.deepEqual(
          [unharmed && broken(unharmed), unharmed?.undecided],
          [["pod-host-namespaces"], []],
          JSON.stringify(sample.props),
        );
      }
    });

  it("is undecided, with the place, what stands there and what should", () => {
    const verdict = verdictOf([pod("x", spec({ containers: "none" })), denyAll("x")]);
    assert.equal(verdict.verdict, "undecided");
    assert.deepEqual(
      [...new Set(verdict.undecided.map(({ path, message }) => `${path}: ${message}`))],
      ["spec.containers: wants a list, got a text of 4 characters"],
    );
  });

  it("on the way to a field is told at the place itself", () => {
    const containers = [{ ...container({}), securityContext: 5 }];
    const { undecided } = verdictOf([pod("x", spec({ containers })), denyAll("x")]);
    assert.deepEqual(
      [...new Set(undecided.map(({ path, message }) => `${path}: ${message}`))],
      ["spec.containers[0].securityContext: wants a map, got a number"],
    );
  });
});
