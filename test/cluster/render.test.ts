import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { podSpecOf } from "../../components/kubernetes/order";
import { apiClient, type ApiClient } from "../../embedded/plane/api";
import { installDefinitions } from "../../embedded/plane/definitions";
import { toolContext } from "../../embedded/toolchain/context";
import { CRD_SOURCES, type CrdSet, crdSetsOf } from "../../embedded/toolchain/crd-sources";
import { findCrds } from "../../embedded/toolchain/crds";
import type { Manifest } from "../../graph/manifest";
import { renderStack } from "../../stacks/render";
import { readStackFile } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";
import { isCustom, setOf } from "../docs/custom-resources";
import { at } from "../objects/stacks";
import { type Combination, COMBINATIONS, nameOf } from "../parity/combinations";
import { removePlane, startPlane, type TestPlane } from "./kubernetes-plane";

/** Every set that any stack needs in any place. */
const SETS: readonly CrdSet[] = [...new Set(COMBINATIONS.flatMap(({ system, cloud }) => crdSetsOf(system, cloud)))];

/** What render writes, read back from its text. */
const rendered = ({ graph, settings }: Combination): readonly Manifest[] =>
  renderStack(graph, settings).map(({ text }) => parse(text) as Manifest);

const tried = new Set<string>();

/** Many objects are the same in every place: the API server is asked once. */
const untried = (manifests: readonly Manifest[]): readonly Manifest[] =>
  manifests.filter((manifest) => {
    const text = JSON.stringify(manifest);
    if (tried.has(text)) return false;
    return tried.add(text);
  });

/** A stack as its file has it. */
const isFile = ({ stack, settings }: Combination): boolean =>
  isDeepStrictEqual({ ...settings }, { ...readStackFile(ROOT, stack) });

const dryRun = { fieldManager: "keelson-test", force: true, dryRun: true } as const;

const refusal = async (api: ApiClient, manifest: Manifest, options: typeof dryRun): Promise<readonly string[]> => {
  const named = `${manifest.kind} ${manifest.metadata.namespace ?? ""}/${manifest.metadata.name}`;
  return api.apply(manifest, options).then(
    () => [],
    (error: unknown) => [`${named}: ${error instanceof Error ? error.message : String(error)}`],
  );
};

describe("what render writes", function () {
  this.timeout(300_000);
  let api: ApiClient;
  let plane: TestPlane | undefined;
  before(async () => {
    plane = await startPlane(); // one of its own: definitions that other tests make up would accept anything
    api = apiClient(plane.record);
    const { crds, missing } = await findCrds(SETS, toolContext());
    assert.deepEqual(missing, []);
    assert.deepEqual((await installDefinitions(api, crds)).refused, []);
  });

  after(async () => {
    if (plane !== undefined) await removePlane(plane);
  });

  const namespaces = async (manifests: readonly Manifest[]) => {
    const own = manifests.filter(({ kind }) => kind === "Namespace");
    for (const each of own) await api.apply(each, { fieldManager: "keelson-test", force: true });
  };

  for (const place of COMBINATIONS)
    it(`is accepted by a real API server, every object of ${nameOf(place)}, with strict fields`, async () => {
      const manifests = rendered(place);
      assert.ok(manifests.length > 60);
      await namespaces(manifests);
      const refused = await Promise.all(untried(manifests).map((each) => refusal(api, each, dryRun)));
      assert.deepEqual(refused.flat(), []);
    });

  it("is refused with a misspelt field, every kind of custom resource but those listed without a definition", async () => {
    const kinds = new Map(
      COMBINATIONS.flatMap((place) => rendered(place).filter(isCustom)).map((each) => [
        `${each.apiVersion} ${each.kind}`,
        each,
      ]),
    );
    const taken = await Promise.all(
      [...kinds].map(async ([kind, manifest]) =>
        (await refusal(api, misspelt(manifest), dryRun)).length > 0 ? [] : [kind],
      ),
    );
    const without = [...kinds].filter(([, manifest]) => CRD_SOURCES[setOf(manifest) ?? "kong"].real === undefined);
    assert.ok(kinds.size > 25, `${kinds.size} kinds`);
    assert.deepEqual(taken.flat().toSorted(), without.map(([kind]) => kind).toSorted());
  });

  for (const place of COMBINATIONS.filter(isFile))
    it(`makes only pods that Pod Security admits where it is enforced, in ${place.stack}`, async () => {
      const manifests = rendered(place);
      await namespaces(manifests);
      const pods = manifests.flatMap((manifest): readonly Manifest[] => {
        const spec = podSpecOf(manifest);
        const { name, namespace = "" } = manifest.metadata;
        const volumes = [...(spec?.volumes ?? []), ...claimed(manifest)];
        const bare = { ...spec, volumes, serviceAccountName: "default" };
        return spec === undefined || manifest.kind === "Pooler" // its operator completes the template
          ? []
          : [{ apiVersion: "v1", kind: "Pod", metadata: { name: `try-${name}`, namespace }, spec: bare }];
      });
      await Promise.all(pods.map(({ metadata }) => defaultAccount(api, metadata.namespace ?? "")));
      const refused = await Promise.all(pods.map((each) => refusal(api, each, dryRun)));
      assert.ok(pods.length >= 5);
      assert.deepEqual(refused.flat(), []);
    });

  it("would notice a pod that Pod Security refuses", async () => {
    await namespaces(rendered(COMBINATIONS.find(({ stack }) => stack === "dev") ?? assert.fail("no dev")));
    const root: Manifest = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root", namespace: "order-service" },
      spec: { containers: [{ name: "root", image: "example.com/root:1" }] },
    };
    await defaultAccount(api, "order-service");
    assert.match((await refusal(api, root, dryRun)).join(), /violates PodSecurity/);
  });
});

/** A field that no definition has, where the kind's own fields are. */
const misspelt = (manifest: Manifest): Manifest => {
  const spec = at(manifest, "spec");
  const typo = { misspelt: "" };
  return spec === undefined ? { ...manifest, ...typo } : { ...manifest, spec: { ...(spec as object), ...typo } };
};

/** What a StatefulSet's claims become in its pods. */
const claimed = (manifest: Manifest) =>
  ((at(manifest, "spec", "volumeClaimTemplates") ?? []) as readonly unknown[]).map((claim) => ({
    name: String(at(claim, "metadata", "name")),
    persistentVolumeClaim: { claimName: "claimed" },
  }));

/** The account controller may not have come to a fresh namespace yet; a pod is not admitted before. */
const defaultAccount = (api: ApiClient, namespace: string) =>
  api.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } },
    { fieldManager: "keelson-test", force: true },
  );
