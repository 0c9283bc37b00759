import assert from "node:assert/strict";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ConfigMapPatch } from "@pulumi/kubernetes/core/v1/configMapPatch";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Chart } from "@pulumi/kubernetes/helm/v4/chart";
import type { ProviderArgs } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Reference } from "../../embedded/standin/kubernetes/client";
import { textAt } from "../../embedded/standin/kubernetes/fields";
import { fieldManager } from "../../embedded/standin/kubernetes/naming";
import { TestStack } from "./kubernetes-stack";
import { runningControlPlane } from "./kubernetes-plane";

const container = (image = "registry.k8s.io/pause:3.10") => ({
  name: "app",
  image,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  },
});

const podSpec = (labels: Record<string, string>, containers = [container()]) => ({
  metadata: { labels },
  spec: { containers },
});

const around = (text: string, part: string): string =>
  text.slice(Math.max(0, text.indexOf(part) - 200), text.indexOf(part) + 60);

describe("the kubernetes stand-in on the real engine and API server", function () {
  this.timeout(180_000);
  let stack: TestStack;
  before(async () => {
    stack = new TestStack(await runningControlPlane());
  });
  afterEach(async () => {
    await stack.destroy();
  });
  after(() => stack.remove());

  const within = (settings: Partial<ProviderArgs> = {}) => ({ provider: stack.provider(settings) });
  const reference = (kind: string, name: string, namespace: string, apiVersion = "v1"): Reference => ({
    apiVersion,
    kind,
    name,
    namespace,
  });

  const workload = (image?: string) => async () => {
    const options = within();
    const namespace = new Namespace("shop", { metadata: { name: "w-shop" } }, options);
    const inside = namespace.metadata.name;
    const labels = { app: "order" };
    const order = new Deployment(
      "order",
      {
        metadata: { name: "order", namespace: inside },
        spec: { replicas: 2, selector: { matchLabels: labels }, template: podSpec(labels, [container(image)]) },
      },
      { ...options, ignoreChanges: ["spec.replicas"] },
    );
    new HorizontalPodAutoscaler(
      "order",
      {
        metadata: { name: "order", namespace: inside },
        spec: {
          maxReplicas: 5,
          minReplicas: 2,
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: order.metadata.name },
        },
      },
      options,
    );
    const service = new Service(
      "order",
      { metadata: { namespace: inside }, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
      options,
    );
    new ConfigMap("order", { metadata: { namespace: inside }, data: { mode: "test" } }, options);
    return { ready: order.status.readyReplicas, service: service.metadata.name, address: service.spec.clusterIP };
  };

  it("brings a Deployment to readiness, names what has no name, and finds nothing to do the second time", async () => {
    const first = await stack.up(workload());
    assert.equal(first.failure, "");
    assert.equal(first.outputs["ready"], 2);
    assert.match(String(first.outputs["service"]), /^order-[0-9a-f]{8}$/);
    assert.match(String(first.outputs["address"]), /^\d+\.\d+\.\d+\.\d+$/);
    const again = await stack.up(workload());
    assert.deepEqual(again.summary, { same: 7 });
    const refreshed = await stack.refresh(workload());
    assert.deepEqual(refreshed.summary, { same: 7 });
    assert.deepEqual((await stack.up(workload())).summary, { same: 7 });
  });

  it("leaves replicas to the autoscaler, also when it updates something else", async () => {
    await stack.up(workload());
    const deployment = reference("Deployment", "order", "w-shop", "apps/v1");
    await stack.client.merge(deployment, { spec: { replicas: 3 } });
    assert.deepEqual((await stack.up(workload())).summary, { same: 7 });
    await stack.refresh(workload());
    assert.deepEqual((await stack.up(workload())).summary, { same: 7 });
    const changed = await stack.up(workload("registry.k8s.io/pause:3.9"));
    assert.equal(changed.failure, "");
    assert.deepEqual(changed.summary, { same: 6, update: 1 });
    const live = await stack.client.get(deployment);
    assert.equal((live?.["spec"] as { replicas: number }).replicas, 3);
  });

  it("finds by refresh what was deleted or changed behind its back, and mends it", async () => {
    await stack.up(workload());
    await stack.client.delete(reference("Deployment", "order", "w-shop", "apps/v1"), "Background");
    const maps = await stack.client.list({ apiVersion: "v1", kind: "ConfigMap", namespace: "w-shop" });
    const map = maps.find((each) => textAt(each, "metadata", "name").startsWith("order-")) ?? {};
    await stack.client.merge(reference("ConfigMap", textAt(map, "metadata", "name"), "w-shop"), {
      data: { mode: "x" },
    });
    const found = await stack.refresh(workload());
    assert.deepEqual(found.summary, { delete: 1, same: 5, update: 1 });
    const mended = await stack.up(workload());
    assert.deepEqual([mended.failure, mended.summary["create"]], ["", 1]);
    assert.deepEqual((await stack.up(workload())).summary, { same: 7 });
  });

  it("takes up an object that a killed run made, even one of which nothing but its name is said", async () => {
    await stack.client.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "bare" } },
      { fieldManager: "x" },
    );
    const program = async () => {
      new Namespace("bare", { metadata: { name: "bare" } }, within());
    };
    assert.equal((await stack.up(program)).failure, "");
  });

  it("refuses an object that somebody else made, at preview too, and leaves it alone", async () => {
    await stack.client.apply(
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs", namespace: "default" }, data: { a: "1" } },
      { fieldManager: "somebody" },
    );
    const program = async () => {
      new ConfigMap("theirs", { metadata: { name: "theirs" }, data: { a: "2" } }, within());
    };
    for (const outcome of [await stack.preview(program), await stack.up(program)])
      assert.match(outcome.failure, /ConfigMap default\/theirs already exists and is not this stack's .*somebody/);
    const live = await stack.client.get(reference("ConfigMap", "theirs", "default"));
    assert.deepEqual(live?.["data"], { a: "1" });
    await stack.client.delete(reference("ConfigMap", "theirs", "default"), "Background");
  });

  it("takes up an object that this resource made before its run was killed", async () => {
    const urn = "urn:pulumi:dev::standin::kubernetes:core/v1:ConfigMap::mine";
    const mine = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mine", namespace: "default" } };
    const made = await stack.client.apply({ ...mine, data: { a: "1" } }, { fieldManager: fieldManager(urn, {}) });
    const up = await stack.up(async () => {
      new ConfigMap("mine", { metadata: { name: "mine" }, data: { a: "1" } }, within());
    });
    assert.equal(up.failure, "");
    const live = await stack.client.get(reference("ConfigMap", "mine", "default"));
    assert.equal(textAt(live, "metadata", "uid"), textAt(made, "metadata", "uid"));
  });

  it("imports an object, patches another's, and gives the patched fields back", async () => {
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared", namespace: "default" } };
    const old = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "old", namespace: "default" } };
    for (const object of [theirs, old])
      await stack.client.apply({ ...object, data: { a: "1" } }, { fieldManager: "them" });
    const up = await stack.up(async () => {
      const options = within();
      new ConfigMapPatch("shared", { metadata: { name: "shared" }, data: { b: "2" } }, options);
      new ConfigMap("old", { metadata: { name: "old" }, data: { a: "1" } }, { ...options, import: "default/old" });
    });
    assert.deepEqual([up.failure, up.summary["import"]], ["", 1]);
    const data = async (name: string) => (await stack.client.get(reference("ConfigMap", name, "default")))?.["data"];
    assert.deepEqual(await data("shared"), { a: "1", b: "2" });
    assert.equal((await stack.destroy()).failure, "");
    assert.deepEqual([await data("shared"), await data("old")], [{ a: "1" }, undefined]);
    await stack.client.delete(reference("ConfigMap", "shared", "default"), "Background");
  });

  it("says which finalizer holds an object that does not go", async () => {
    const metadata = { name: "held", finalizers: ["test.keelson.dev/hold"] };
    await stack.up(async () => {
      new ConfigMap("held", { metadata, data: {} }, { ...within(), customTimeouts: { delete: "2s" } });
    });
    const stuck = await stack.destroy();
    assert.match(stuck.failure, /ConfigMap held is still there after 2 s: held by finalizer test\.keelson\.dev\/hold/);
    await stack.client.merge(reference("ConfigMap", "held", "default"), { metadata: { finalizers: null } });
  });

  it("replaces a Job whose template changes, deleting the old one first", async () => {
    const job = (image: string) => async () => {
      const template = { spec: { restartPolicy: "Never", containers: [container(image)] } };
      new Job("migrate", { metadata: { name: "migrate" }, spec: { template } }, within());
    };
    const first = await stack.up(job("registry.k8s.io/pause:3.10"));
    assert.equal(first.failure, "");
    const preview = await stack.preview(job("registry.k8s.io/pause:3.9"));
    assert.equal(preview.failure, "");
    const second = await stack.up(job("registry.k8s.io/pause:3.9"));
    assert.equal(second.failure, "");
    assert.equal(second.summary["replace"], 1);
    assert.match(second.output, /deleted original[\s\S]*created replacement/);
  });

  const widgets = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.test.keelson.dev" },
    spec: {
      group: "test.keelson.dev",
      names: { kind: "Widget", plural: "widgets" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
            },
          },
        },
      ],
    },
  };
  const widget = (spec: Record<string, unknown>) => async () => {
    const options = within();
    new CustomResource(
      "w",
      { apiVersion: "test.keelson.dev/v1", kind: "Widget", metadata: { name: "w" }, spec },
      options,
    );
  };

  it("accepts a custom resource its definition allows, and refuses a wrong field before anything exists", async () => {
    await stack.client.apply(widgets, { fieldManager: "test" });
    const good = await stack.up(widget({ size: 3 }));
    assert.equal(good.failure, "");
    const wrong = await stack.preview(widget({ size: 3, colour: "red" }));
    assert.match(wrong.failure, /Widget default\/w: .*colour/);
    await stack.destroy();
    await stack.client.delete(
      { ...reference("CustomResourceDefinition", widgets.metadata.name, "", widgets.apiVersion) },
      "Background",
    );
  });

  it("previews what cannot be tried yet without an error, and says for each object whether it was tried", async () => {
    stack.forget("dryrun");
    const outcome = await stack.preview(async () => {
      const options = within();
      const namespace = new Namespace("later", { metadata: { name: "later" } }, options);
      new ConfigMap("inside", { metadata: { name: "inside", namespace: namespace.metadata.name } }, options);
      const none = { apiVersion: "none.keelson.dev/v1", kind: "Nothing" };
      new CustomResource("none", { ...none, metadata: { name: "none" } }, options);
    });
    assert.equal(outcome.failure, "");
    const tried = stack
      .records("dryrun")
      .map(({ urn, dryRun, reason }) => [String(urn).split("::").pop(), dryRun, reason]);
    assert.deepEqual(tried.sort(), [
      ["inside", false, "namespace later does not exist yet"],
      ["later", true, undefined],
      ["none", false, "the API server serves no Nothing of none.keelson.dev/v1: its definition is not installed"],
    ]);
  });

  it("says why a Deployment that violates Pod Security does not become ready, and long before its time is up", async () => {
    const started = Date.now();
    const outcome = await stack.up(async () => {
      const options = within();
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      const namespace = new Namespace("strict", { metadata: { name: "w-strict", labels } }, options);
      const containers = [{ name: "app", image: "registry.k8s.io/pause:3.10" }];
      const app = { app: "bad" };
      new Deployment(
        "bad",
        {
          metadata: { name: "bad", namespace: namespace.metadata.name },
          spec: { selector: { matchLabels: app }, template: { metadata: { labels: app }, spec: { containers } } },
        },
        options,
      );
    });
    assert.match(outcome.failure, /Deployment w-strict\/bad is not ready/);
    assert.match(outcome.failure, /FailedCreate: .*violates PodSecurity "restricted:latest".*runAsNonRoot/);
    assert.ok(Date.now() - started < 30_000);
  });

  it("registers a chart without children and records it as unexpanded", async () => {
    const chart = async () => {
      const args = { chart: "velero", version: "11.0.0", repositoryOpts: { repo: "https://charts.example.com" } };
      const velero = new Chart("velero", args, within());
      return { resources: velero.resources };
    };
    for (const outcome of [await stack.preview(chart), await stack.up(chart)]) assert.equal(outcome.failure, "");
    const [line] = stack.records("unexpanded");
    assert.match(String(line?.["urn"]), /kubernetes:helm.sh\/v4:Chart::velero$/);
    assert.deepEqual(
      [line?.["chart"], line?.["version"], line?.["repository"]],
      ["velero", "11.0.0", "https://charts.example.com"],
    );
    assert.deepEqual((await stack.up(chart)).summary, { same: 3 });
  });

  it("shows no secret value anywhere, also when the server refuses the object", async () => {
    const value = "hunter2-correct-horse";
    const secret = (type: string) => async () => {
      const made = new Secret(
        "s",
        { metadata: { name: "s" }, type, stringData: { password: pulumi.secret(value) } },
        within(),
      );
      const labels = { wrong: pulumi.secret(`${value} is no label`) };
      if (type === "wrong") new ConfigMap("c", { metadata: { name: "c", labels }, data: {} }, within());
      return { data: made.data };
    };
    assert.equal((await stack.up(secret("Opaque"))).failure, "");
    assert.deepEqual((await stack.refresh(secret("Opaque"))).summary, { same: 3 });
    assert.deepEqual((await stack.up(secret("Opaque"))).summary, { same: 3 });
    const refused = await stack.up(secret("wrong"));
    assert.match(refused.failure, /\[secret\]/);
    const encoded = Buffer.from(value).toString("base64");
    const shown = { events: stack.transcript, error: refused.failure, output: refused.output, state: stack.state };
    for (const [where, text] of Object.entries(shown))
      for (const leak of [value, encoded]) assert.ok(!text.includes(leak), `${where}: ${around(text, leak)}`);
  });

  it("refuses the kubeconfig of any other cluster", async () => {
    const outcome = await stack.up(async () => {
      new ConfigMap("c", {}, within({ kubeconfig: stack.kubeconfig("https://prod.example.com") }));
    });
    assert.match(
      outcome.failure,
      /speaks only to the local control plane: kubeconfig names https:\/\/prod.example.com/,
    );
  });
});
