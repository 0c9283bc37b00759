import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { apiClient, ApiError, type ApiClient } from "../../embedded/plane/api";
import { installDefinitions } from "../../embedded/plane/definitions";
import {
  controlPlaneStatus,
  removeControlPlane,
  startControlPlane,
  stopControlPlane,
  type ControlPlaneOptions,
} from "../../embedded/plane/control-plane";
import type { PlaneRecord } from "../../embedded/plane/layout";
import { toolContext } from "../../embedded/toolchain/context";
import { findCrds } from "../../embedded/toolchain/crds";
import { ensureTools } from "../../embedded/toolchain/ensure";
import { signal } from "../../embedded/process/ending";
import { withEnvironment } from "../../embedded/process/environment";
import { PLANE_TOOLS, type PlaneTool } from "../../embedded/toolchain/tools";
import type { Manifest } from "../../graph/manifest";
import { freeBase } from "../toolchain/workbench";

const NAMESPACE: Manifest = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

const CONFINED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

const deployment = (securityContext: object, name = "web"): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: "web", image: "example.com/web:1", securityContext }],
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "topology.kubernetes.io/zone",
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: { app: name } },
          },
        ],
      },
    },
  },
});

const until = async (isTrue: () => Promise<boolean>, seconds = 40) => {
  const end = Date.now() + seconds * 1_000;
  while (!(await isTrue())) {
    assert.ok(Date.now() < end, `it did not happen in ${seconds} s`);
    await pause(100);
  }
};

const statusOf = async (api: ApiClient, object: Manifest): Promise<Record<string, unknown>> =>
  ((await api.read(object))?.["status"] ?? {}) as Record<string, unknown>;

const apply = (api: ApiClient, object: Manifest) => api.apply(object, { fieldManager: "test" });

describe("a real control plane", function () {
  this.timeout(300_000);
  let dir = "";
  let options: ControlPlaneOptions;
  let record: PlaneRecord;
  let api: ApiClient;

  const start = async () => {
    record = await startControlPlane(options);
    api = apiClient(record);
  };

  before(async () => {
    const tools = await ensureTools(PLANE_TOOLS, toolContext());
    const binaries = Object.fromEntries(PLANE_TOOLS.map((name) => [name, tools[name].path])) as Record<
      PlaneTool,
      string
    >;
    dir = join(await mkdtemp(join(tmpdir(), "keelson-plane-")), "dev");
    const nodes = { zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"], perZone: 1 };
    options = { dir, binaries, nodes, env: { ...process.env, KEELSON_PORT: String(await freeBase()) } };
    await start();
  });

  afterEach(() => api.close());

  after(async () => {
    await removeControlPlane(dir);
    assert.deepEqual(withEnvironment(`KEELSON_PLANE=${dir}`), []);
    await rm(join(dir, ".."), { recursive: true, force: true });
  });

  it("writes down how to reach it, for its owner only, and the processes it is", async () => {
    const written = JSON.parse(await readFile(join(dir, "control-plane.json"), "utf8")) as PlaneRecord;
    assert.deepEqual(written, record);
    assert.match(record.version, /^v1\.\d+\.\d+$/);
    assert.deepEqual(
      record.processes.map(({ name }) => name),
      [...PLANE_TOOLS],
    );
    assert.ok((await readFile(record.kubeconfig, "utf8")).includes(record.token));
    assert.equal((await controlPlaneStatus(dir)).state, "running");
  });

  it("runs a deployment in a restricted namespace on the nodes of every zone", async () => {
    api = apiClient(record);
    await apply(api, NAMESPACE);
    await apply(api, deployment(CONFINED));
    await until(async () => (await statusOf(api, deployment(CONFINED)))["readyReplicas"] === 3);
    const pods = (await api.call({ method: "GET", path: "/api/v1/namespaces/shop/pods" })) as { items: Manifest[] };
    const nodes = pods.items.map(({ spec }) => (spec as { nodeName: string }).nodeName);
    assert.deepEqual([...new Set(nodes)].sort(), [
      "node-eu-central-1a-1",
      "node-eu-central-1b-1",
      "node-eu-central-1c-1",
    ]);
  });

  it("keeps a pod that is not confined out of that namespace", async () => {
    api = apiClient(record);
    await apply(api, deployment({ privileged: true }, "rogue"));
    await until(async () =>
      JSON.stringify(await statusOf(api, deployment({}, "rogue"))).includes("violates PodSecurity"),
    );
    await api.remove(deployment({}, "rogue"));
  });

  it("gives services addresses of the range that was asked for", async () => {
    api = apiClient(record);
    const service: Manifest = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "shop" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    };
    const { spec } = await apply(api, service);
    assert.match((spec as { clusterIP: string }).clusterIP, /^172\.20\./);
  });

  it("says what it does not know, and what it refuses, in its own words", async () => {
    api = apiClient(record);
    const unknown: Manifest = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "x" } };
    await assert.rejects(apply(api, unknown), (error: unknown) => error instanceof ApiError && error.status === 404);
    const misspelt: Manifest = { ...NAMESPACE, metadata: { name: "Upper" } };
    await assert.rejects(
      apply(api, misspelt),
      (error: unknown) => error instanceof ApiError && error.reason === "Invalid",
    );
    const stranger = apiClient({ ...record, token: "wrong" });
    await assert.rejects(
      stranger.read(NAMESPACE),
      (error: unknown) => error instanceof ApiError && error.status === 401,
    );
    stranger.close();
  });

  it("takes resource definitions once, and then serves their kinds", async () => {
    api = apiClient(record);
    const { crds } = await findCrds(["aws-load-balancer-controller"], toolContext());
    assert.deepEqual(await installDefinitions(api, crds), {
      applied: crds.map(({ manifest }) => manifest.metadata.name),
      refused: [],
    });
    assert.deepEqual(await installDefinitions(api, crds), { applied: [], refused: [] });
    const configuration: Manifest = {
      apiVersion: "gateway.k8s.aws/v1beta1",
      kind: "LoadBalancerConfiguration",
      metadata: { name: "alb", namespace: "shop" },
      spec: { scheme: "internet-facing" },
    };
    assert.deepEqual((await apply(api, configuration))["spec"], { scheme: "internet-facing" });
  });

  it("is used, not started again, while it runs; its nodes follow the plan", async () => {
    const { processes } = record;
    record = await startControlPlane({ ...options, nodes: { zones: ["eu-central-1a", "eu-central-1b"], perZone: 2 } });
    assert.deepEqual(record.processes, processes);
    api = apiClient(record);
    const list = (await api.call({ method: "GET", path: "/api/v1/nodes" })) as { items: Manifest[] };
    assert.deepEqual(
      list.items.map(({ metadata }) => metadata.name),
      ["node-eu-central-1a-1", "node-eu-central-1a-2", "node-eu-central-1b-1", "node-eu-central-1b-2"],
    );
  });

  it("of which a part died is told as broken, and started anew on the same data", async () => {
    const victim = record.processes.find(({ name }) => name === "etcd");
    assert.ok(victim);
    signal(victim, "SIGKILL");
    await until(async () => (await controlPlaneStatus(dir)).state === "broken");
    await start();
    assert.equal((await controlPlaneStatus(dir)).state, "running");
    assert.ok(await api.read(deployment(CONFINED)));
    assert.equal(withEnvironment(`KEELSON_PLANE=${dir}`).length, PLANE_TOOLS.length);
  });

  it("that is stopped leaves no process, keeps its data and its ports, and goes on from there", async () => {
    const { ports } = record;
    const ended = await stopControlPlane(dir);
    assert.deepEqual(ended.map(({ name }) => name).sort(), [...PLANE_TOOLS].sort());
    assert.deepEqual(withEnvironment(`KEELSON_PLANE=${dir}`), []);
    assert.equal((await controlPlaneStatus(dir)).state, "stopped");
    options = { ...options, env: {} };
    await start();
    assert.deepEqual(record.ports, ports);
    await until(async () => (await statusOf(api, deployment(CONFINED)))["readyReplicas"] === 3);
  });

  it("whose start is killed half way is found and started again whole", async () => {
    await stopControlPlane(dir);
    const child = spawn(process.execPath, [join(__dirname, "plane-child.js"), JSON.stringify(options)], {
      stdio: "ignore",
    });
    await until(async () => withEnvironment(`KEELSON_PLANE=${dir}`).length >= 2);
    child.kill("SIGKILL");
    assert.equal((await controlPlaneStatus(dir)).state, "broken");
    await start();
    assert.equal(withEnvironment(`KEELSON_PLANE=${dir}`).length, PLANE_TOOLS.length);
    assert.ok(await api.read(deployment(CONFINED)));
  });
});
