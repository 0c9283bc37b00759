import assert from "node:assert/strict";
import { applications, ROOT_APP } from "../../components/delivery/argocd-objects";
import { ownedBy, PLATFORM_APP, repeated } from "../../components/delivery/owned";
import { objectId } from "../../graph/manifest";
import { renderStack } from "../../stacks/render";
import { at, compiled, DEV, ofKind, PROD, PROD_BY_PULUMI } from "./stacks";

const ids = (objects: ReturnType<typeof ownedBy>) => objects.map(({ manifest }) => objectId(manifest));

describe("the owners of objects", () => {
  for (const stack of [DEV, PROD, PROD_BY_PULUMI])
    it(`never meet, and no object is written twice: ${stack.name} by ${stack.settings.delivery.by}`, () => {
      const [pulumi, delivery] = [ids(ownedBy("pulumi", stack.objects)), ids(ownedBy("delivery", stack.objects))];
      assert.deepEqual(repeated(stack.objects), []);
      assert.deepEqual(
        pulumi.filter((id) => delivery.includes(id)),
        [],
      );
      assert.equal(delivery.length > 0, stack.settings.delivery.by === "argocd");
    });

  it("would notice an object written twice", () => {
    const [first] = DEV.objects;
    assert.equal(repeated([...DEV.objects, ...(first === undefined ? [] : [first])]).length, 1);
  });

  it("are Pulumi alone for what guards the platform: namespaces, projects, the root application", () => {
    const kinds = new Set(ownedBy("pulumi", PROD.objects).map(({ manifest }) => manifest.kind));
    assert.deepEqual([...kinds].toSorted(), [
      "AppProject",
      "Application",
      "HTTPRoute",
      "Namespace",
      "NetworkPolicy",
      "TargetGroupConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ]);
    const roots = ownedBy("pulumi", PROD.objects).filter(({ manifest }) => manifest.kind === "Application");
    assert.deepEqual(
      roots.map(({ manifest }) => manifest.metadata.name),
      [ROOT_APP],
    );
  });

  it("let Argo CD reach every folder of its share and no other", () => {
    const folders = new Set(ownedBy("delivery", PROD.objects).map(({ app }) => app));
    const pointed = ofKind(PROD, "Application").map((app) => String(at(app, "spec", "source", "path")));
    assert.deepEqual(pointed.toSorted(), [...folders].map((folder) => `rendered/prod/${folder}`).toSorted());
    assert.ok(!pointed.some((path) => path.endsWith(PLATFORM_APP)));
  });

  it("keep every delivered object inside the namespaces of its application's project", () => {
    for (const { manifest, app } of ownedBy("delivery", PROD.objects)) {
      const { namespace } = manifest.metadata;
      if (namespace === undefined || app === ROOT_APP) continue;
      const known = applications(PROD.graph).find(({ name }) => name === app);
      assert.ok(known?.namespaces.includes(namespace), `${objectId(manifest)} in ${app}`);
    }
  });

  it("sync services after what they stand on and after the services they call", () => {
    const wave = Object.fromEntries(applications(PROD.graph).map((app) => [app.name, app.wave]));
    assert.deepEqual(wave, { data: 0, ingress: 0, velero: 0, payment: 1, user: 1, order: 2 });
  });
});

describe("rendered files", () => {
  for (const stack of [DEV, PROD])
    it(`contain nothing that only the cloud or the vault knows, in ${stack.name}`, () => {
      const files = renderStack(stack.graph, stack.settings);
      for (const { path, text } of files) {
        assert.doesNotMatch(text, /arn:aws|\b(vpc|subnet|sg|igw|eni)-[0-9a-f]{8,}|\b\d{12}\b/, path);
        assert.doesNotMatch(text, /^kind: Secret$/m, path);
      }
      assert.equal(files.length, stack.objects.length);
    });

  it("are the same bytes in the same order, run after run", () => {
    const again = compiled("prod");
    assert.deepEqual(renderStack(again.graph, again.settings), renderStack(PROD.graph, PROD.settings));
    const paths = renderStack(PROD.graph, PROD.settings).map(({ path }) => path);
    assert.deepEqual(paths, [...new Set(paths)].toSorted());
  });
});
