/** What comes back when a region is lost: declared for every node that holds state, and refused by name where it cannot. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { recoveryProblems, hasPath } from "../../graph/derive/recovery";
import { type Problem } from "../../graph/problems";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { recoveryPlan } from "../../stacks/recovery";
import {
  databasesOf,
  type Loss,
  recoveryRegion,
  recoverySettings,
  recoveryStackName,
  returningSettings,
} from "../../stacks/recovery-stack";
import { type StoreSettings, type AwsSettings, type Settings } from "../../stacks/schema";
import { type Raw, readSettings } from "../../stacks/settings";
import { readStackFile } from "../../stacks/stack-file";
import { LARGE, onAzure, RECOVERY, SMALL } from "../components/azure/settings";
import { problemsOf } from "../graph/landscapes";
import { at, DEV, onAws, PAYMENTS_EKS_PROD, PAYMENTS_PROD, PROD } from "../objects/stacks";

const ROOT = join(__dirname, "..", "..", "..");
const prod = (): AwsSettings => onAws(readStackFile(ROOT, "prod"));
const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const backup = (name: string) => `arn:aws:rds:eu-central-1:222222222222:auto-backup:ab-${name}`;
const databases = { orders: backup("orders"), payments: backup("payments") };
const recovery = (restored: boolean): AwsSettings =>
  onAws(readSettings(recoveryStackName("prod"), recoverySettings(prod(), { zones, databases, restored })));

const problems = (settings: Settings): readonly Problem[] => problemsOf(() => compileStack(settings));
const lacking = <T extends object>(value: T, key: string): T => {
  const copy = { ...value };
  Reflect.deleteProperty(copy, key);
  return copy;
};
const without = (settings: AwsSettings): AwsSettings => ({
  ...settings,
  backup: lacking(settings.backup, "replicateTo"),
});

describe("declared recovery", () => {
  it("has a path with RPO and RTO for every node of production that holds state", () => {
    const plan = recoveryPlan(PROD.settings, PROD.graph);
    assert.deepEqual(
      plan.map(({ node, rpo, rto, path }) => [node, rpo, rto, path]),
      [
        [
          "platform/kubernetes-api",
          "24 hours",
          "2 hours",
          { by: "backups", region: "eu-central-1", loses: "24 hours" },
        ],
        ["store/orders", "20 minutes", "2 hours", { by: "point-in-time", region: "eu-central-1", loses: "10 minutes" }],
        [
          "store/payments",
          "20 minutes",
          "2 hours",
          { by: "point-in-time", region: "eu-central-1", loses: "10 minutes" },
        ],
        ["store/sessions", "1 day", "2 hours", { by: "rebuild" }],
      ],
    );
  });

  it("counts topics, which are published again, and measurements, which are lost", () => {
    const plan = recoveryPlan(PAYMENTS_PROD.settings, PAYMENTS_PROD.graph);
    const pathsOf = (node: string) => plan.filter((one) => one.node === node).map(({ rpo, path }) => [rpo, path]);
    assert.deepEqual(pathsOf("topic/payment-events"), [["20 minutes", { by: "rebuild" }]]);
    assert.match(JSON.stringify(pathsOf("platform/prometheus")), /"by":"given up","loses":"What was measured/);
  });

  it("gives up what a disposable stack says it loses, and nothing else", () => {
    const plan = recoveryPlan(DEV.settings, DEV.graph);
    assert.ok(plan.every(({ path }) => hasPath(path) && ["given up", "rebuild"].includes(path.by)));
    assert.ok(plan.some(({ path }) => "loses" in path && path.loses.startsWith("The orders, payments and sessions")));
  });

  it("refuses a stack whose backups stay in the region, naming every node", () => {
    const found = problems(without(prod()));
    assert.deepEqual(
      found.map(({ where }) => where),
      ["platform/kubernetes-api", "store/orders", "store/payments"],
    );
    assert.equal(found[1]?.mend, "write replicateTo: eu-central-1 under keelson:backup in Pulumi.prod.yaml");
  });

  it("refuses a copy in the region itself", () => {
    const here = { ...prod(), backup: { ...prod().backup, replicateTo: "eu-west-1" } };
    assert.match(problems(here)[0]?.got ?? "", /that region itself/);
  });

  it("refuses a database in the cluster whose log is not archived", () => {
    const inCluster = {
      ...prod(),
      stores: { ...prod().stores, orders: DEV.settings.stores["orders"] ?? assert.fail() },
    };
    assert.deepEqual(
      problems(inCluster).map(({ where, got }) => [where, got.slice(0, 29)]),
      [["store/orders", "a database without an archive"]],
    );
  });

  it("refuses state that is only in memory, in volumes or in snapshots that stay", () => {
    const gotOf = (sessions: StoreSettings): string => {
      const settings = { ...prod(), stores: { ...prod().stores, sessions } } as AwsSettings;
      const node = PROD.graph.nodes.get("store/sessions") ?? assert.fail();
      const { store = assert.fail() } = node;
      const kept = { ...node, store: { ...store, args: { ...store.args, holds: "state" } } } as typeof node;
      const graph = { ...PROD.graph, nodes: new Map([...PROD.graph.nodes, [node.id, kept]]) };
      const path = recoveryPlan(settings, graph).find((one) => one.node === node.id)?.path;
      return path !== undefined && "got" in path ? path.got : JSON.stringify(path);
    };
    const valkey = { flavour: "valkey", replicas: 2, memory: "512 MiB" } as const;
    assert.match(gotOf(valkey), /nothing on a disk/);
    assert.match(gotOf({ ...valkey, failover: { disk: "2 GiB" } }), /in volumes alone/);
    assert.match(gotOf(prod().stores["sessions"] ?? assert.fail()), /snapshots do not leave/);
  });
});

describe("a promise that nobody can keep", () => {
  it("is refused: nothing serves before the cluster does, unless everything is given up", () => {
    const plan = recoveryPlan(PROD.settings, PROD.graph);
    const soon = plan.map((one) => (one.node === "store/orders" ? { ...one, rto: "1 hour" as const } : one));
    assert.deepEqual(recoveryProblems(plan), []);
    assert.deepEqual(
      recoveryProblems(soon).map(({ where, got }) => [where, got]),
      [["store/orders", "an RTO of 1 hour"]],
    );
    const lost = soon.map((one) => ({ ...one, path: { by: "given up", loses: "all of it" } as const }));
    assert.deepEqual(recoveryProblems(lost), []);
  });
});

describe("declared recovery on Azure", () => {
  const large = (change: Raw) => problems(onAzure("prod", { ...LARGE, ...change }));
  const stores = (orders: Raw) => ({ stores: { ...Object(LARGE["stores"]), orders } });
  const unarchived = { flavour: "cloudnative-pg", instances: 3, disk: "10 GiB" };

  it("is in the pair, to which geo-redundant storage copies", () => {
    const settings = onAzure("prod", LARGE);
    assert.deepEqual(
      recoveryPlan(settings, compileStack(settings)).map(({ node, path }) => [node, path]),
      [
        ["platform/kubernetes-api", { by: "backups", region: "northeurope", loses: "24 hours" }],
        ["store/orders", { by: "point-in-time", region: "northeurope", loses: "20 minutes" }],
        ["store/payments", { by: "point-in-time", region: "northeurope", loses: "20 minutes" }],
        ["store/sessions", { by: "rebuild" }],
      ],
    );
  });

  it("refuses a stack whose backups stay in the region, naming every node", () => {
    const found = large({ backup: { copies: "zones" } });
    assert.deepEqual(
      found.map(({ where }) => where),
      ["platform/kubernetes-api", "store/orders", "store/payments"],
    );
    assert.equal(found[1]?.mend, "write copies: pairedRegion under keelson:backup in Pulumi.prod.yaml");
  });

  it("refuses a path that loses more than the store's RPO", () => {
    const managed = { flavour: "flexible-server", slot: 0, class: "Standard_D2ds_v5", disk: "64 GiB", multiZone: true };
    assert.deepEqual(large(stores(managed)), [
      {
        where: "store/orders",
        got: "a restore in northeurope from point-in-time that may lose 1 hour",
        want: "one that loses at most its RPO, 20 minutes",
        mend: "choose a flavour that restores to a point in time, or raise the RPO where the store is declared",
      },
    ]);
  });

  it("refuses a database that is only in the daily backup, and takes one whose data is given up", () => {
    const [problem, ...more] = large(stores(unarchived));
    assert.deepEqual(more, []);
    assert.match(problem?.got ?? "", /^a database without an archive/);
    assert.deepEqual(problems(onAzure("dev", SMALL)), []);
  });

  it("refuses an archive that was never copied to this region", () => {
    const from = { region: "uksouth", generation: 1 };
    const [problem] = problemsOf(() =>
      onAzure("prod", { ...LARGE, ...stores({ ...unarchived, archive: { generation: 2, from } }) }),
    );
    assert.equal(problem?.where, "Pulumi.prod.yaml: keelson:stores.orders.archive.from.region");
    assert.equal(problem.got, "uksouth, whose copies are in ukwest");
    assert.equal(problem.want, "westeurope itself, or northeurope");
  });

  it("lets a region that stands in for a lost one lose what is written there, and says so", () => {
    const settings = onAzure("prod", { ...RECOVERY, backup: { copies: "zones" } });
    const [objects] = recoveryPlan(settings, compileStack(settings));
    assert.match(JSON.stringify(objects?.path), /"by":"given up".*names its pair/);
  });
});

describe("the way back", () => {
  const back = (past: Settings, standIn: Settings, home: string, loss: Loss): Settings => {
    const { stack } = standIn;
    const copied = readSettings(stack, returningSettings(standIn, home));
    assert.equal(recoveryRegion(copied), home);
    assert.ok(recoveryPlan(copied, compileStack(copied)).every(({ path }) => hasPath(path)));
    return readSettings("prod-return", recoverySettings(copied, loss, "prod-return", past));
  };

  it("is the same program in the region that was lost, from copies of the one that stood in", () => {
    const loss = { zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], databases, restored: false };
    const settings = onAws(back(prod(), recovery(true), "eu-west-1", loss));
    assert.equal(settings.cloud.region, "eu-west-1");
    assert.deepEqual(settings.recovers, { region: "eu-central-1", databases, restored: false });
    assert.equal(at(settings.delivery, "repository", "path"), "rendered/prod-return");
  });

  it("goes to the pair on Azure, and writes a history that was not written there before", () => {
    const there = readSettings(
      "payments-prod-recovery",
      recoverySettings(PAYMENTS_PROD.settings, { zones: ["1", "2", "3"], databases: {}, restored: true }),
    );
    const settings = back(PAYMENTS_PROD.settings, there, "westeurope", {
      zones: ["1", "2", "3"],
      databases: {},
      restored: false,
    });
    const { archive } = PAYMENTS_PROD.settings.stores["payments"] as { archive: { generation: number } };
    assert.deepEqual(at(settings.stores["payments"], "archive", "from"), { region: "northeurope", generation: 1 });
    assert.equal(at(settings.stores["payments"], "archive", "generation"), archive.generation + 1);
  });
});

describe("the stack of the recovery region", () => {
  it("is the same program in the region that holds the copies", () => {
    const { cloud, role, recovers, delivery, backup: kept, ...same } = recovery(false);
    const before = prod();
    assert.equal(cloud.region, recoveryRegion(before));
    assert.equal(role, "recovery");
    assert.deepEqual(recovers, { region: "eu-west-1", databases, restored: false });
    assert.equal("replicateTo" in kept, false);
    assert.equal(at(delivery, "repository", "path"), "rendered/prod-recovery");
    for (const key of ["edge", "network", "stores", "services", "system", "stage"] as const)
      assert.deepEqual(same[key], before[key], key);
  });

  it("compiles to the same edges", () => {
    const edges = (settings: AwsSettings) => compileStack(settings).edges.map(({ from, to, kind }) => [from, to, kind]);
    assert.deepEqual(edges(recovery(true)), edges(prod()));
  });

  it("reads the lost region's backups and can never write them", () => {
    const settings = recovery(false);
    const objects = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
    const locations = objects.filter(({ kind }) => kind === "BackupStorageLocation");
    const lost = locations.filter(({ metadata }) => metadata.name.startsWith("recovery-"));
    assert.deepEqual(
      lost.map(({ metadata, spec }) => [metadata.name, at(spec, "accessMode"), at(spec, "objectStorage", "bucket")]),
      [
        ["recovery-daily", "ReadOnly", "acme-shop-prod-eu-west-1-backups-copy"],
        ["recovery-weekly", "ReadOnly", "acme-shop-prod-eu-west-1-backups-copy"],
      ],
    );
    assert.ok(locations.every(({ spec }) => at(spec, "config", "region") === "eu-central-1"));
  });

  it("does nothing by itself until the data is back", () => {
    const acts = (restored: boolean) => {
      const settings = recovery(restored);
      const objects = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
      const root = objects.find(({ kind, metadata }) => kind === "Application" && metadata.name === "root");
      const schedules = objects.filter(({ kind }) => kind === "Schedule");
      return [at(root?.["spec"], "syncPolicy", "automated"), schedules.map(({ spec }) => at(spec, "paused"))];
    };
    assert.deepEqual(acts(false), [undefined, [true, true]]);
    assert.deepEqual(acts(true), [{ prune: true, selfHeal: true }, [undefined, undefined]]);
  });

  it("is refused without what its databases come back from: they would come up empty", () => {
    const empty = recoverySettings(prod(), { zones, databases: { orders: backup("orders") }, restored: false });
    const [problem] = problemsOf(() => readSettings("prod-recovery", empty));
    assert.equal(problem?.where, "Pulumi.prod-recovery.yaml: keelson:recovers.databases.payments");
  });

  it("is refused on Azure, too, with a database that comes back from nothing", () => {
    const places = (stores: Raw) =>
      problemsOf(() => onAzure("prod", { ...RECOVERY, stores: { ...Object(RECOVERY["stores"]), ...stores } })).map(
        ({ where }) => where,
      );
    const archived = { flavour: "cloudnative-pg", instances: 3, disk: "10 GiB", archive: {} };
    assert.deepEqual(places({ payments: archived }), ["Pulumi.prod.yaml: keelson:stores.payments.archive.from"]);
    const managed = { flavour: "flexible-server", slot: 0, class: "Standard_D2ds_v5", disk: "64 GiB", multiZone: true };
    assert.deepEqual(places({ orders: managed }), ["Pulumi.prod.yaml: keelson:stores.orders.from"]);
    assert.deepEqual(
      places({ orders: { ...managed, from: { region: "westeurope", at: "2026-11-01T00:00:00Z" } } }),
      [],
    );
  });

  it("is refused without the region it stands in for, and a primary with one", () => {
    const rest = lacking(recoverySettings(prod(), { zones, databases, restored: false }), "recovers");
    assert.match(problemsOf(() => readSettings("x", rest))[0]?.want ?? "", /the lost region/);
    const primary = { ...recoverySettings(prod(), { zones, databases, restored: false }), role: "primary" };
    assert.match(problemsOf(() => readSettings("x", primary))[0]?.mend ?? "", /set role: recovery/);
  });

  it("takes a store in the cluster from the archive of the lost region, and begins a history of its own", () => {
    const before = PAYMENTS_EKS_PROD.settings;
    const after = readSettings(
      "payments-eks-prod-recovery",
      recoverySettings(before, { zones, databases: {}, restored: true }),
    );
    assert.deepEqual(at(after.stores["payments"], "archive", "from"), { region: "eu-west-1", generation: 1 });
    const archived = (settings: Settings) =>
      databasesOf(settings).map(({ by, server, vault: { bucket, copy } }) => [by, server, bucket, copy]);
    const bucket = (region: string, what: string) => `acme-payments-prod-${region}-${what}`;
    assert.deepEqual(archived(before), [
      ["cluster", "payments-eu-west-1-1", bucket("eu-west-1", "archive"), bucket("eu-west-1", "archive-copy")],
    ]);
    assert.equal(databasesOf(after)[0]?.server, "payments-eu-central-1-1");
    const origin = stackObjects(compileStack(after), after).find(
      ({ manifest }) => manifest.metadata.name === "payments-origin",
    );
    assert.equal(
      at(origin?.manifest["spec"], "configuration", "destinationPath"),
      `s3://${bucket("eu-west-1", "archive-copy")}/postgres`,
    );
  });

  it("needs a region that holds a copy", () => {
    assert.throws(() => recoveryRegion(without(prod())), /nothing to recover from/);
  });
});
