import assert from "node:assert/strict";
import { argoCdValues } from "../../components/kubernetes/values";
import { factsOf } from "../../stacks/facts";
import { planStack, secretKeys } from "../../stacks/plan";
import { type Settings } from "../../stacks/schema";
import { readStackFile } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";

const prod = readStackFile(ROOT, "prod");
const dev = readStackFile(ROOT, "dev");

type ArgoCd = Extract<Settings["delivery"], { by: "argocd" }>;

const announcedBy = (webhook: ArgoCd["repository"]["webhook"]): Settings => {
  assert.ok(prod.delivery.by === "argocd");
  return { ...prod, delivery: { ...prod.delivery, repository: { ...prod.delivery.repository, webhook } } };
};

describe("a stack's plan", () => {
  it("names every secret that the program reads", () => {
    const keys = ["argocdCredential", "repositoryCredential", "stripeCredential", "webhookCredential"];
    assert.deepEqual(
      secretKeys(prod).toSorted(),
      keys.map((key) => `keelson:${key}`),
    );
    assert.deepEqual(secretKeys(dev), ["keelson:stripeCredential"]);
    assert.ok(!secretKeys(announcedBy("none")).includes("keelson:webhookCredential"));
  });

  it("gives the webhook's secret to Argo CD under the name of the repository's host", () => {
    const secretOf = (webhook: ArgoCd["repository"]["webhook"]) => {
      const { delivery } = factsOf(announcedBy(webhook));
      assert.ok(delivery.by === "argocd");
      return (argoCdValues(delivery, "signed")["configs"] as { readonly secret: unknown }).secret;
    };
    assert.deepEqual(secretOf("gitlab"), { createSecret: true, gitlabSecret: "signed" });
    assert.deepEqual(secretOf("none"), { createSecret: true });
  });

  it("keeps namespaces and policies apart from what needs them, without losing an object", () => {
    const { foundation, objects } = planStack(dev);
    const kinds = new Set(foundation.map(({ manifest }) => manifest.kind));
    assert.deepEqual([...kinds].toSorted(), [
      "Namespace",
      "NetworkPolicy",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ]);
    assert.ok(objects.every(({ manifest }) => !kinds.has(manifest.kind)));
  });
});
