/** No edge means unreachable, an edge means reachable: proved on random systems by evaluating the emitted objects. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ciliumPolicies } from "../../graph/derive/cilium";
import { networkPolicies } from "../../graph/derive/network";
import { type NetworkPolicy } from "../../graph/derive/network-policy";
import { type Dialect } from "../../graph/landscape";
import { type Graph } from "../../graph/model";
import { service } from "../../graph/service";
import { type Example, examples, type Ranges } from "./arbitrary";
import { damagedCilium } from "./cilium-mutations";
import { CILIUM, compileLoosely, KUBERNETES, KUBERNETES_OUTSIDE, problemsOf, VPC_CNI } from "./landscapes";
import { addedAllowAlls, damagedRules, droppedPolicies, halvedPolicies, type Mutation } from "./mutations";
import { idleWidenings, isRefuted, proof, sizeOf } from "./proof";

/** Random systems per property; a long run sets more. */
const RUNS = Number(process.env["KEELSON_PROPERTY_RUNS"] ?? 10);

const compiled = ({ services, landscape }: Example): Graph => compileLoosely(services, landscape);

/** Runs a property on random graphs; systems that are refused are not its business. */
const onGraphs = (dialect: Dialect, ranges: Ranges, property: (graph: Graph) => void, share = 1): void =>
  fc.assert(
    fc.property(examples(dialect, ranges), (example) => {
      fc.pre(problemsOf(() => compiled(example)).length === 0);
      property(compiled(example));
    }),
    { numRuns: Math.ceil(RUNS * share) },
  );

const proved = (graph: Graph): void => assert.deepEqual(proof(graph).slice(0, 10), []);

describe("what the emitted policies allow equals the graph's edges", function () {
  this.timeout(600_000);

  it("by Kubernetes' semantics, where ranges match pods inside them", () => onGraphs(KUBERNETES, "nested", proved));
  it("by Kubernetes' semantics, where ranges are for addresses outside", () =>
    onGraphs(KUBERNETES_OUTSIDE, "nested", proved));
  it("by the VPC CNI's semantics, through Services too", () => onGraphs(VPC_CNI, "nested", proved));
  it("by the VPC CNI's semantics where every node has ranges of its own", () => onGraphs(VPC_CNI, "apart", proved));
  it("by Cilium's semantics, by identity and by name", () => onGraphs(CILIUM, "nested", proved));
  it("by Cilium's semantics where every node has ranges of its own", () => onGraphs(CILIUM, "apart", proved));

  it("and no widening is listed that nothing needs", () =>
    onGraphs(VPC_CNI, "nested", (graph) => assert.deepEqual(idleWidenings(graph), [])));

  it("and none by Cilium either", () =>
    onGraphs(CILIUM, "nested", (graph) => assert.deepEqual(idleWidenings(graph), [])));

  it("compares thousands of pairs at least", () =>
    onGraphs(VPC_CNI, "nested", (graph) => assert.ok(sizeOf(graph) > 1_000, `${sizeOf(graph)} pairs`)));
});

it("a place without an address makes no rule, since a rule without a peer would allow everything", () => {
  const graph = compileLoosely([service("a", { listens: { http: 8080 }, routes: [{ path: "/a" }] })]);
  const edge = [...graph.nodes.values()].find(({ kind }) => kind === "edge");
  assert.ok(edge !== undefined);
  const place = { at: "ranges", ranges: ["10.0.0.0/20"], except: ["10.0.0.0/16"] } as const;
  const emptied = { ...graph, nodes: new Map([...graph.nodes, [edge.id, { ...edge, place }]]) };
  const ingressOf = (from: Graph): readonly unknown[] | undefined =>
    networkPolicies(from).find(({ metadata }) => metadata.name === "service-a")?.spec.ingress;
  assert.equal(ingressOf(graph)?.length, 1);
  assert.deepEqual(ingressOf(emptied), []);
  assert.deepEqual(proof(emptied), []);
});

describe("the proof fails", function () {
  this.timeout(600_000);

  const alarmed = (mutate: (policies: readonly NetworkPolicy[]) => readonly Mutation[], most: number) => (): void => {
    const seen = { mutations: 0 };
    onGraphs(
      VPC_CNI,
      "apart",
      (graph) => {
        const mutations = mutate(networkPolicies(graph));
        const stride = Math.ceil(mutations.length / most);
        for (const { what, policies } of mutations.filter((_, index) => index % stride === seen.mutations % stride)) {
          seen.mutations += 1;
          assert.ok(isRefuted(graph, policies, VPC_CNI), `nothing noticed: ${what}`);
        }
      },
      0.4,
    );
    assert.ok(seen.mutations >= RUNS * 0.4, `only ${seen.mutations} mutations`);
  };

  it("when a rule by identity or by name is dropped, or opened", () => {
    const seen = { mutations: 0 };
    onGraphs(CILIUM, "apart", (graph) => {
      const [plain, own] = [networkPolicies(graph), ciliumPolicies(graph)];
      for (const { what, policies } of damagedCilium(own)) {
        seen.mutations += 1;
        assert.ok(isRefuted(graph, [...plain, ...policies], CILIUM), `nothing noticed: ${what}`);
      }
    });
    assert.ok(seen.mutations >= RUNS, `only ${seen.mutations} mutations`);
  });

  it("when any one policy is dropped", alarmed(droppedPolicies, 8));
  it(
    "when any one rule is dropped, or opened by a peer, a port, a range, an exception or a label",
    alarmed(damagedRules, 12),
  );
  it("when a policy forgets one direction", alarmed(halvedPolicies, 8));
  it("when a policy that allows everything is added anywhere", alarmed(addedAllowAlls, 4));
});
