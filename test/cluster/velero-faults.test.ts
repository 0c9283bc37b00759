/** What breaks in real recoveries, done to a real Velero and its S3: survived, or ended at a blocker with the cause's name. */
import assert from "node:assert/strict";
import { restoreObject } from "../../drill/restore-plan";
import { reasonOf, runToEnd, statusOf, waitFor } from "../../drill/velero-runs";
import { locationProblem, restoreFrom, save } from "../../drill/velero-steps";
import { copyBucket, deleteObject, ensureBucket } from "../../embedded/region/s3";
import { healS3, injectS3Fault, moveS3Clock } from "../../embedded/region/s3-server";
import { standInDefinition } from "../../embedded/toolchain/crd-sources";
import { type Manifest } from "../../graph/manifest";
import { at } from "../objects/stacks";
import {
  backupObject,
  blobLocation,
  BUCKET,
  locationObject,
  namespaceObject,
  NAMESPACE,
  scheduleObject,
  VeleroRegion,
} from "../support/velero-region";

const HOME = "order-service";
const inHome = (apiVersion: string, kind: string, name: string, more: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: HOME },
  ...more,
});

const settings = (value: string): Manifest => inHome("v1", "ConfigMap", "found-nowhere-else", { data: { value } });

describe("a recovery in which something breaks", function () {
  this.timeout(240_000);
  let region: VeleroRegion;
  const location = () => locationObject("daily", region.s3.region);
  const schedule = scheduleObject(HOME);
  const saved = (name: string) => save(region.api, { schedule, location: location(), name, patienceSeconds: 25 });
  const wish = (name: string, backup: string) => ({ name, namespace: NAMESPACE, backup, declared: [] });
  const restored = (name: string, backup: string, patienceSeconds = 25) =>
    restoreFrom(region.api, {
      ...{ location: location(), backup: backupObject(backup), patienceSeconds },
      wanted: restoreObject(wish(name, backup)),
    });
  const settled = async (): Promise<void> => {
    healS3(region.s3);
    assert.equal(await locationProblem(region.api, location(), 60), undefined);
  };

  before(async () => {
    region = await VeleroRegion.make();
    await region.have(namespaceObject(HOME));
    await region.have(settings("before the loss"));
  });
  after(() => region.remove());

  it("survives an S3 that is throttled for a while", async () => {
    injectS3Fault(region.s3, { times: 3, method: "PUT", answer: { status: 503, code: "SlowDown" } });
    assert.deepEqual((await saved("throttled")).blockers, []);
    await settled();
  });

  it("stops at its name when S3 stays throttled", async () => {
    injectS3Fault(region.s3, { times: 9_999, answer: { status: 503, code: "SlowDown" } });
    await stale();
    const { blockers } = await saved("throttled-for-long");
    assert.deepEqual(
      blockers.map(({ name }) => name),
      ["vault-throttled"],
      JSON.stringify(blockers),
    );
    await settled();
  });

  /** Waits until Velero has looked at the location once more: it does so every two seconds here. */
  async function stale(): Promise<void> {
    await waitFor(
      async () => (statusOf(await region.api.read(location())).phase === "Available" ? undefined : true),
      60,
    );
  }

  it("stops at its name when the credential has expired", async () => {
    injectS3Fault(region.s3, { times: 9_999, answer: { status: 400, code: "ExpiredToken" } });
    await stale();
    const [blocker] = (await saved("expired")).blockers;
    assert.equal(blocker?.name, "credential-expires", JSON.stringify(blocker));
    await settled();
  });

  // S3 answers a HEAD without a body, so that the signer cannot know why it was refused, and the location stays Available:
  // that the clock is off is for the assessment to tell, and it does (drill-faults.test.ts).
  it("stops when the clock jumps by an hour, and goes on once it is right", async () => {
    moveS3Clock(region.s3, 3_600);
    const { blockers } = await saved("an-hour-off");
    assert.deepEqual(
      blockers.map(({ name, got }) => [name, /403/.test(got)]),
      [["backup-not-completed", true]],
      JSON.stringify(blockers),
    );
    await settled();
    assert.deepEqual((await saved("in-time")).blockers, []);
  });

  it("stops at its name when a location says another region than its bucket is in", async () => {
    const elsewhere = locationObject("elsewhere", region.s3.region, { region: "eu-central-1" });
    await region.have(elsewhere);
    const problem = await locationProblem(region.api, elsewhere, 20);
    await region.api.remove(elsewhere);
    assert.equal(problem?.name, "vault-wrong-region", JSON.stringify(problem));
  });

  it("stops at its name when a backup has arrived in part, and restores from the one before", async () => {
    assert.deepEqual((await saved("whole")).blockers, []);
    assert.deepEqual((await saved("half")).blockers, []);
    await deleteObject(region.s3, BUCKET, "daily/backups/half/half.tar.gz");
    await region.api.remove(settings("x"));
    const { blockers } = await restored("from-half", "half");
    assert.deepEqual(
      blockers.map(({ name }) => name),
      ["restore-not-completed"],
    );
    assert.equal(await region.api.read(settings("x")), undefined, "never a silent partial");
    assert.deepEqual((await restored("from-whole", "whole")).blockers, []);
    assert.equal(at(await region.api.read(settings("x")), "data", "value"), "before the loss");
  });

  it("stops when Velero dies in the middle of a restore, and the next attempt completes it", async () => {
    await region.api.remove(settings("x"));
    injectS3Fault(region.s3, { times: 9_999, method: "GET", holds: "whole.tar.gz", delaySeconds: 20 });
    const running = restored("cut-off", "whole");
    const wanted = restoreObject(wish("cut-off", "whole"));
    const begun = await waitFor(
      async () =>
        statusOf(await region.api.read(wanted).catch(() => undefined)).phase === "InProgress" ? true : undefined,
      30,
    );
    assert.ok(begun, "the restore never began");
    await region.kill();
    healS3(region.s3);
    await region.start();
    const { blockers, status } = await running;
    assert.deepEqual(
      blockers.map(({ name }) => name),
      ["restore-not-completed"],
      reasonOf(status),
    );
    assert.equal(await region.api.read(settings("x")), undefined);
    assert.deepEqual((await restored("second", "whole")).blockers, []);
    assert.equal(at(await region.api.read(settings("x")), "data", "value"), "before the loss");
  });

  it("stops when the backup never arrives in the copy", async () => {
    const { blockers } = await restored("from-nothing", "never-made", 8);
    assert.deepEqual(
      blockers.map(({ name }) => name),
      ["backup-not-found"],
    );
  });

  it("stops at its name when there is no copy", async () => {
    const missing = locationObject("missing", region.s3.region, { bucket: "never-made" });
    await region.have(missing);
    const problem = await locationProblem(region.api, missing, 20);
    await region.api.remove(missing);
    assert.equal(problem?.name, "vault-copy-missing", JSON.stringify(problem));
  });
});

/** What a recreated cluster chokes on, as a lost one had it, by the fault of `drill/faults.ts` that it stands for. */
const DANGERS: Readonly<Record<string, Manifest>> = {
  "issuer-bound-identity": inHome("v1", "ServiceAccount", "old", {
    metadata: {
      name: "old",
      namespace: HOME,
      annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/old" },
    },
  }),
  "fixed-node-ports": inHome("v1", "Service", "old", {
    spec: { type: "NodePort", selector: { app: "x" }, ports: [{ port: 80, nodePort: 30_080 }] },
  }),
  "dead-target-groups": inHome("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "old", {
    spec: { targetGroupARN: "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dead/1" },
  }),
  "certificate-owners": inHome("cert-manager.io/v1", "CertificateRequest", "old", {
    spec: { issuerRef: { name: "old" }, request: "bm90aGluZw==" },
  }),
  "webhooks-down": {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "nobody-answers" },
    webhooks: [
      {
        name: "nobody.example.com",
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": HOME } },
        clientConfig: { url: "https://127.0.0.1:1/" },
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        timeoutSeconds: 1,
      },
    ],
  },
};

const TARGET_GROUP_BINDING = standInDefinition(
  { group: "elbv2.k8s.aws", version: "v1beta1", because: "a test", kinds: [] },
  { kind: "TargetGroupBinding", plural: "targetgroupbindings", scope: "Namespaced" },
);

describe("a restore into a cluster that the program has made", function () {
  this.timeout(240_000);
  let region: VeleroRegion;
  const names = (): readonly string[] => Object.keys(DANGERS);
  const back = async (): Promise<readonly string[]> => {
    const found = await Promise.all(
      Object.entries(DANGERS).map(async ([name, each]) => [name, await region.api.read(each)] as const),
    );
    return found.filter(([, each]) => each !== undefined).map(([name]) => name);
  };
  const forget = async (): Promise<void> => {
    for (const each of [...Object.values(DANGERS), settings("")]) await region.api.remove(each);
  };
  const ours = inHome("apps/v1", "Deployment", "order", {
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "order" } },
      template: { metadata: { labels: { app: "order" } }, spec: { containers: [{ name: "order", image: "old" }] } },
    },
  });
  const image = async (): Promise<unknown> =>
    at(await region.api.read(ours), "spec", "template", "spec", "containers", 0, "image");
  const wanted = (name: string) =>
    restoreObject({ name, namespace: NAMESPACE, backup: "everything", declared: [ours] });

  before(async () => {
    const definition = {
      set: "aws-load-balancer-controller",
      manifest: TARGET_GROUP_BINDING,
      schema: "stand-in",
    } as const;
    region = await VeleroRegion.make([definition]);
    await region.have(namespaceObject(HOME));
    await region.have(settings("before the loss"));
    await region.have(ours);
    for (const each of Object.values(DANGERS)) await region.have(each);
    const wish = {
      schedule: scheduleObject(HOME),
      location: locationObject("daily", region.s3.region),
      name: "everything",
    };
    assert.deepEqual((await save(region.api, wish)).blockers, []);
    await forget();
    assert.deepEqual(await back(), []);
    await region.have(JSON.parse(JSON.stringify(ours).replace("old", "new")) as Manifest);
  });
  after(() => region.remove());

  it("brings back what nobody declared, and none of what would break it", async () => {
    const status = await runToEnd(region.api, wanted("ours"));
    assert.equal(status.phase, "Completed", reasonOf(status));
    assert.deepEqual(await back(), []);
    assert.equal(at(await region.api.read(settings("")), "data", "value"), "before the loss");
  });

  it("leaves what the program has made as it is: two owners never meet", async () => {
    assert.equal(await image(), "new");
  });

  it("would have brought every one of them, had it not left them alone: the dangers are real", async () => {
    await forget();
    const { spec, ...careless } = wanted("careless");
    const everything = { ...spec, excludedResources: [] };
    await runToEnd(region.api, { ...careless, spec: { ...everything, includeClusterResources: true } });
    assert.deepEqual(await back(), names());
  });
});

describe("backups on Azure, whose plugin and Blob API stand in", function () {
  this.timeout(240_000);
  let region: VeleroRegion;
  before(async () => {
    region = await VeleroRegion.make();
    for (const bucket of ["acme-backups", "acme-secondary-backups"]) await ensureBucket(region.s3, bucket);
    await region.have(namespaceObject(HOME));
    await region.have(settings("before the loss"));
  });
  after(() => region.remove());

  it("are written by a real Velero, and restored from the copy in the pair, read-only", async () => {
    const own = blobLocation("daily", "acme", "ReadWrite");
    const copy = blobLocation("recovery-daily", "acme-secondary", "ReadOnly");
    await region.api.remove(locationObject("daily", region.s3.region));
    for (const each of [own, copy]) await region.have(each);
    const wish = { schedule: scheduleObject(HOME), location: own, name: "on-azure" };
    assert.deepEqual((await save(region.api, wish)).blockers, []);
    const held = (bucket: string) => ({ site: region.s3, bucket });
    assert.ok((await copyBucket(held("acme-backups"), held("acme-secondary-backups"))).objects > 3);
    for (const each of [own, backupObject("on-azure"), settings("")]) await region.api.remove(each);
    const run = { location: copy, backup: backupObject("on-azure"), wanted: restoreObject(wanted("from-the-pair")) };
    const { blockers } = await restoreFrom(region.api, run);
    assert.deepEqual(blockers, []);
    assert.equal(valueOf(await region.api.read(settings(""))), "before the loss");
  });

  const wanted = (name: string) => ({ name, namespace: NAMESPACE, backup: "on-azure", declared: [] });
  const valueOf = (object: Manifest | undefined): unknown => at(object, "data", "value");
});
