import assert from "node:assert/strict";
import fc from "fast-check";
import { RULES } from "../../policies/rules/all";
import { CASES } from "./support/cases";
import type { Fields, Sample } from "./support/samples";
import { tried } from "./support/trial";

const CANARY = "canary7f3a9c1e5b";

/** What an object is called, which a verdict must say; every other text may be a secret. */
const IDENTITY: readonly string[] = [
  "apiVersion",
  "kind",
  "metadata.name",
  "metadata.namespace",
  "metadata.generateName",
];

type Path = readonly string[];

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Paths of every text in the value. */
function textsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === "string") return IDENTITY.includes(path.join(".")) ? [] : [path];
  return isFields(value) ? Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key])) : [];
}

/** A copy in which the text at a path is another. */
function withText(value: unknown, [first, ...rest]: Path, change: (text: string) => string): unknown {
  if (first === undefined) return typeof value === "string" ? change(value) : value;
  const inside = (key: string, inner: unknown): unknown => (key === first ? withText(inner, rest, change) : inner);
  if (Array.isArray(value)) return value.map((inner: unknown, at) => inside(String(at), inner));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(key, inner)]));
}

/** How a canary comes to stand in a text: alone, or around what the rule looks for. */
const CHANGES: readonly ((text: string) => string)[] = [
  () => CANARY,
  (text) => text + CANARY,
  (text) => CANARY + text,
  (text) => `${text}:${CANARY}@${text}`,
  (text) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: CANARY, Note: text }] }),
];

interface Planted {
  readonly sample: number;
  readonly path: Path;
  readonly change: (text: string) => string;
}

function plantedIn(samples: readonly Sample[], changes: readonly Planted[]): readonly Sample[] {
  return samples.map((sample, at) => {
    const own = changes.filter((change) => change.sample === at);
    const props = own.reduce<unknown>((value, { path, change }) => withText(value, path, change), sample.props);
    return { ...sample, props: isFields(props) ? props : {} };
  });
}

/** Everything the pack says but what the objects are called. */
function saidOf(samples: readonly Sample[]) {
  const { objects, stack } = tried(samples);
  const said = objects.map(({ violations, undecided, unchecked, waived }) => ({
    violations,
    undecided,
    unchecked,
    waived,
  }));
  return { text: JSON.stringify([said, stack]), broken: objects.flatMap(({ violations }) => violations) };
}

const STACKS = CASES.flatMap(({ rule, passes, fails }) => [
  { rule, samples: passes },
  { rule, samples: fails },
]);

const placesOf = (samples: readonly Sample[]) =>
  samples.flatMap(({ props }, sample) => textsIn(props).map((path) => ({ sample, path })));

const planted = (samples: readonly Sample[]): readonly (readonly Planted[])[] => [
  [],
  ...placesOf(samples).flatMap((place) => CHANGES.map((change) => [{ ...place, change }])),
];

describe("what a rule says", () => {
  it("never has a value in it, whichever text of an object it stands in, and every rule has its say", () => {
    const [leaks, heard] = [new Set<string>(), new Set<string>()];
    for (const { rule, samples } of STACKS)
      for (const changes of planted(samples)) {
        const { text, broken } = saidOf(plantedIn(samples, changes));
        if (text.includes(CANARY)) leaks.add(`${rule}: ${changes[0]?.path.join(".") ?? ""}`);
        for (const { rule: said } of broken) heard.add(said);
      }
    assert.deepEqual([...leaks], []);
    assert.deepEqual([...heard].toSorted(), RULES.map(({ id }) => id).toSorted());
  });

  it("never has a value in it when many texts are secrets at once", () => {
    const anywhere = fc
      .constantFrom(...STACKS.filter(({ samples }) => placesOf(samples).length > 0))
      .chain(({ samples }) => {
        const place = fc.constantFrom(...placesOf(samples));
        const change = fc.constantFrom(...CHANGES);
        const both = fc.tuple(place, change).map(([at, how]) => ({ ...at, change: how }));
        return fc.array(both, { minLength: 2, maxLength: 8 }).map((changes) => ({ samples, changes }));
      });
    const holds = fc.property(
      anywhere,
      ({ samples, changes }) => !saidOf(plantedIn(samples, changes)).text.includes(CANARY),
    );
    fc.assert(holds, { numRuns: 3_000 });
  });

  it("has the length of a text and not the text", () => {
    const { text } = saidOf([
      {
        type: "kubernetes:core/v1:ConfigMap",
        name: "settings",
        props: { apiVersion: "v1", kind: "ConfigMap", data: { DB_PASSWORD: CANARY } },
      },
    ]);
    assert.match(text, new RegExp(`looks like a secret: a text of ${CANARY.length} characters`));
    assert.equal(text.includes(CANARY), false);
  });
});
