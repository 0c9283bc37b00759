import assert from "node:assert/strict";
import { dailyNamespaces } from "../../components/backup/velero-objects";
import { at, compiled, DEV, ofKind, PROD } from "./stacks";

const template = (stack: typeof DEV, name: string): unknown =>
  at(
    ofKind(stack, "Schedule").find(({ metadata }) => metadata.name === name),
    "spec",
    "template",
  );

describe("backups", () => {
  it("are daily of the source's namespaces and of stores in the cluster, kept 30 days", () => {
    const daily = template(PROD, "daily");
    assert.deepEqual(at(daily, "includedNamespaces"), [
      "ingress-system",
      "order-service",
      "payment-service",
      "user-service",
    ]);
    assert.equal(at(daily, "ttl"), "720h0m0s");
    assert.ok((at(template(DEV, "daily"), "includedNamespaces") as readonly string[]).includes("data"));
  });

  it("are weekly of everything but Kubernetes' own namespaces, kept 90 days", () => {
    const weekly = template(PROD, "weekly");
    assert.deepEqual(at(weekly, "includedNamespaces"), ["*"]);
    const left = at(weekly, "excludedNamespaces") as readonly string[];
    for (const system of ["kube-system", "kube-public", "kube-node-lease"]) assert.ok(left.includes(system));
    assert.ok(!left.some((name) => name.endsWith("-service") && !name.startsWith("validate-")));
    assert.equal(at(weekly, "ttl"), "2160h0m0s");
  });

  it("follow their settings", () => {
    const short = compiled("dev", (settings) => ({
      ...settings,
      backup: { ...settings.backup, daily: "10 days", validate: "30 4 * * *" },
    }));
    assert.equal(at(template(short, "daily"), "ttl"), "240h0m0s");
    assert.equal(at(ofKind(short, "CronJob")[0], "spec", "schedule"), "30 4 * * *");
  });

  it("each have a location and a prefix of their own", () => {
    const prefixes = ofKind(PROD, "BackupStorageLocation").map((each) => at(each, "spec", "objectStorage", "prefix"));
    assert.deepEqual(prefixes, ["daily", "weekly"]);
  });
});

describe("the restore validation", () => {
  it("may delete the namespaces it restores into, and no other", () => {
    const role = ofKind(PROD, "ClusterRole").find(({ metadata }) => metadata.name === "restore-validation");
    const deleting = (at(role, "rules") as readonly unknown[]).filter((rule) =>
      (at(rule, "verbs") as readonly string[]).includes("delete"),
    );
    assert.deepEqual(
      deleting.map((rule) => at(rule, "resourceNames")),
      [dailyNamespaces(PROD.graph).map((name) => `validate-${name}`)],
    );
  });

  it("maps every daily namespace, and leaves out what would act on the outside", () => {
    const script = String(
      at(
        ofKind(PROD, "ConfigMap").find(({ metadata }) => metadata.name === "restore-validation"),
        "data",
        "validate.sh",
      ),
    );
    for (const name of dailyNamespaces(PROD.graph)) assert.ok(script.includes(`"${name}":"validate-${name}"`));
    assert.match(script, /httproutes\.gateway\.networking\.k8s\.io/);
    assert.match(script, /trap clean EXIT/);
  });
});
