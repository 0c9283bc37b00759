import { DEV, PAYMENTS_DEV, PAYMENTS_EKS_PROD, PAYMENTS_PROD, PROD } from "../objects/stacks";
import { deliveredFiles, renderStack } from "../../stacks/render";
import assert from "node:assert/strict";
import { goldenLines } from "../support/golden";

describe("the files that render writes", () => {
  for (const { name, graph, settings } of [DEV, PROD, PAYMENTS_DEV, PAYMENTS_PROD, PAYMENTS_EKS_PROD])
    it(`are the committed list, for ${name}`, () => {
      const paths = renderStack(graph, settings).map(({ path }) => path);
      goldenLines(`${name}.rendered.txt`, paths, "stacks/rendered");
    });

  it("are Argo CD's only where it delivers, and never the platform's", () => {
    assert.deepEqual(deliveredFiles(DEV.graph, DEV.settings), []);
    const delivered = deliveredFiles(PROD.graph, PROD.settings).map(({ path }) => path);
    const all = renderStack(PROD.graph, PROD.settings).map(({ path }) => path);
    assert.deepEqual(
      delivered,
      all.filter((path) => !path.startsWith("platform/")),
    );
    assert.ok(delivered.length > 50 && delivered.length < all.length);
  });
});
