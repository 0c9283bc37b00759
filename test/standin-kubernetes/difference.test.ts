import assert from "node:assert/strict";
import { differenceOf, type Asked } from "../../embedded/standin/kubernetes/difference";
import { kindOf } from "../../embedded/standin/kubernetes/kind";
import { secret, UNKNOWN, type Properties } from "../../embedded/standin/values";

const ask = (type: string, oldInputs: Properties, news: Properties, more: Partial<Asked> = {}) =>
  differenceOf({
    kind: kindOf(type, news),
    olds: oldInputs,
    oldInputs,
    news,
    ignoreChanges: [],
    mutable: { configMaps: false, secrets: false },
    ...more,
  });

const named = (name: string, rest: Properties = {}): Properties => ({ metadata: { name }, ...rest });

const replaced = (type: string, oldInputs: Properties, news: Properties, more: Partial<Asked> = {}) =>
  Object.entries(ask(type, oldInputs, news, more).detailed)
    .filter(([, change]) => change.replace)
    .map(([path]) => path);

describe("the difference of a Kubernetes object", () => {
  const immutable: readonly (readonly [type: string, path: string, before: Properties, after: Properties])[] = [
    ["apps/v1:Deployment", "spec.selector.matchLabels.app", d("a"), d("b")],
    ["apps/v1:StatefulSet", "spec.serviceName", { spec: { serviceName: "a" } }, { spec: { serviceName: "b" } }],
    ["batch/v1:Job", "spec.template.spec.restartPolicy", job("Never"), job("OnFailure")],
    ["core/v1:Secret", "type", { type: "Opaque" }, { type: "kubernetes.io/tls" }],
    ["core/v1:Secret", "data.key", { data: { key: "YQ==" } }, { data: { key: "Yg==" } }],
    ["core/v1:ConfigMap", "data.key", { data: { key: "a" } }, { data: { key: "b" } }],
    ["core/v1:Service", "spec.clusterIP", { spec: { clusterIP: "None" } }, { spec: { clusterIP: "10.0.0.1" } }],
    ["core/v1:PersistentVolumeClaim", "spec.storageClassName", pvc("gp2"), pvc("gp3")],
    ["storage.k8s.io/v1:StorageClass", "provisioner", { provisioner: "a" }, { provisioner: "b" }],
    [
      "rbac.authorization.k8s.io/v1:RoleBinding",
      "roleRef.name",
      { roleRef: { name: "a" } },
      { roleRef: { name: "b" } },
    ],
    ["core/v1:Pod", "spec.containers[0].image", pod("a"), pod("b")],
  ];
  for (const [type, path, before, after] of immutable)
    it(`replaces a ${type.split(":")[1]} when ${path} changes`, () => {
      const token = `kubernetes:${type}`;
      assert.deepEqual(replaced(token, named("x", before), named("x", after)), [path]);
      assert.equal(ask(token, named("x", before), named("x", after)).deleteBeforeReplace, true);
    });

  it("updates in place what the table leaves out", () => {
    const difference = ask(
      "kubernetes:apps/v1:Deployment",
      named("x", { spec: { replicas: 1 } }),
      named("x", { spec: { replicas: 2 } }),
    );
    assert.deepEqual(difference, {
      detailed: { "spec.replicas": { kind: "update", replace: false } },
      deleteBeforeReplace: false,
    });
  });

  it("changes ConfigMaps and Secrets in place when the provider's settings say so, unless they are immutable", () => {
    const mutable = { configMaps: true, secrets: true };
    const [before, after] = [named("x", { data: { a: "1" } }), named("x", { data: { a: "2" } })];
    for (const kind of ["ConfigMap", "Secret"]) {
      assert.deepEqual(replaced(`kubernetes:core/v1:${kind}`, before, after, { mutable }), []);
      const frozen = { ...before, immutable: true };
      assert.deepEqual(replaced(`kubernetes:core/v1:${kind}`, frozen, after, { mutable }), ["data.a"]);
    }
  });

  it("replaces on a new name or namespace, creating the new object first", () => {
    const difference = ask("kubernetes:core/v1:Service", named("a"), { metadata: { name: "b", namespace: "n" } });
    assert.deepEqual(Object.keys(difference.detailed), ["metadata.name", "metadata.namespace"]);
    assert.ok(Object.values(difference.detailed).every(({ replace }) => replace));
    assert.equal(difference.deleteBeforeReplace, false);
  });

  it("needs no delete-before-replace for a name given automatically", () => {
    const metadata = { name: "x-1234abcd", annotations: { "pulumi.com/autonamed": "true" } };
    const difference = ask(
      "kubernetes:core/v1:ConfigMap",
      { metadata, data: { a: "1" } },
      { metadata, data: { a: "2" } },
    );
    assert.equal(difference.deleteBeforeReplace, false);
  });

  it("takes no namespace and the namespace default for the same place", () => {
    const after = { metadata: { name: "x", namespace: "default" } };
    assert.deepEqual(ask("kubernetes:core/v1:ConfigMap", named("x"), after).detailed, {});
  });

  it("leaves out what is ignored, also by wildcards", () => {
    const rules = (weight: number, name = "order"): Properties =>
      named("r", {
        spec: {
          rules: [
            {
              backendRefs: [
                { name, weight },
                { name: "canary", weight: 100 - weight },
              ],
            },
          ],
        },
      });
    const type = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
    const ignoreChanges = ["spec.rules[*].backendRefs[*].weight"];
    assert.deepEqual(ask(type, rules(100), rules(50), { ignoreChanges }).detailed, {});
    const renamed = ask(type, rules(100), rules(50, "user"), { ignoreChanges });
    assert.deepEqual(Object.keys(renamed.detailed), ["spec.rules[0].backendRefs[0].name"]);
  });

  it("counts a value that is not known yet as changed, and an unchanged secret as unchanged", () => {
    const data = (value: Properties[string]) => named("x", { data: { a: value } });
    assert.deepEqual(Object.keys(ask("kubernetes:core/v1:Secret", data("1"), data(UNKNOWN)).detailed), ["data.a"]);
    assert.deepEqual(ask("kubernetes:core/v1:Secret", data(secret("1")), data(secret("1"))).detailed, {});
  });

  it("never replaces the object that a Patch resource shares, except for another object", () => {
    const type = "kubernetes:apps/v1:DeploymentPatch";
    const before = { apiVersion: "apps/v1", kind: "Deployment", ...named("x", d("a")) };
    assert.deepEqual(replaced(type, before, { ...before, ...d("b") }), []);
    assert.deepEqual(replaced(type, before, { ...before, ...named("y") }), ["metadata.name"]);
  });
});

function d(app: string): Properties {
  return { spec: { selector: { matchLabels: { app } } } };
}

function job(restartPolicy: string): Properties {
  return { spec: { template: { spec: { restartPolicy } } } };
}

function pvc(storageClassName: string): Properties {
  return { spec: { storageClassName } };
}

function pod(image: string): Properties {
  return { spec: { containers: [{ name: "app", image }] } };
}
