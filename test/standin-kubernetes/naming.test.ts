import assert from "node:assert/strict";
import fc from "fast-check";
import { kindOf } from "../../embedded/standin/kubernetes/kind";
import { fieldManager, named } from "../../embedded/standin/kubernetes/naming";
import { textAt } from "../../embedded/standin/kubernetes/fields";
import { UNKNOWN, type Properties } from "../../embedded/standin/values";

const seed = (text: string): Uint8Array => Buffer.from(text);
const nameFor = (news: Properties, olds: Properties = {}, from = "seed") =>
  named({ name: "order", seed: seed(from), olds, news });

describe("names of Kubernetes objects", () => {
  it("gives a nameless object the resource's name with eight digits, and marks it", () => {
    const { metadata } = nameFor({ metadata: { labels: { a: "b" } } }) as { metadata: Properties };
    assert.match(String(metadata["name"]), /^order-[0-9a-f]{8}$/);
    assert.deepEqual(metadata["annotations"], { "pulumi.com/autonamed": "true" });
    assert.deepEqual(metadata["labels"], { a: "b" });
  });

  it("gives the same name for the same seed and another for another", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        const [first, again, other] = [nameFor({}, {}, a), nameFor({}, {}, a), nameFor({}, {}, b)];
        assert.deepEqual(first, again);
        assert.equal(textAt(first, "metadata", "name") === textAt(other, "metadata", "name"), a === b);
      }),
    );
  });

  it("keeps the name it gave last time", () => {
    const first = nameFor({});
    assert.deepEqual(nameFor({}, first, "another seed"), first);
  });

  it("leaves a given or a not yet known name alone", () => {
    for (const name of ["mine", UNKNOWN]) assert.deepEqual(nameFor({ metadata: { name } }), { metadata: { name } });
    assert.deepEqual(nameFor({ metadata: UNKNOWN }), { metadata: UNKNOWN });
  });

  it("derives the field manager from the URN, unless one is asked for or recorded", () => {
    const urn = "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::order";
    assert.match(fieldManager(urn, {}), /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.notEqual(fieldManager(urn, {}), fieldManager(`${urn}2`, {}));
    assert.equal(fieldManager(urn, {}, { __fieldManager: "before" }), "before");
    const annotations = { "pulumi.com/patchFieldManager": "mine" };
    assert.equal(fieldManager(urn, { metadata: { annotations } }, { __fieldManager: "before" }), "mine");
  });
});

describe("kinds of resource types", () => {
  const known: readonly (readonly [string, Properties, string, string])[] = [
    ["kubernetes:apps/v1:Deployment", {}, "apps/v1", "Deployment"],
    ["kubernetes:core/v1:ConfigMap", {}, "v1", "ConfigMap"],
    ["kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {}, "gateway.networking.k8s.io/v1", "HTTPRoute"],
    ["kubernetes:apiextensions.k8s.io:CustomResource", { apiVersion: "a.b/v1", kind: "C" }, "a.b/v1", "C"],
    ["kubernetes:rbac.authorization.k8s.io/v1:Role", {}, "rbac.authorization.k8s.io/v1", "Role"],
  ];
  for (const [type, inputs, apiVersion, kind] of known)
    it(`reads ${type}`, () => assert.deepEqual(kindOf(type, inputs), { apiVersion, kind, patch: false }));

  it("knows a Patch resource from a kind that ends in Patch", () => {
    assert.equal(kindOf("kubernetes:core/v1:ServicePatch", { kind: "Service", apiVersion: "v1" }).patch, true);
    assert.equal(kindOf("kubernetes:a.b/v1:EnvoyPatch", { kind: "EnvoyPatch", apiVersion: "a.b/v1" }).patch, false);
  });

  it("refuses what it cannot unpack, saying what to do instead", () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ["kubernetes:helm.sh/v3:Release", /use helm\.v4\.Chart/],
      ["kubernetes:yaml/v2:ConfigFile", /declare the objects one by one/],
      ["kubernetes:apps/v1:DeploymentList", /declare the objects in it one by one/],
    ];
    for (const [type, message] of refused) assert.throws(() => kindOf(type, {}), message);
  });
});
