/** Every way a stack's file can be wrong: one report with all problems, each with the edit that mends it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { type Problem } from "../../graph/problems";
import { compileStack } from "../../stacks/compile";
import { type Raw, readSettings } from "../../stacks/settings";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { problemsOf } from "../graph/landscapes";

const ROOT = join(__dirname, "..", "..", "..");

/** The committed development stack, as it stands in its file. */
const DEV: Raw = Object.fromEntries(
  Object.entries(parse(readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8")).config as Raw).map(([key, value]) => [
    key.replace("keelson:", ""),
    value,
  ]),
);

/** The development stack with one value replaced; `undefined` takes the key away. */
function changed(path: string, value: unknown): Raw {
  const copy = structuredClone(DEV) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<object>((at, key) => Reflect.get(at, key) as object, copy);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return copy;
}

const BROKER = { flavour: "rabbitmq", nodes: 3, disk: "10 GiB" } as const;
const SESSIONS = { flavour: "valkey", replicas: 2, memory: "128 MiB" } as const;

const problems = (raw: Raw): readonly Problem[] => problemsOf(() => readSettings("dev", raw));

/** One bad value and the whole report it must give. */
const refuses = (name: string, raw: () => Raw, ...report: readonly Problem[]) =>
  it(`refuses ${name}`, () => assert.deepEqual(problems(raw()), report));

describe("settings", () => {
  it("accepts the committed stacks, with defaults filled in", () => {
    assert.deepEqual(stackNames(ROOT), [
      "dev",
      "payments-alb",
      "payments-dev",
      "payments-eks",
      "payments-eks-prod",
      "payments-prod",
      "prod",
      "shop-aks",
    ]);
    const dev = readStackFile(ROOT, "dev");
    assert.equal(dev.network.services, "172.20.0.0/16");
    assert.equal(dev.backup.daily, "30 days");
    assert.deepEqual(dev.delivery, { by: "pulumi" });
    assert.equal(readStackFile(ROOT, "prod").role, "primary");
  });

  it("leaves secrets to Pulumi", () => {
    const settings = readSettings("dev", { ...DEV, stripeCredential: { secure: "v1:abc" } });
    assert.ok(!("stripeCredential" in settings));
  });

  refuses("a misspelt key and names the right one", () => ({ ...DEV, netwrok: { cidr: "10.20.0.0/16" } }), {
    where: "Pulumi.dev.yaml: keelson:netwrok",
    got: "a key that does not exist",
    want: "one of backup, broker, cloud, cluster, costCentre, delivery, edge, logs, monitoring, network, organisation, owner, protection, recovers, role, services, stage, stores, system",
    mend: "write network",
  });

  refuses("a misspelt key inside an object of several shapes", () => changed("stores.orders.dsk", "10 GiB"), {
    where: "Pulumi.dev.yaml: keelson:stores.orders.dsk",
    got: "a key that does not exist",
    want: "one of archive, backups, class, disk, failover, flavour, instances, memory, multiZone, pooler, replicas, slot, volumeClass",
    mend: "write disk",
  });

  refuses("a key that is nothing like a known one", () => changed("network.quux", 1), {
    where: "Pulumi.dev.yaml: keelson:network.quux",
    got: "a key that does not exist",
    want: "one of cidr, flowLogs, nat, services",
    mend: "remove it",
  });

  refuses("a missing key", () => changed("network.cidr", undefined), {
    where: "Pulumi.dev.yaml: keelson:network.cidr",
    got: "nothing",
    want: 'an IPv4 range such as "10.20.0.0/16"',
    mend: "write cidr: 10.20.0.0/16 under keelson:network",
  });

  refuses("a missing object", () => changed("cloud", undefined), {
    where: "Pulumi.dev.yaml: keelson:cloud",
    got: "nothing",
    want: "an object of keys",
    mend: 'write keelson:cloud: { provider: aws, region: eu-west-1, account: "111111111111", zones: [eu-west-1a, eu-west-1b, eu-west-1c] }',
  });

  refuses("a value of the wrong type", () => changed("cluster.nodes.min", "two"), {
    where: "Pulumi.dev.yaml: keelson:cluster.nodes.min",
    got: '"two"',
    want: "a number",
    mend: "write min: 3 under keelson:cluster.nodes",
  });

  refuses("a bare number where a unit belongs", () => changed("stores.orders.disk", 10), {
    where: "Pulumi.dev.yaml: keelson:stores.orders.disk",
    got: "10",
    want: 'a size such as "10 GiB"',
    mend: "write disk: 10 GiB under keelson:stores.orders",
  });

  refuses("a number out of bounds", () => changed("stores.orders.instances", 9), {
    where: "Pulumi.dev.yaml: keelson:stores.orders.instances",
    got: "9",
    want: "at most 5",
    mend: "write instances: 3 under keelson:stores.orders",
  });

  refuses("a choice that is not on offer", () => changed("network.nat", "none"), {
    where: "Pulumi.dev.yaml: keelson:network.nat",
    got: '"none"',
    want: "one of one, perZone",
    mend: "write nat: perZone under keelson:network",
  });

  refuses("a shape that does not exist", () => changed("stores.orders.flavour", "mysql"), {
    where: "Pulumi.dev.yaml: keelson:stores.orders.flavour",
    got: '"mysql"',
    want: "one of cloudnative-pg, rds, valkey, elasticache",
    mend: "write flavour: cloudnative-pg under keelson:stores.orders",
  });

  refuses("a domain without a zone", () => changed("edge.zone", undefined), {
    where: "Pulumi.dev.yaml: keelson:edge.zone",
    got: "nothing",
    want: "a zone setting for the domain",
    mend: "write zone: { name: dev.example.com } under keelson:edge",
  });

  refuses("a zone that the host does not lie in", () => changed("edge.zone.name", "example.org"), {
    where: "Pulumi.dev.yaml: keelson:edge.zone.name",
    got: '"example.org"',
    want: "a zone that the host lies in",
    mend: "write name: dev.example.com under keelson:edge.zone",
  });

  refuses("an even number of broker nodes, which could tie", () => changed("broker", { ...BROKER, nodes: 2 }), {
    where: "Pulumi.dev.yaml: keelson:broker.nodes",
    got: "2",
    want: "an odd number of nodes: an even one can tie",
    mend: "write nodes: 3 under keelson:broker",
  });

  refuses(
    "an even number of votes for a new primary",
    () => changed("stores.sessions", { ...SESSIONS, replicas: 1, failover: { disk: "1 GiB" } }),
    {
      where: "Pulumi.dev.yaml: keelson:stores.sessions.replicas",
      got: "1",
      want: "2 or 4 replicas: with the primary they vote, and an even number of votes can tie",
      mend: "write replicas: 2 under keelson:stores.sessions",
    },
  );

  refuses(
    "recovery from the archive that the store writes itself",
    () => changed("stores.orders.archive", { generation: 3, from: { region: "eu-west-1", generation: 3 } }),
    {
      where: "Pulumi.dev.yaml: keelson:stores.orders.archive.generation",
      got: "3, under which the archive to recover from was written in eu-west-1",
      want: "a generation of its own: an archive takes one history only",
      mend: "write generation: 4 under keelson:stores.orders.archive",
    },
  );

  refuses("Kong without an issuer of certificates", () => changed("edge.kind", "kong"), {
    where: "Pulumi.dev.yaml: keelson:edge.certificates",
    got: "nothing",
    want: "who issues Kong's certificate",
    mend: "write certificates: { email: platform@example.com } under keelson:edge",
  });

  refuses(
    "a canary behind Kong, which nothing would judge",
    () => ({
      ...changed("services", {
        order: { rollout: { strategy: "canary", weights: [10], pause: "5 minutes" } },
      }),
      edge: { ...(DEV["edge"] as object), kind: "kong", certificates: { email: "a@example.com" } },
    }),
    {
      where: "Pulumi.dev.yaml: keelson:services.order.rollout.strategy",
      got: "canary behind Kong",
      want: "rolling or blueGreen: a canary is judged by what the alb edge counts",
      mend: "write rollout: { strategy: blueGreen, promote: manual } under keelson:services.order",
    },
  );

  refuses("a single alert channel", () => changed("monitoring", { channels: [{ by: "pagerduty", name: "one" }] }), {
    where: "Pulumi.dev.yaml: keelson:monitoring.channels",
    got: '[{"by":"pagerduty","name":"one"}]',
    want: "two channels at least: one of them may be what is down",
    mend: "write channels: [{ by: pagerduty, name: on-call }, { by: slack, name: team, channel: '#alerts' }] under keelson:monitoring",
  });

  refuses(
    "a log that CloudWatch keeps for no such time",
    () => changed("logs", { to: "cloudWatch", retention: "45 days" }),
    {
      where: "Pulumi.dev.yaml: keelson:logs.retention",
      got: "45 days, for which CloudWatch keeps nothing",
      want: "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days",
      mend: "write retention: 60 days under keelson:logs",
    },
  );

  refuses("logs sent in the clear", () => changed("logs", { to: "otlp", endpoint: "http://logs.example.com" }), {
    where: "Pulumi.dev.yaml: keelson:logs.endpoint",
    got: '"http://logs.example.com"',
    want: `an https address such as "https://loki.example.com/otlp"`,
    mend: "write endpoint: https://loki.example.com/otlp under keelson:logs",
  });

  refuses("a network that is too small", () => changed("network.cidr", "10.20.7.0/24"), {
    where: "Pulumi.dev.yaml: keelson:network.cidr",
    got: "10.20.7.0/24, which is too small",
    want: "a range from /16 (the largest a VPC takes) to /20 (the least that three zones of four tiers need)",
    mend: "write cidr: 10.20.0.0/20 under keelson:network",
  });

  refuses("a network larger than the cloud takes", () => changed("network.cidr", "10.0.0.0/8"), {
    where: "Pulumi.dev.yaml: keelson:network.cidr",
    got: "10.0.0.0/8, which is too large",
    want: "a range from /16 (the largest a VPC takes) to /20 (the least that three zones of four tiers need)",
    mend: "write cidr: 10.0.0.0/16 under keelson:network",
  });

  refuses("ranges that overlap", () => changed("network.services", "10.20.128.0/17"), {
    where: "Pulumi.dev.yaml: keelson:network.services",
    got: "10.20.128.0/17, which overlaps network.cidr 10.20.0.0/16",
    want: "a range outside the network",
    mend: "write services: 172.20.0.0/16 under keelson:network",
  });

  refuses("zones of another region", () => changed("cloud.region", "eu-central-1"), {
    where: "Pulumi.dev.yaml: keelson:cloud.zones",
    got: "eu-west-1a, eu-west-1b, eu-west-1c, which eu-central-1 does not have",
    want: "three different zones of eu-central-1: eu-central-1a, eu-central-1b, eu-central-1c",
    mend: "write zones: [eu-central-1a, eu-central-1b, eu-central-1c] under keelson:cloud",
  });

  refuses("a zone that the region lacks", () => changed("cloud.zones", ["eu-west-1a", "eu-west-1b", "eu-west-1f"]), {
    where: "Pulumi.dev.yaml: keelson:cloud.zones",
    got: "eu-west-1f, which eu-west-1 does not have",
    want: "three different zones of eu-west-1: eu-west-1a, eu-west-1b, eu-west-1c",
    mend: "write zones: [eu-west-1a, eu-west-1b, eu-west-1c] under keelson:cloud",
  });

  refuses("one zone twice", () => changed("cloud.zones", ["eu-west-1a", "eu-west-1a", "eu-west-1b"]), {
    where: "Pulumi.dev.yaml: keelson:cloud.zones",
    got: "eu-west-1a, eu-west-1a, eu-west-1b: one of them twice",
    want: "three different zones of eu-west-1: eu-west-1a, eu-west-1b, eu-west-1c",
    mend: "write zones: [eu-west-1a, eu-west-1b, eu-west-1c] under keelson:cloud",
  });

  refuses("a region that has too few zones", () => changed("cloud.region", "us-west-1"), {
    where: "Pulumi.dev.yaml: keelson:cloud.region",
    got: "us-west-1, where an account sees 2 zones",
    want: "a region with three zones: quorums and spreads rely on them",
    mend: "write region: us-west-2 under keelson:cloud, or another that has three",
  });

  const CACHE = { flavour: "elasticache", class: "cache.t4g.small", replicas: 2 };
  refuses("a managed store without a private network", () => changed("stores.sessions", CACHE), {
    where: "Pulumi.dev.yaml: keelson:stores.sessions.slot",
    got: "nothing",
    want: "the slot, 0 to 15, of the network's private data subnets that this store alone is in: a managed store has no other address",
    mend: "write slot: 0 under keelson:stores.sessions",
  });

  const managed = (slot: number) => ({
    flavour: "rds",
    slot,
    class: "db.t4g.medium",
    disk: "50 GiB",
    multiZone: false,
  });

  refuses("two stores in one slot", () => ({ ...DEV, stores: { orders: managed(0), payments: managed(0) } }), {
    where: "Pulumi.dev.yaml: keelson:stores.payments.slot",
    got: "0, which orders has too",
    want: "a slot of its own",
    mend: "write slot: 1",
  });

  refuses(
    "a lock that outlives a retention",
    () => ({ ...DEV, backup: { weekly: "7 days", lock: { mode: "governance", for: "14 days" } } }),
    {
      where: "Pulumi.dev.yaml: keelson:backup.lock.for",
      got: "14 days",
      want: "at most the shortest retention, 7 days: what is locked cannot be deleted when it expires",
      mend: "write for: 7 days under keelson:backup.lock",
    },
  );

  refuses("disposable stores in production", () => changed("stage", "prod"), {
    where: "Pulumi.dev.yaml: keelson:protection.mode",
    got: "disposable stores in stage prod",
    want: "retain: production data is not disposable by a slip",
    mend: "remove keelson:protection, or write confirms: dev under it to give the data up",
  });

  it("reports everything that is wrong with a file at once, relations too", () => {
    const raw = {
      ...DEV,
      onwer: "me",
      organisation: 7,
      network: { cidr: "10.20.0.0/24", nat: "one", services: "10.20.0.0/16" },
      stores: { orders: { flavour: "cloudnative-pg", instances: "one" } },
    };
    assert.deepEqual(
      problems(raw).map(({ where }) => where.replace("Pulumi.dev.yaml: keelson:", "")),
      ["organisation", "stores.orders.instances", "stores.orders.disk", "onwer", "network.cidr", "network.services"],
    );
  });

  it("never says a long value in full", () => {
    const [problem] = problems(changed("network.cidr", "x".repeat(500)));
    assert.equal(problem?.got.length, 80);
  });
});

describe("stack files", () => {
  const folder = mkdtempSync(join(tmpdir(), "keelson-stacks-"));
  writeFileSync(join(folder, "Pulumi.dev.yaml"), "config:\n  keelson:system: shop\n  keelson:owner: [\n");
  writeFileSync(join(folder, "Pulumi.empty.yaml"), "");

  it("are suggested when a stack is unknown", () => {
    assert.deepEqual(
      problemsOf(() => readStackFile(ROOT, "prdo")),
      [
        {
          where: "stack",
          got: '"prdo"',
          want: "one of dev, payments-alb, payments-dev, payments-eks, payments-eks-prod, payments-prod, prod, shop-aks",
          mend: "write prod",
        },
      ],
    );
    const [problem] = problemsOf(() => readStackFile(ROOT, "acceptance"));
    assert.equal(problem?.mend, "add Pulumi.acceptance.yaml or name a known stack");
  });

  it("that are not YAML are refused with the line", () => {
    const [problem] = problemsOf(() => readStackFile(folder, "dev"));
    assert.equal(problem?.where, "Pulumi.dev.yaml:4");
    assert.equal(problem?.want, "YAML");
  });

  it("that are empty miss every required setting", () => {
    assert.deepEqual(
      problemsOf(() => readStackFile(folder, "empty")).map(({ where }) => where.split("keelson:")[1]),
      ["system", "stage", "organisation", "owner", "costCentre", "cloud", "network", "cluster", "edge", "stores"],
    );
  });

  it("of an unknown system name the nearest one", () => {
    const settings = readSettings("dev", { ...DEV, system: "shpo" });
    assert.deepEqual(
      problemsOf(() => compileStack(settings)),
      [{ where: "Pulumi.dev.yaml: keelson:system", got: '"shpo"', want: "one of payments, shop", mend: "write shop" }],
    );
  });

  it("with settings for a service that does not exist name the nearest one", () => {
    const settings = readSettings("dev", { ...DEV, services: { oder: { scale: { min: 2, max: 3 } } } });
    assert.deepEqual(
      problemsOf(() => compileStack(settings)),
      [
        {
          where: "Pulumi.dev.yaml: keelson:services.oder",
          got: "a service that shop does not have",
          want: "one of order, payment, user",
          mend: "write order",
        },
      ],
    );
  });
});
