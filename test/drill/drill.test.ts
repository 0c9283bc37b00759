/** The drill's own machinery, without a region: it resumes, it judges, it models, it reports. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { isDone, newJournal, readJournal } from "../../drill/journal";
import { compared, done } from "../../drill/line";
import { modelRecovery, seeded, WORK } from "../../drill/model";
import { reachability } from "../../drill/reachability";
import { refusals } from "../../drill/real/rehearsal";
import { references } from "../../drill/references";
import { unserved } from "../../drill/serving";
import { drillJson } from "../../cli/drill-report";
import { documentOf } from "../../drill/report/document";
import { html } from "../../drill/report/html";
import { markdown } from "../../drill/report/markdown";
import { timeline } from "../../drill/report/timeline";
import { writeReports } from "../../drill/report/history";
import { keptModelled } from "../../drill/report/words";
import { runSteps, type StepRun } from "../../drill/run";
import { STEPS } from "../../drill/steps";
import { Interrupted } from "../../embedded/engine/failures";
import { policiesOf } from "../../graph/derive/policies";
import { networkPolicies } from "../../graph/derive/network";
import { routeTable } from "../../graph/derive/routes";
import { type Manifest, objectId } from "../../graph/manifest";
import { recoveryPlan } from "../../stacks/recovery";
import { meantReferences } from "../../stacks/recovery-stack";
import { type Compiled, PAYMENTS_PROD, PROD } from "../objects/stacks";

const START = Date.parse("2026-11-20T10:00:00Z");

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "keelson-drill-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A clock that goes on by ten seconds each time it is asked. */
function watch() {
  let asked = 0;
  return { began: () => undefined, ended: () => undefined, now: () => new Date(START + 10_000 * (asked += 1)) };
}

const step = (name: StepRun["name"], run: StepRun["run"]): StepRun => ({ name, run });
const fine = () => Promise.resolve({ lines: [done("real", "x", "y")] });
const journal = () => newJournal("prod", new Date(START));

describe("a drill", () => {
  it("goes on from the step in which it was killed, and does none twice that was done", () =>
    inFolder(async (folder) => {
      const path = join(folder, "journal.json");
      const ran: string[] = [];
      const note = (name: StepRun["name"], run = fine) => step(name, () => (ran.push(name), run()));
      const killed = () => Promise.reject(new Interrupted("keelson drill"));
      await assert.rejects(
        runSteps(path, journal(), [note("prepare"), note("preflight", killed), note("sentinels")], watch()),
      );
      const left = readJournal(path) ?? assert.fail("no journal");
      assert.deepEqual([isDone(left, "prepare"), isDone(left, "preflight")], [true, false]);
      const whole = await runSteps(path, left, [note("prepare"), note("preflight"), note("sentinels")], watch());
      assert.deepEqual(ran, ["prepare", "preflight", "preflight", "sentinels"]);
      assert.equal(whole.steps.find(({ name }) => name === "preflight")?.attempts, 2);
    }));

  it("ends at a named blocker when a step throws, and when a line is not met", () =>
    inFolder(async (folder) => {
      const path = join(folder, "journal.json");
      const thrown = await runSteps(
        path,
        journal(),
        [step("restore", () => Promise.reject(new Error("no such key")))],
        watch(),
      );
      assert.deepEqual(
        thrown.steps[0]?.blockers.map(({ name, got }) => [name, got]),
        [["step-failed", "no such key"]],
      );
      const lines = [compared("real", "rows", 999, 1_000)];
      const unmet = await runSteps(
        path,
        journal(),
        [step("verify", () => Promise.resolve({ lines })), step("switch-dns", fine)],
        watch(),
      );
      assert.deepEqual(
        unmet.steps.map(({ name }) => name),
        ["verify"],
      );
      assert.equal(unmet.steps[0]?.blockers[0]?.got, "999 instead of 1000");
    }));

  it("is never partly recovered: a drill that stopped is blocked by its next step", () => {
    const plan = recoveryPlan(PROD.settings, PROD.graph);
    const document = documentOf({ journal: journal(), plan, modelled: undefined });
    assert.equal(document.outcome, "blocked");
    assert.deepEqual(
      document.blockers.map(({ name, step: at }) => [name, at]),
      [["not-finished", "prepare"]],
    );
  });
});

describe("a report", () => {
  const plan = recoveryPlan(PROD.settings, PROD.graph);
  const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();
  const steps = STEPS.map(({ name }) => ({
    name,
    began: at(0),
    ended: at(10),
    seconds: 10,
    attempts: 1,
    lines: [],
    blockers: [],
  }));
  const facts = { lostAt: at(100), servesAt: at(200), saved: { "store/orders": at(40), objects: at(10) } };
  const document = documentOf({ journal: { ...journal(), steps, facts }, plan, modelled: undefined });

  it("counts the steps after the loss towards the RTO, and from the last saved moment for the RPO", () => {
    assert.equal(document.outcome, "recovered");
    assert.deepEqual(document.rto, { declared: 7_200, measured: 50, modelled: undefined });
    assert.deepEqual(
      document.rpo.map(({ node, declared, measured }) => [node, declared, measured]),
      [
        ["platform/kubernetes-api", 86_400, 90],
        ["store/orders", 1200, 60],
        ["store/payments", 1200, undefined],
        ["store/sessions", 86_400, undefined],
      ],
    );
  });

  it("is written in three forms beside the earlier ones, with a bar for each step", () =>
    inFolder(async (folder) => {
      writeReports(folder, document);
      const [md = ""] = writeReports(folder, { ...document, id: "later" });
      assert.match(readFileSync(md, "utf8"), /## Compared with earlier drills/);
      assert.match(readFileSync(md, "utf8"), /\| restore \| 10 s \| 10 s \| 0 s \|/);
      assert.equal((JSON.parse(readFileSync(join(folder, "history.json"), "utf8")) as unknown[]).length, 2);
      assert.equal(timeline(document).match(/<rect /g)?.length, STEPS.length);
      assert.ok(readFileSync(join(folder, "later.svg"), "utf8").includes("the region is lost"));
    }));

  it("says of a modelled time whether it is kept, missed, or missed in the worst cases only", () => {
    const verdicts = [30, 60, 90].map((p50) => keptModelled({ p50, p95: 2 * p50 }, 100));
    assert.deepEqual(verdicts, ["kept", "p95 missed", "p95 missed"]);
    assert.equal(keptModelled({ p50: 110, p95: 220 }, 100), "missed");
  });

  it("shows the stages of the source, and everything in tables on its page, too", () => {
    const text = markdown(document, []);
    for (const stage of ["assess", "restore", "verify health", "DNS update"])
      assert.ok(text.includes(`| ${stage} | `), stage);
    const page = html(document, text);
    const rows = text.split("\n").filter((line) => line.startsWith("|") && !line.startsWith("| ---"));
    assert.equal(page.match(/<tr>/g)?.length, rows.length);
    assert.ok(!page.includes("|"), "no Markdown is left");
  });

  it("is printed as JSON in just the shape that was promised", () => {
    const printed = JSON.parse(drillJson(document)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(printed), ["stack", "outcome", "rto", "rpo", "steps", "blockers"]);
    assert.equal(lastMeasured(printed["rpo"]), null, "what was not measured is null, not absent");
  });

  const lastMeasured = (rpo: unknown): unknown => (rpo as readonly { measured: unknown }[])[3]?.measured;
});

describe("the modelled recovery", () => {
  const type = "aws:eks/cluster:Cluster";
  const one = { urn: `urn:pulumi:x::k::${type}::a`, type, custom: true, dependencies: [] };
  const two = { ...one, urn: `urn:pulumi:x::k::${type}::b`, dependencies: [one.urn] };

  it("draws through the two quantiles of each duration, the same for the same seed", () => {
    const [first, second] = [modelRecovery([one], seeded(7)), modelRecovery([one], seeded(7))];
    assert.deepEqual(first, second);
    assert.ok(Math.abs(first.recreate.p50 - 570) < 60, `${first.recreate.p50}`);
    assert.ok(first.recreate.p95 > 740 && first.recreate.p95 < 960, `${first.recreate.p95}`);
  });

  it("follows dependencies, and says what would shorten it", () => {
    const { criticalPath, shorter, rto, recreate } = modelRecovery([one, two]);
    assert.deepEqual(
      criticalPath.map(({ seconds }) => seconds),
      [570, 570],
    );
    assert.ok(shorter.some(({ what, seconds }) => what.endsWith(" a") && seconds === 570));
    assert.ok(rto.p50 > recreate.p50);
  });

  it("names the source and the date of every duration", () => {
    for (const { source, date } of [...modelRecovery([one]).latencies, ...Object.values(WORK).flat()])
      assert.ok(source !== "" && /^\d{4}-\d\d-\d\d$/.test(date));
  });
});

describe("reachability on the new cluster's objects", () => {
  const policies = networkPolicies(PROD.graph);

  it("is the graph's edges and no others", () => {
    const { shut, open, pairs } = reachability(PROD.graph, policies);
    assert.deepEqual([shut, open, pairs > 5_000], [[], [], true]);
  });

  it("takes whoever has the addresses of somebody who may come in for that one", () => {
    const { shut, open, pairs } = reachability(PAYMENTS_PROD.graph, policiesOf(PAYMENTS_PROD.graph));
    assert.deepEqual([shut, open, pairs > 5_000], [[], [], true]);
    const wide = policiesOf(PAYMENTS_PROD.graph).filter(({ metadata }) => metadata.namespace !== "ingress-system");
    assert.ok(reachability(PAYMENTS_PROD.graph, wide).open.some((each) => each.includes("-> edge/kong")));
  });

  it("notices a policy that did not come back, and one that lets too much through", () => {
    const first = policies.filter(({ metadata }) => metadata.namespace !== "order-service");
    assert.ok(reachability(PROD.graph, first).open.some((each) => each.includes("service/order")));
    const without = policies.filter(({ metadata }) => metadata.name !== "service-order");
    assert.ok(reachability(PROD.graph, without).shut.some((each) => each.startsWith("service/order -> store/orders")));
  });
});

describe("routes on the new cluster's objects", () => {
  const faults = ({ graph, settings, objects }: Compiled, change: (one: Manifest) => Manifest | undefined = same) =>
    unserved(
      graph,
      settings.edge.host,
      objects.flatMap(({ manifest }) => change(manifest) ?? []),
    );
  const same = (manifest: Manifest): Manifest => manifest;
  const without =
    (id: string) =>
    (manifest: Manifest): Manifest | undefined =>
      objectId(manifest).endsWith(id) ? undefined : manifest;
  const replacing = (kind: string, from: string, to: string) => (manifest: Manifest) =>
    manifest.kind === kind ? (JSON.parse(JSON.stringify(manifest).replaceAll(from, to)) as Manifest) : manifest;

  it("lead from the gateway to pods that listen, on either edge", () => {
    for (const stack of [PROD, PAYMENTS_PROD]) {
      assert.ok(routeTable(stack.graph).length > 1);
      assert.deepEqual(faults(stack), []);
    }
  });

  it("are followed through each object on the way, whose name is told when it did not come back", () => {
    assert.deepEqual(faults(PROD, without("HTTPRoute order-service/order")), [
      "/orders: no HTTPRoute on a TLS listener for api.example.com has it",
    ]);
    assert.match(
      faults(PROD, without("Service user-service/user"))[0] ?? "",
      /Service user-service\/user is not there/,
    );
    assert.match(faults(PROD, without("Deployment user-service/user"))[0] ?? "", /user-service\/user selects no pods/);
    assert.match(faults(PROD, without("Rollout order-service/order"))[0] ?? "", /order-stable selects no pods/);
    assert.equal(faults(PROD, without("Gateway ingress-system/shared")).length, 3);
  });

  it("are judged by the host, the port and the longest path, as a gateway does", () => {
    assert.equal(faults(PROD, replacing("Gateway", "api.example.com", "old.example.com")).length, 3);
    assert.match(faults(PROD, replacing("Deployment", "8080", "8081"))[0] ?? "", /no pod of .* listens on 8080/);
    assert.match(faults(PROD, replacing("Service", '"port":8080', '"port":80'))[0] ?? "", /has no port 8080/);
    const taken = faults(PROD, replacing("HTTPRoute", '"/users"', '"/orders/x"'));
    assert.deepEqual(taken, ["/users: no HTTPRoute on a TLS listener for api.example.com has it"]);
  });
});

describe("references to the lost region", () => {
  const copy = "acme-shop-prod-eu-west-1-backups-copy";
  const found = (name: string, value: unknown) =>
    references([{ name, value }], { region: "eu-west-1", ids: ["key-123456789"] }, meantReferences(PROD.settings)).map(
      (one) => one.value,
    );

  it("are found in values, keys, lists and policy documents", () => {
    assert.deepEqual(found("v1/ConfigMap a/b", { data: { url: "https://x.eu-west-1.elb.amazonaws.com" } }).length, 1);
    assert.deepEqual(found("v1/Node n", { metadata: { labels: { "zone/eu-west-1a": "x" } } }), ["zone/eu-west-1a"]);
    assert.deepEqual(found("x", { keys: ["a", "key-123456789"] }), ["key-123456789"]);
    assert.deepEqual(found("x", { policy: '{"Resource":["arn:aws:s3:::fine","arn:aws:s3:eu-west-1:x"]}' }), [
      "arn:aws:s3:eu-west-1:x",
    ]);
  });

  it("are meant on Azure where the copies are reached, which belong to the lost region's account", () => {
    const { settings } = PAYMENTS_PROD;
    const left = (name: string, value: string) =>
      references([{ name, value }], { region: settings.cloud.region, ids: [] }, meantReferences(settings)).length;
    const endpoint = "payments-prod-northeurope-recovered-backups-westeurope-endpoint";
    assert.equal(left("azure-native:network:PrivateDnsZoneGroup recovery-backups", endpoint), 0);
    assert.equal(left("azure-native:network:PrivateEndpoint recovery-backups", endpoint), 0);
    assert.equal(left("azure-native:network:VirtualNetwork network", endpoint), 1);
    assert.equal(left("azure-native:network:PrivateEndpoint recovery-backups", "payments-prod-westeurope-endpoint"), 1);
  });

  it("are allowed where they are meant, and nowhere else", () => {
    assert.deepEqual(found("velero.io/v1/BackupStorageLocation velero/recovery-daily", { bucket: copy }), []);
    assert.deepEqual(found("v1/ConfigMap a/b", { bucket: copy }), [copy]);
    assert.deepEqual(found("x", { "kms:ResourceAliases": "alias/shop-prod-eu-west-1-backups" }), []);
  });
});

describe("the drill of a real stack", () => {
  const settings = PROD.settings;
  const ask = (real: boolean, confirmed?: string) => refusals({ settings, real, confirmed });

  it("is refused without the flag, without the words, and with others", () => {
    assert.deepEqual(ask(false), [], "on this machine nothing is at stake");
    assert.match(ask(true)[0]?.mend ?? "", /--confirm "rehearse the loss of prod"/);
    assert.equal(ask(true, "yes").length, 1);
    assert.equal(ask(false, "rehearse the loss of prod")[0]?.where, "--confirm");
    assert.deepEqual(ask(true, "rehearse the loss of prod"), []);
  });
});
