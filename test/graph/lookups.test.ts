/** What is looked up must be what a search would find: routes in conflict, nodes with each other's labels. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { groupedBy, once } from "../../graph/once";
import { service } from "../../graph/service";
import { BASE, compileLoosely, problemsOf } from "./landscapes";

const paths = fc
  .array(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 })
  .map((all) => all.map((segments): `/${string}` => `/${segments.join("/")}`));

const labels = fc.dictionary(fc.constantFrom("x", "y", "z"), fc.constantFrom("1", "2"), { minKeys: 1 });

describe("what is looked up instead of searched", () => {
  it("finds every pair of routes of which one lies in the other, and no other", () => {
    fc.assert(
      fc.property(paths, (all) => {
        const services = all.map((path, nth) => service(`s${nth}`, { listens: { http: 8080 }, routes: [{ path }] }));
        const told = problemsOf(() => compileLoosely(services)).filter(({ where }) => where.includes(": route "));
        const pairs = all.flatMap((one, at) =>
          all.filter((other, also) => (one === other ? also > at : one.startsWith(`${other}/`))),
        );
        assert.equal(told.length, pairs.length);
      }),
    );
  });

  it("finds every pair of nodes of which one's labels select the other's pods, and no other", () => {
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 6 }), (all) => {
        const actors = all.map((each, nth) => ({
          name: `a${nth}`,
          place: { at: "pods", namespace: "shared", labels: each } as const,
        }));
        const told = problemsOf(() => compileLoosely([], { ...BASE, actors: [...BASE.actors, ...actors] })).filter(
          ({ where }) => where.includes(": labels in "),
        );
        const within = (one: (typeof all)[number], other: (typeof all)[number]): boolean =>
          Object.entries(one).every(([key, value]) => other[key] === value);
        const pairs = all.flatMap((one, at) => all.filter((other, also) => also !== at && within(one, other)));
        assert.equal(told.length, pairs.length);
      }),
    );
  });

  it("derives once for a value, and again for another", () => {
    let times = 0;
    const derive = once((from: { readonly size: number }) => ((times += 1), from.size > 0 ? from.size : undefined));
    const [one, none] = [{ size: 1 }, { size: 0 }];
    assert.deepEqual([derive(one), derive(one), derive(none), derive(none), times], [1, 1, undefined, undefined, 2]);
  });

  it("keeps the order of values in each group", () => {
    const groups = groupedBy(["b1", "a1", "b2"], (text) => text.slice(0, 1));
    assert.deepEqual(
      [...groups],
      [
        ["b", ["b1", "b2"]],
        ["a", ["a1"]],
      ],
    );
  });
});
