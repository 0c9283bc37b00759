import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backupPlanOf } from "../../components/backup/velero-objects";
import { factsOf } from "../../stacks/facts";
import { ROOT } from "../architecture/sources";
import { at, ofKind, PROD } from "../objects/stacks";

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
});
