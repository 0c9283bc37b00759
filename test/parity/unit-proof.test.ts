/** The reachability proof on every combination, each by the documented semantics of its own network. */
import assert from "node:assert/strict";
import { type AnyPolicy } from "../../graph/reach/evaluate";
import { faults, sizeOf } from "../graph/proof";
import { type Combination, COMBINATIONS, nameOf } from "./combinations";

/** The policies among the objects that the place would get. */
const policiesIn = ({ objects }: Combination): readonly AnyPolicy[] =>
  objects.flatMap(({ manifest }) => (isPolicy(manifest) ? [manifest] : []));

const isPolicy = (manifest: { readonly kind: string }): manifest is AnyPolicy =>
  manifest.kind === "NetworkPolicy" || manifest.kind === "CiliumNetworkPolicy";

/** Route tables differ in what the edge does, never in who reaches whom: what is the same is proved once. */
const question = (combination: Combination): string => {
  const { nodes, edges, landscape } = combination.graph;
  return JSON.stringify([
    [...nodes.values()].map(({ id, place }) => [id, place]),
    edges.map(({ from, to, ports }) => [from, to, ports]),
    landscape.dialect,
    policiesIn(combination),
  ]);
};

const alike = new Map<string, Combination[]>();
for (const combination of COMBINATIONS) {
  const key = question(combination);
  alike.set(key, [...(alike.get(key) ?? []), combination]);
}

describe("what the emitted policies allow equals the graph", function () {
  this.timeout(300_000);

  for (const combinations of alike.values()) {
    const [first] = combinations;
    it(combinations.map(nameOf).join(" and "), () => {
      assert.ok(first !== undefined && sizeOf(first.graph) > 50_000);
      const { graph } = first;
      assert.deepEqual(faults(graph, policiesIn(first), graph.landscape.dialect).slice(0, 10), []);
    });
  }
});
