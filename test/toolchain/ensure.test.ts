import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expectedSeconds, moduleFolder } from "../../embedded/toolchain/build";
import { describeWork, ensureTools, workAhead } from "../../embedded/toolchain/ensure";
import { DRILL_TOOLS, PLANE_TOOLS, TOOLS, TOOL_NAMES } from "../../embedded/toolchain/tools";
import { benchContext, inFolder, script } from "./workbench";

const brought = async (folder: string) => {
  await script(folder, "pulumi", "echo v3.250.0");
  await script(folder, "etcd", "echo etcd Version: 3.6.6");
  await script(folder, "kwok", "echo kwok version v0.7.0");
  for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
    await script(folder, name, "echo Kubernetes v1.36.3");
};

describe("the table of tools", () => {
  it("pins each tool in the module it is built from, at the version it names", async () => {
    const pins = {
      pulumi: "github.com/pulumi/pulumi/pkg/v3",
      etcd: "go.etcd.io/etcd/server/v3",
      kwok: "sigs.k8s.io/kwok",
      velero: "github.com/vmware-tanzu/velero",
      "velero-plugin-for-aws": "github.com/vmware-tanzu/velero-plugin-for-aws",
    };
    for (const name of [...TOOL_NAMES, ...DRILL_TOOLS]) {
      const tool = TOOLS[name];
      const path = name in pins ? pins[name as keyof typeof pins] : "k8s.io/kubernetes";
      const text = await readFile(join(moduleFolder(tool), "go.mod"), "utf8");
      assert.ok(text.includes(`${path} v${tool.version}`), `${name} in ${moduleFolder(tool)}`);
      assert.ok(tool.package.startsWith(path));
    }
  });

  it("has modules of a neutral name, with their checksums", async () => {
    for (const name of [...TOOL_NAMES, ...DRILL_TOOLS]) {
      const folder = moduleFolder(TOOLS[name]);
      assert.match(await readFile(join(folder, "go.mod"), "utf8"), /^module keelson\.dev\/toolchain\/[\w-]+$/m);
      assert.ok((await readdir(folder)).includes("go.sum"));
    }
  });

  it("expects a build to take as long as measured on two cores, less on more", () => {
    assert.equal(expectedSeconds(TOOLS.pulumi, 2), TOOLS.pulumi.build.minutes * 60);
    assert.ok(expectedSeconds(TOOLS.pulumi, 8) < expectedSeconds(TOOLS.pulumi, 2));
    assert.equal(expectedSeconds(TOOLS.pulumi, 64), expectedSeconds(TOOLS.pulumi, 8));
  });
});

describe("the work ahead", () => {
  it("is everything on an empty machine: which tools, how long, how much disk and memory", () =>
    inFolder(async (folder) => {
      const work = await workAhead(TOOL_NAMES, benchContext(folder, { PATH: "/nowhere", KUBEBUILDER_ASSETS: "" }));
      assert.deepEqual(work.missing, TOOL_NAMES);
      const said = describeWork(work, { KEELSON_CACHE: "/cache", KEELSON_PORT: "31000" }).join("\n");
      assert.match(said, /pulumi, etcd, kube-apiserver/);
      assert.match(said, /about \d+ min \d+ s, \d+\.\d GiB of disk, up to 3\.0 GiB of memory; kept in \/cache/);
      assert.match(said, /ports 31000 to 31005/);
    }));

  it("is nothing where everything is at hand, and then nothing is said or built", () =>
    inFolder(async (folder) => {
      await brought(join(folder, "bin"));
      const context = benchContext(folder, { PATH: join(folder, "bin"), KUBEBUILDER_ASSETS: "" });
      assert.deepEqual(describeWork(await workAhead(TOOL_NAMES, context)), []);
      const tools = await ensureTools(PLANE_TOOLS, context);
      assert.deepEqual(Object.keys(tools), [...PLANE_TOOLS]);
      assert.equal(tools.kwok.path, join(folder, "bin", "kwok"));
      assert.deepEqual(await readdir(folder), ["bin"]);
    }));
});
