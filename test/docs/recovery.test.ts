import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { backupPlanOf } from "../../components/backup/velero-objects";
import { factsOf } from "../../stacks/facts";
import { ROOT } from "../architecture/sources";
import { at, compiledOnAzure, ofKind, PAYMENTS_PROD, PROD } from "../objects/stacks";

const text = readFileSync(join(ROOT, "docs", "recovery.md"), "utf8");

describe("the recovery page", () => {
  it("goes through the source's four steps, in its order", () => {
    const headings = [...text.matchAll(/^## \d\. (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, ["Assess the damage", "Restore", "Verify the services", "Update DNS"]);
  });

  it("names every schedule with what it holds and how long that is kept", () => {
    for (const { name, retention, scope } of backupPlanOf(PROD.graph, factsOf(PROD.settings)).schedules) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
      assert.match(row, new RegExp(`${retention} *\\|$`), name);
      if ("only" in scope) assert.ok(row.includes(scope.only.map((each) => `\`${each}\``).join(", ")), name);
    }
  });

  it("names only objects that are there", () => {
    const named = (kind: string, name: string, namespace: string): boolean =>
      ofKind(PROD, kind).some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    assert.ok(
      text.includes("kubectl get gateway shared -n ingress-system") && named("Gateway", "shared", "ingress-system"),
    );
    assert.ok(text.includes("`restore-validation`") && named("CronJob", "restore-validation", "velero"));
    assert.ok(text.includes("argocd app set root") && named("Application", "root", "argocd"));
    assert.ok(text.includes(`https://${PROD.settings.edge.host}/health`));
  });

  it("keeps out of a restore what the restore validation keeps out, as far as it is the edge's", () => {
    const script = ofKind(PROD, "ConfigMap")
      .map((each) => String(at(each, "data", "validate.sh")))
      .join();
    const [, listed = ""] = /--exclude-resources (\S+)/.exec(text) ?? [];
    for (const kind of listed.split(",")) assert.ok(script.includes(kind), kind);
  });

  it("says of every store of payments and of its broker what comes back, and names what stands in Git", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    for (const store of [...Object.keys(PAYMENTS_PROD.settings.stores), "rabbitmq"])
      assert.ok(
        rows.some((row) => row.startsWith(`| \`${store}\``)),
        store,
      );
    assert.ok(text.includes(`render -s ${PAYMENTS_PROD.name} --out rendered/${PAYMENTS_PROD.name}`));
    const { delivery } = PAYMENTS_PROD.settings;
    assert.equal(delivery.by === "argocd" && delivery.repository.path, `rendered/${PAYMENTS_PROD.name}`);
    assert.ok(text.includes("kubectl get cluster payments -n data") && ofKind(PAYMENTS_PROD, "Cluster").length === 1);
  });

  it("has a database read the old archive and write the next, by the line it tells to write", () => {
    const [, written = ""] = /^ {4}archive: (\{.+\})$/m.exec(text) ?? [];
    const archive = parse(written) as object;
    const raw = { ...PAYMENTS_PROD.settings.stores["payments"], archive };
    const again = compiledOnAzure("payments-prod", (settings) => ({
      ...settings,
      stores: { ...settings.stores, payments: raw as (typeof settings.stores)[string] },
    }));
    const [cluster] = ofKind(again, "Cluster");
    assert.deepEqual(at(cluster, "spec", "bootstrap", "recovery", "source"), "origin");
    const serverOf = (...path: readonly (string | number)[]) =>
      at(cluster, "spec", ...path, "parameters", "serverName");
    assert.equal(serverOf("externalClusters", 0, "plugin"), "payments-westeurope-1");
    assert.equal(serverOf("plugins", 0), "payments-westeurope-2");
  });
});
