/** Faults put into a primary that stands and into what it depends on: each is found before the loss, under its own name. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DrillDocument } from "../../drill/report/document";
import { apiClient } from "../../embedded/plane/api";
import { readRecord, layoutOf } from "../../embedded/plane/layout";
import { deleteObject, putObject, type S3Site } from "../../embedded/region/s3";
import { healS3, injectS3Fault, moveS3Clock } from "../../embedded/region/s3-server";
import { type Cloud, withCloud } from "../../embedded/standin/cloud";
import { objectKey } from "../../embedded/standin/minting";
import { type CloudObject } from "../../embedded/standin/store";
import { type Properties } from "../../embedded/standin/values";
import { type Manifest } from "../../graph/manifest";
import { Checkout } from "../support/checkout";

/** Breaks something; what it gives back mends it. */
type Inject = () => Promise<() => Promise<void>>;

const STACK = "prod";
const THERE = "eu-central-1";
const COPY = "acme-shop-prod-eu-west-1-backups-copy";

describe("a primary whose recovery would fail", function () {
  this.timeout(600_000);
  let checkout: Checkout;
  const folder = (): string => join(checkout.folder, ".keelson", "drill", STACK);
  const copies = (): S3Site => ({ dir: join(folder(), "recovery"), region: THERE, port: checkout.port + 21 });
  const cloud = <T>(work: (cloud: Cloud) => T): Promise<T> => withCloud(join(folder(), "cloud.json"), work);

  before(async () => {
    checkout = await Checkout.make();
    assert.deepEqual(await blockers(), []);
  });
  after(async () => {
    await checkout.keelson("drill", "-s", STACK, "--clear");
    checkout.remove();
  });

  async function blockers(): Promise<readonly string[]> {
    const { code, out, notes } = await checkout.keelson("drill", "-s", STACK, "--assess", "--json");
    const found = (JSON.parse(out) as DrillDocument).blockers.filter(({ step }) => step === "preflight");
    assert.equal(code, found.length === 0 ? 0 : 1, notes);
    return found.filter(({ name }) => name !== "not-finished").map(({ name }) => name);
  }

  /** Changes the stand-in cloud, and puts it back as it was. */
  const altered =
    (is: (object: CloudObject) => boolean, change: (world: Cloud, object: CloudObject) => void) => async () => {
      const path = join(folder(), "cloud.json");
      const before = readFileSync(path, "utf8");
      const found = await cloud((world) => world.objects(is).map((each) => change(world, each)));
      assert.ok(found.length > 0, "nothing of the kind is there");
      return () => Promise.resolve(writeFileSync(path, before));
    };

  const without = (is: (object: CloudObject) => boolean): Inject =>
    altered(is, (world, object) => world.drop(objectKey(object)));

  const made =
    (type: string, ...inputs: readonly Properties[]): Inject =>
    async () => {
      const by = { region: THERE, owner: "somebody" };
      const keys = await cloud((world) => inputs.map((each) => objectKey(world.create(type, each, by))));
      return () => cloud((world) => keys.forEach((key) => world.drop(key)));
    };

  const applied =
    (object: Manifest): Inject =>
    async () => {
      const record = await readRecord(layoutOf(join(folder(), "primary")));
      const api = apiClient(record ?? assert.fail("no control plane"));
      await api.apply(object, { fieldManager: "test" });
      return async () => {
        await api.remove(object);
        api.close();
      };
    };

  const broken =
    (breaks: () => void): Inject =>
    () => {
      breaks();
      return Promise.resolve(() => Promise.resolve(healS3(copies())));
    };

  const home = { namespace: "order-service" };
  const config = (kind: string, more: object): Manifest => ({
    ...{ apiVersion: "v1", kind },
    metadata: { name: "by-hand", ...home },
    ...more,
  });
  const volume = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

  const FAULTS: readonly (readonly [fault: string, blocker: string, inject: Inject])[] = [
    [
      "a volume that backups leave out",
      "volume-stays",
      applied({
        ...config("PersistentVolumeClaim", { spec: volume }),
        metadata: { name: "by-hand", ...home, labels: { "velero.io/exclude-from-backup": "true" } },
      }),
    ],
    [
      "a service account that names a role of the cluster's issuer",
      "identity-bound-to-issuer",
      applied({
        ...config("ServiceAccount", {}),
        metadata: { name: "by-hand", ...home, annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" } },
      }),
    ],
    [
      "a setting that holds a load balancer's own name",
      "host-name-fixed",
      applied(config("ConfigMap", { data: { url: "https://k8s-x-1.eu-west-1.elb.amazonaws.com" } })),
    ],
    [
      "a name that somebody has",
      "name-taken",
      made("aws:s3/bucket:Bucket", { bucket: `acme-shop-prod-${THERE}-backups` }),
    ],
    [
      "quotas that are used up",
      "quota-too-small",
      made("aws:ec2/eip:Eip", { domain: "vpc" }, { domain: "vpc" }, { domain: "vpc" }),
    ],
    [
      "a vault without a copy",
      "vault-copy-missing",
      without(({ type, id }) => type === "aws:s3/bucket:Bucket" && id === COPY),
    ],
    ["a copy without a key", "key-not-there", without(({ type }) => type === "aws:kms/replicaKey:ReplicaKey")],
    [
      "a database without a copied backup",
      "database-copy-missing",
      without(({ type, region }) => type.includes("InstanceAutomatedBackupsReplication") && region === THERE),
    ],
    [
      "records that are cached for long",
      "record-cached-long",
      altered(
        ({ type, properties }) => type.includes("route53/record") && properties["type"] === "A",
        (world, record) => world.change(objectKey(record), { ttl: 3_600 }),
      ),
    ],
    [
      "a lock that a dead run left",
      "state-locked",
      () => {
        const lock = join(folder(), "recovery", "lock.json");
        mkdirSync(dirname(lock), { recursive: true });
        writeFileSync(lock, "{}");
        return Promise.resolve(() => Promise.resolve(rmSync(lock)));
      },
    ],
    [
      "a backup that has arrived in part",
      "backup-half-written",
      async () => {
        const key = "daily/backups/x/velero-backup.json";
        await putObject(copies(), COPY, key, "{}");
        return () => deleteObject(copies(), COPY, key);
      },
    ],
    [
      "an S3 that stays throttled",
      "vault-throttled",
      broken(() =>
        injectS3Fault(copies(), { times: 999, method: "GET", holds: COPY, answer: { status: 503, code: "SlowDown" } }),
      ),
    ],
    [
      "a credential that has expired",
      "credential-expires",
      broken(() =>
        injectS3Fault(copies(), {
          times: 999,
          method: "GET",
          holds: COPY,
          answer: { status: 400, code: "ExpiredToken" },
        }),
      ),
    ],
    ["a clock that is an hour off", "clock-off", broken(() => moveS3Clock(copies(), 3_600))],
  ];

  for (const [fault, blocker, inject] of FAULTS)
    it(`is told of ${fault}, and of nothing else`, async () => {
      const heal = await inject();
      try {
        assert.deepEqual(await blockers(), [blocker]);
      } finally {
        await heal();
      }
    });

  it("is told of nothing once all is mended", async () => {
    assert.deepEqual(await blockers(), []);
  });
});
