/** The proof on the committed stacks themselves, not on random ones: what is deployed is what is proved. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { networkPolicies, widenings } from "../../graph/derive/network";
import { type Graph } from "../../graph/model";
import { compileStack } from "../../stacks/compile";
import { readStackFile } from "../../stacks/stack-file";
import { KUBERNETES } from "./landscapes";
import { addedAllowAlls, droppedPolicies } from "./mutations";
import { idleWidenings, isRefuted, proof, sizeOf } from "./proof";

const ROOT = join(__dirname, "..", "..", "..");

for (const stack of ["dev", "prod"])
  describe(`shop on ${stack}`, function () {
    this.timeout(120_000);
    const graph: Graph = compileStack(readStackFile(ROOT, stack));

    it("allows what its graph has an edge for, and nothing else, by the VPC CNI's semantics", () => {
      assert.equal(graph.landscape.dialect.name, "vpc-cni");
      assert.ok(sizeOf(graph) > 100_000);
      assert.deepEqual(proof(graph).slice(0, 10), []);
    });

    it("and by Kubernetes' semantics", () => {
      const plain = { ...graph, landscape: { ...graph.landscape, dialect: KUBERNETES } };
      assert.deepEqual(proof(plain).slice(0, 10), []);
    });

    it("lists every range that is wider than its edge, and only those", () => {
      assert.deepEqual(idleWidenings(graph), []);
      const services = widenings(graph).filter(
        ({ edge }) => edge.from.startsWith("service/") || edge.to.startsWith("service/"),
      );
      assert.deepEqual(
        services.map(({ edge, means }) => [edge.from, edge.to, means]),
        [["service/payment", "external/stripe", "api.stripe.com"]],
      );
    });

    it("is refuted when any one policy is dropped, or an allow-all is added anywhere", () => {
      const policies = networkPolicies(graph);
      for (const { what, policies: damaged } of [...droppedPolicies(policies), ...addedAllowAlls(policies)])
        assert.ok(isRefuted(graph, damaged, graph.landscape.dialect), `nothing noticed: ${what}`);
    });
  });
