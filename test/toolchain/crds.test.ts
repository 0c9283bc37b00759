import assert from "node:assert/strict";
import { join } from "node:path";
import { findCrds } from "../../embedded/toolchain/crds";
import { CRD_SETS, CRD_SOURCES, crdSetsOf } from "../../embedded/toolchain/crd-sources";
import { publishEntry } from "../../embedded/toolchain/cache";
import { writeFile } from "node:fs/promises";
import { benchContext, inFolder } from "./workbench";

const OFFLINE = { GOPROXY: "off", GOFLAGS: "-modcacherw" };

const definition = (name: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
});

describe("resource definitions", () => {
  it("name a source, real or stand-in, for every set", () => {
    for (const set of CRD_SETS) {
      const { real, standIn, systems } = CRD_SOURCES[set];
      assert.ok(real !== undefined || standIn !== undefined, set);
      assert.ok(systems.length > 0, set);
    }
    assert.ok(crdSetsOf("shop", "aws").includes("aws-load-balancer-controller"));
    assert.ok(!crdSetsOf("shop", "aws").includes("rabbitmq"));
    assert.ok(crdSetsOf("shop", "azure").includes("cilium"));
    assert.ok(!crdSetsOf("shop", "aws").includes("cilium"));
  });

  it("that cannot be had are stood in for, marked as such, and take any field", () =>
    inFolder(async (folder) => {
      const { crds, missing } = await findCrds(["aws-load-balancer-controller"], benchContext(folder, OFFLINE));
      assert.deepEqual(missing, []);
      assert.deepEqual(
        crds.map(({ schema, manifest }) => [schema, manifest.metadata.name]),
        [
          ["stand-in", "listenerruleconfigurations.gateway.k8s.aws"],
          ["stand-in", "loadbalancerconfigurations.gateway.k8s.aws"],
          ["stand-in", "targetgroupconfigurations.gateway.k8s.aws"],
        ],
      );
      for (const { manifest } of crds) assert.equal(manifest.metadata.labels?.["keelson.dev/schema"], "stand-in");
    }));

  it("whose module cannot be fetched are reported with the reason, and the rest is given", () =>
    inFolder(async (folder) => {
      const env = { ...OFFLINE, GOMODCACHE: join(folder, "modules") };
      const { crds, missing } = await findCrds(["kong", "aws-load-balancer-controller"], benchContext(folder, env));
      assert.equal(crds.length, 3);
      assert.equal(missing[0]?.set, "kong");
      assert.match(missing[0]?.why ?? "", /GOPROXY=off|disabled/);
    }));

  it("come out of the cache without Go", () =>
    inFolder(async (folder) => {
      const context = benchContext(folder, { PATH: "/nowhere" });
      const { version } = CRD_SOURCES.kong.real ?? { version: "" };
      await publishEntry(join(folder, "cache"), { shelf: "crds", name: "kong", version }, async (staging) => {
        await writeFile(join(staging, "definitions.json"), JSON.stringify([definition("b.x"), definition("a.x")]));
        return "test";
      });
      const { crds } = await findCrds(["kong"], context);
      assert.deepEqual(
        crds.map(({ schema, manifest }) => [schema, manifest.metadata.name]),
        [
          ["real", "a.x"],
          ["real", "b.x"],
        ],
      );
    }));

  it("without Go and without cache are reported as such", () =>
    inFolder(async (folder) => {
      const { missing } = await findCrds(["kong"], benchContext(folder, { PATH: "/nowhere" }));
      assert.deepEqual(missing, [{ set: "kong", why: "there is no Go on PATH to fetch it with" }]);
    }));
});
