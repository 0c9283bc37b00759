/** Archives of stores in the cluster on Azure: what servers are told, whom they act as, and whom they may reach. */
import assert from "node:assert/strict";
import { blobAccount } from "../../components/backup/blob-names";
import { archiveIdentity } from "../../components/data/archive-objects";
import type { Manifest } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import type { AzureSettings } from "../../stacks/schema";
import { scopeOf } from "../../stacks/scope";
import { siteOf } from "../../stacks/sites";
import { LARGE, onAzure, RECOVERY, SMALL } from "../components/azure/settings";
import { at } from "./stacks";

const objectsOf = (settings: AzureSettings): readonly Manifest[] =>
  stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);

const named = (objects: readonly Manifest[], kind: string, name: string): Manifest =>
  objects.find((each) => each.kind === kind && each.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

const PROD = onAzure("prod", LARGE);
const objects = objectsOf(PROD);

const THERE = onAzure("prod", RECOVERY);

describe("an archive on Azure", () => {
  it("is a container of the stack's own account, opened by the servers' identity and by no key", () => {
    const store = at(named(objects, "ObjectStore", "orders"), "spec", "configuration");
    const host = `https://${blobAccount(scopeOf(PROD), "archive")}.blob.core.windows.net`;
    assert.equal(at(store, "destinationPath"), `${host}/archive/postgres`);
    assert.deepEqual(at(store, "azureCredentials"), { inheritFromAzureAD: true });
    assert.equal(at(store, "s3Credentials"), undefined);
  });

  it("is written by pods that get a token, as the identity a ConfigMap names", () => {
    const cluster = named(objects, "Cluster", "orders");
    assert.deepEqual(at(cluster, "spec", "inheritedMetadata", "labels"), { "azure.workload.identity/use": "true" });
    const env = at(named(objects, "ObjectStore", "orders"), "spec", "instanceSidecarConfiguration", "env");
    const from = { configMapKeyRef: { name: archiveIdentity("orders"), key: "client-id" } };
    assert.deepEqual(env, [{ name: "AZURE_CLIENT_ID", valueFrom: from }]);
  });

  it("puts no output of the cloud into what is rendered: who the servers are stays Pulumi's", () => {
    assert.ok(!objects.some(({ kind, metadata }) => kind === "ConfigMap" && /archive-identity/.test(metadata.name)));
    assert.deepEqual(
      siteOf(PROD)
        .beside("unknown")
        .filter(({ kind }) => kind === "ConfigMap")
        .map(({ metadata, data }) => [metadata.namespace, metadata.name, data]),
      ["orders", "payments"].map((store) => ["data", archiveIdentity(store), { "client-id": "unknown" }]),
    );
  });

  it("is reached by a private address, and the sign-in by name", () => {
    const reached = (settings: AzureSettings) =>
      compileStack(settings).edges.flatMap(({ from, to }) => (from === "store/orders" ? [to] : []));
    const both = ["platform/cloud-api", "platform/private-services"];
    assert.deepEqual(
      both.filter((name) => reached(PROD).includes(name)),
      both,
    );
    assert.deepEqual(
      both.filter((name) => reached(onAzure("dev", SMALL)).includes(name)),
      [],
    );
  });

  it("is read in the pair from the copy of the lost region's, and then written under a name of its own", () => {
    const there = objectsOf(THERE);
    const lost = blobAccount({ ...scopeOf(THERE), region: "westeurope" }, "archive");
    const origin = named(there, "ObjectStore", "orders-origin");
    const path = `https://${lost}-secondary.blob.core.windows.net/archive/postgres`;
    assert.equal(at(origin, "spec", "configuration", "destinationPath"), path);
    // The plugin joins the variables of both stores: a second one of the name would meet the first.
    assert.equal(at(origin, "spec", "instanceSidecarConfiguration", "env"), undefined);
    const cluster = named(there, "Cluster", "orders");
    assert.equal(at(cluster, "spec", "bootstrap", "recovery", "source"), "origin");
    assert.equal(at(cluster, "spec", "plugins", 0, "parameters", "serverName"), "orders-northeurope-2");
  });
});
