import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { podSpecOf } from "../../components/kubernetes/order";
import { apiClient, type ApiClient } from "../../embedded/plane/api";
import { installDefinitions } from "../../embedded/plane/definitions";
import { toolContext } from "../../embedded/toolchain/context";
import { findCrds } from "../../embedded/toolchain/crds";
import type { Manifest } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { renderStack } from "../../stacks/render";
import { readStackFile } from "../../stacks/stack-file";
import { at } from "../objects/stacks";
import { removePlane, startPlane, type TestPlane } from "./kubernetes-plane";

const ROOT = join(__dirname, "../../..");
const SETS = [
  "gateway-api",
  "cloudnative-pg",
  "argo-cd",
  "argo-rollouts",
  "velero",
  "aws-load-balancer-controller",
  "cert-manager",
  "kong",
  "rabbitmq",
  "rabbitmq-topology",
  "prometheus-operator",
  "barman-cloud",
] as const;

const STACKS = ["dev", "prod", "payments-dev", "payments-prod"] as const;

const rendered = (stack: string): readonly Manifest[] => {
  const settings = readStackFile(ROOT, stack);
  return renderStack(compileStack(settings), settings).map(({ text }) => parse(text) as Manifest);
};

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

  for (const stack of STACKS)
    it(`is accepted by a real API server, every object of ${stack}, with strict fields`, async () => {
      const manifests = rendered(stack);
      await namespaces(manifests);
      const refused = await Promise.all(manifests.map((each) => refusal(api, each, dryRun)));
      assert.ok(manifests.length > 60);
      assert.deepEqual(refused.flat(), []);
    });

  for (const stack of STACKS)
    it(`makes only pods that Pod Security admits where it is enforced, in ${stack}`, async () => {
      const manifests = rendered(stack);
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
    await namespaces(rendered("dev"));
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
