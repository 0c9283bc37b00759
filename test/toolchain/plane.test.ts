import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { endpointOf, planCommands } from "../../embedded/plane/commands";
import {
  controlPlaneStatus,
  removeControlPlane,
  requirePorts,
  startControlPlane,
} from "../../embedded/plane/control-plane";
import { ensureCredentials, readTokens } from "../../embedded/plane/credentials";
import { layoutOf, readRecord } from "../../embedded/plane/layout";
import { planNodes, regionOf } from "../../embedded/plane/nodes";
import { choosePorts, portBase, portOwner, portsFrom, requireFree } from "../../embedded/plane/ports";
import { DEFAULT_PORT, PLANE_TOOLS, PORT_COUNT, type PlaneTool } from "../../embedded/toolchain/tools";
import { freeBase, inFolder, messageOf } from "./workbench";

const listen = (port: number): Promise<Server> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(port, "127.0.0.1", () => done(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
};

const remember = async (dir: string, base: number) => {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "control-plane.json"), JSON.stringify({ ports: portsFrom(base), processes: [] }));
};

const nowhere = Object.fromEntries(PLANE_TOOLS.map((name) => [name, "/bin/false"])) as Record<PlaneTool, string>;

describe("the control plane's ports", () => {
  it("begin at KEELSON_PORT, or at the default", () => {
    assert.equal(portBase({}), DEFAULT_PORT);
    assert.equal(portBase({ KEELSON_PORT: "31000" }), 31_000);
  });

  it("refuse a KEELSON_PORT that is none, or leaves no room above it", () => {
    for (const given of ["http", "0", "80", "65535", "26443.5", "-1"])
      assert.throws(
        () => portBase({ KEELSON_PORT: given }),
        /KEELSON_PORT: got .* want a number from 1024 to 65525/,
        given,
      );
  });

  it("are others than those any other control plane of the checkout remembers", () =>
    inFolder(async (folder) => {
      assert.equal((await choosePorts(join(folder, "dev"), 31_000)).api, 31_000);
      await remember(join(folder, "prod"), 31_000);
      await remember(join(folder, "market"), 31_014);
      const chosen = await choosePorts(join(folder, "dev"), 31_000);
      assert.equal(chosen.api, 31_030);
      assert.equal((await choosePorts(join(folder, "prod"), 31_000)).api, 31_030 - 30);
    }));

  it("never overlap, from any base", () => {
    const base = fc.integer({ min: 1_024, max: 65_525 });
    fc.assert(fc.property(base, (one) => assert.equal(new Set(Object.values(portsFrom(one))).size, PORT_COUNT)));
  });

  it("in use are refused, each with its owner and with what to set", async () => {
    const server = await listen(await freeBase());
    const port = portOf(server);
    try {
      assert.equal(await portOwner(port), process.pid);
      const message = await messageOf(requireFree({ ...portsFrom(port), api: port }));
      assert.match(
        message,
        new RegExp(`port ${port} on 127\\.0\\.0\\.1: got in use by .+ \\(process ${process.pid}\\)`),
      );
      assert.match(message, /KEELSON_PORT=\d+/);
      assert.match(
        await messageOf(requireFree({ ...portsFrom(port - 3) })),
        new RegExp(`^InvalidInput: port ${port} `),
      );
    } finally {
      server.close();
    }
  });

  it("are asked for before anything is built", async () => {
    const server = await listen(await freeBase());
    const env = { KEELSON_PORT: String(portOf(server)) };
    await inFolder(async (folder) => {
      assert.match(await messageOf(requirePorts(join(folder, "dev"), env)), /in use by/);
      await new Promise((done) => server.close(done));
      await requirePorts(join(folder, "dev"), env);
    });
  });

  it("in use by a process of ours that is about to end are not refused", async () => {
    const server = await listen(await freeBase());
    const port = portOf(server);
    await requireFree(portsFrom(port), [process.pid]).finally(() => server.close());
  });
});

describe("a control plane that is not started", () => {
  it("leaves nothing behind when a port is taken", () =>
    inFolder(async (folder) => {
      const server = await listen(await freeBase());
      const env = { KEELSON_PORT: String(portOf(server)) };
      const dir = join(folder, "dev");
      const starting = startControlPlane({ dir, binaries: nowhere, nodes: { zones: ["a"] }, env });
      assert.match(await messageOf(starting.finally(() => server.close())), /in use by/);
      assert.deepEqual(await readdir(dir).catch(() => []), []);
    }));

  it("says which process did not come up, shows its log, and leaves no process", () =>
    inFolder(async (folder) => {
      const env = { KEELSON_PORT: String(await freeBase()) };
      const dir = join(folder, "dev");
      const message = await messageOf(startControlPlane({ dir, binaries: nowhere, nodes: { zones: ["a"] }, env }));
      assert.match(message, /^ControlPlaneError: etcd ended before it was ready; the end of .*plane\/logs\/etcd\.log/);
      assert.deepEqual((await controlPlaneStatus(dir)).processes, []);
    }));

  it("has no status, and there is nothing to remove", () =>
    inFolder(async (folder) => {
      assert.equal((await controlPlaneStatus(join(folder, "dev"))).state, "none");
      assert.deepEqual(await removeControlPlane(join(folder, "dev")), []);
    }));

  it("refuses a record it cannot read, names it and what to do", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "control-plane.json"), '{"endpoint":');
      assert.match(
        await messageOf(readRecord(layoutOf(folder))),
        /control-plane\.json: got a file that is not JSON.*delete it/,
      );
    }));
});

describe("what a control plane is made of", () => {
  const inputs = {
    layout: layoutOf("/checkout/.keelson/dev"),
    ports: portsFrom(31_000),
    serviceCidr: "172.20.0.0/16",
    podCidr: "10.244.0.0/16",
  };

  it("is processes that listen on this machine only", () => {
    const every = Object.values(planCommands(inputs)).flat();
    for (const flag of every.filter((one) => /address|urls|bind/.test(one)))
      assert.match(flag, /127\.0\.0\.1|=192\.0\.2\.1$|--etcd-servers=http:\/\/127/, flag);
    assert.equal(endpointOf(inputs.ports), "https://127.0.0.1:31000");
  });

  it("has no secret on a command line", () =>
    inFolder(async (folder) => {
      const layout = layoutOf(folder);
      const tokens = await ensureCredentials(layout);
      const every = Object.values(planCommands({ ...inputs, layout }))
        .flat()
        .join(" ");
      for (const token of Object.values(tokens)) assert.ok(token.length >= 48 && !every.includes(token));
      assert.deepEqual(await readTokens(layout), await ensureCredentials(layout));
    }));

  it("is fake nodes: as many in each zone, labelled by zone and region", () => {
    const nodes = planNodes({ zones: ["eu-central-1a", "eu-central-1b"], perZone: 3, cpu: "4" });
    assert.equal(nodes.length, 6);
    assert.equal(new Set(nodes.map(({ metadata }) => metadata.name)).size, 6);
    assert.deepEqual(
      nodes.map(({ metadata }) => metadata.labels?.["topology.kubernetes.io/zone"]),
      [...Array<string>(3).fill("eu-central-1a"), ...Array<string>(3).fill("eu-central-1b")],
    );
    assert.equal(regionOf("eu-central-1a"), "eu-central-1");
    assert.equal(regionOf("westeurope-1"), "westeurope-1");
  });
});
