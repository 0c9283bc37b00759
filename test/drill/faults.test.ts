/** Every fault of the list, injected: found before the loss by its own rule and no other, or survived, each with its proof. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { copyReader } from "../../components/backup/lost-vault";
import { finalisersOf } from "../../components/kubernetes/order";
import { assess, type Observed, RULES } from "../../drill/assessment";
import { FAULTS } from "../../drill/faults";
import { halfWritten, objectsSeen, stateSeen } from "../../drill/preflight";
import { rehearsalSettings } from "../../drill/real/rehearsal";
import { exclusions, resourceOf, restoreObject } from "../../drill/restore-plan";
import { locationBlocker } from "../../drill/velero-steps";
import { runToEnd } from "../../drill/velero-runs";
import { type ApiClient } from "../../embedded/plane/api";
import { type Manifest } from "../../graph/manifest";
import { scopeOf } from "../../stacks/scope";
import { readSettings } from "../../stacks/settings";
import { at, PROD, onAws } from "../objects/stacks";

/** A world in which nothing is wrong. */
const SOUND: Observed = {
  region: "eu-central-1",
  lost: "eu-west-1",
  vault: { copyRegion: "eu-central-1", locationRegion: "eu-central-1", behind: 0, halfWritten: [], throttled: false },
  keys: { usableThere: true, managedByCloud: [] },
  databasesWithoutCopy: [],
  volumesWithoutCopy: [],
  quotas: [{ what: "aws:ec2/eip:Eip", limit: 5, used: 0, needed: 3 }],
  takenNames: [],
  state: { backendRegion: undefined, secretsRegion: "eu-central-1", staleLock: false },
  credentialMinutes: 480,
  clockSkew: 1,
  issuerBound: [],
  fixedHosts: [],
  recordTtl: 60,
};

const declared = PROD.objects.map(({ manifest }) => manifest);
const excluded = new Set(exclusions(declared).map(({ resource }) => resource));
const leavesAlone = (...resources: readonly string[]) =>
  assert.deepEqual(
    resources.filter((resource) => !excluded.has(resource)),
    [],
  );
const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const backup = (name: string) => `arn:aws:rds:eu-central-1:222222222222:auto-backup:ab-${name}`;
const LOSS = { zones, databases: { orders: backup("o"), payments: backup("p") }, restored: false };

/** An API server that holds what is applied, and a Velero that ends each restore with the next of these phases. */
function api(phases: readonly string[]): { readonly client: ApiClient; readonly names: string[] } {
  const objects = new Map<string, Manifest>();
  const names: string[] = [];
  const client = {
    read: (wanted: Manifest) => Promise.resolve(objects.get(wanted.metadata.name)),
    apply: (wanted: Manifest) => {
      const phase = phases[names.length];
      names.push(wanted.metadata.name);
      objects.set(wanted.metadata.name, { ...wanted, status: { phase } });
      return Promise.resolve(wanted);
    },
  } as unknown as ApiClient;
  return { client, names };
}

const PROOFS: Readonly<Record<string, () => void | Promise<void>>> = {
  "webhooks-down": () =>
    leavesAlone(
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
      "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    ),
  "fixed-node-ports": () => leavesAlone("services", "endpointslices.discovery.k8s.io"),
  "dead-target-groups": () => leavesAlone("targetgroupbindings.elbv2.k8s.aws"),
  "certificate-owners": () =>
    leavesAlone(
      "certificaterequests.cert-manager.io",
      "orders.acme.cert-manager.io",
      "challenges.acme.cert-manager.io",
    ),
  "two-owners": () => {
    const shared = ["ConfigMap", "Secret", "Namespace"];
    leavesAlone(...declared.filter(({ kind }) => !shared.includes(kind)).map(resourceOf));
    const { spec } = restoreObject({ name: "x", namespace: "velero", backup: "y", declared });
    assert.equal(at(spec, "existingResourcePolicy"), "none");
  },
  "orphaned-finalizers": () => {
    const gateway = declared.find(({ kind }) => kind === "Gateway") ?? assert.fail("no Gateway");
    assert.ok(finalisersOf(gateway).includes("aws-load-balancer-controller"));
  },
  "versioned-bucket-stays": () => {
    assert.equal(PROD.settings.protection.mode, "retain");
    assert.equal(at(rehearsalSettings(PROD.settings, LOSS), "protection", "mode"), "disposable");
  },
  "controller-dies-mid-restore": async () => {
    const { client, names } = api(["Failed", "Completed"]);
    const wanted = (name: string) => restoreObject({ name, namespace: "velero", backup: "y", declared });
    assert.equal((await runToEnd(client, wanted("drill-1"))).phase, "Failed");
    assert.equal((await runToEnd(client, wanted("drill-1"))).phase, "Failed", "it stays as it is, to be looked at");
    assert.equal((await runToEnd(client, wanted("drill-2"))).phase, "Completed");
    assert.deepEqual(names, ["drill-1", "drill-2"]);
  },
};

describe("faults", () => {
  it("are the sixteen of the research and six more", () => {
    assert.equal(FAULTS.length, 22);
    assert.equal(new Set(FAULTS.map(({ name }) => name)).size, 22);
  });

  it("are not found where nothing is wrong", () => {
    const { blockers, lines } = assess(SOUND);
    assert.deepEqual(blockers, []);
    assert.ok(lines.every(({ fine, mark }) => fine && mark !== "not run"));
  });

  for (const fault of FAULTS)
    if (fault.met === "before the loss")
      it(`before the loss: ${fault.title}`, () => {
        const { blockers, lines } = assess(fault.inject(SOUND));
        assert.deepEqual(
          blockers.map(({ name }) => name),
          [fault.blocker],
        );
        assert.equal(lines.filter(({ fine }) => !fine).length, 1);
        assert.ok((blockers[0]?.mend ?? "") !== "");
      });
    else
      it(`survived: ${fault.title}`, () => (PROOFS[fault.name] ?? (() => assert.fail(`${fault.name} has no proof`)))());
});

describe("the assessment", () => {
  it("never calls a thing fine that nobody looked at", () => {
    const blind = {
      ...SOUND,
      vault: { ...SOUND.vault, throttled: undefined },
      ...{ credentialMinutes: undefined, clockSkew: undefined, recordTtl: undefined },
    };
    const notRun = assess(blind).lines.filter(({ mark }) => mark === "not run");
    assert.equal(notRun.length, 4);
  });

  it("has a rule for every way in which something is missing", () => {
    const found = (change: Partial<Observed>) => assess({ ...SOUND, ...change }).blockers.map(({ name }) => name);
    assert.deepEqual(found({ vault: { ...SOUND.vault, copyRegion: undefined } }), ["vault-copy-missing"]);
    assert.deepEqual(found({ keys: { usableThere: false, managedByCloud: [] } }), ["key-not-there"]);
    assert.deepEqual(found({ databasesWithoutCopy: ["orders"] }), ["database-copy-missing"]);
    assert.deepEqual(found({ state: { ...SOUND.state, staleLock: true } }), ["state-locked"]);
    assert.deepEqual(found({ recordTtl: 300 }), ["record-cached-long"]);
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  });

  it("sees which backups of a copy are whole", () => {
    const key = (name: string) => ({ key: `daily/backups/${name}` });
    const whole = [key("a/velero-backup.json"), key("a/a.tar.gz")];
    assert.deepEqual(halfWritten(whole), []);
    assert.deepEqual(halfWritten([...whole, key("b/velero-backup.json")]), ["daily/backups/b"]);
    assert.deepEqual(halfWritten([...whole, key("c/c.tar.gz")]), ["daily/backups/c"]);
    assert.deepEqual(halfWritten([{ key: "databases/orders/base/1/data.tar" }]), []);
  });

  it("sees in which region a state and its secrets lie", () => {
    const seen = (backend: string, secrets: string) => Object.values(stateSeen({ backend, secrets }));
    assert.deepEqual(seen("s3://state?region=eu-west-1", "awskms://alias/x?region=eu-west-1"), [
      "eu-west-1",
      "eu-west-1",
    ]);
    assert.deepEqual(seen("file:///x", "awskms:///arn:aws:kms:eu-west-1:1:key/2"), [undefined, "eu-west-1"]);
    assert.deepEqual(seen("file:///x", "passphrase"), [undefined, undefined]);
  });

  it("sees what in the objects is bound to a cluster", () => {
    const bound = (annotations: Record<string, string>, text: string): Manifest => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "a", namespace: "b", annotations },
      text,
    });
    const seen = objectsSeen([
      bound({ "eks.amazonaws.com/role-arn": "arn" }, ""),
      bound({}, "x.eu-west-1.elb.amazonaws.com"),
    ]);
    assert.deepEqual([seen.issuerBound.length, seen.fixedHosts.length], [1, 1]);
    assert.deepEqual(objectsSeen(declared), { issuerBound: [], fixedHosts: [], volumesWithoutCopy: [] });
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "a", namespace: "b" } };
    assert.deepEqual(objectsSeen([claim]).volumesWithoutCopy, ["PersistentVolumeClaim b/a"]);
  });
});

describe("a location that cannot be used", () => {
  const named = (message: string) => locationBlocker({ phase: "Unavailable", message }, "daily").name;

  it("is a blocker with the name of its cause, as far as Velero's words tell it", () => {
    assert.deepEqual(
      [
        "operation error S3: ListObjectsV2, exceeded maximum number of attempts, 3, StatusCode: 503, api error SlowDown",
        "exceeded maximum number of attempts, 3, Probable clock skew error, api error RequestTimeTooSkewed",
        "api error ExpiredToken: the provided token has expired",
        "StatusCode: 301, api error PermanentRedirect",
        "api error NoSuchBucket: the specified bucket does not exist",
        "dial tcp: connection refused",
      ].map(named),
      [
        "vault-throttled",
        "clock-off",
        "credential-expires",
        "vault-wrong-region",
        "vault-copy-missing",
        "vault-unavailable",
      ],
    );
  });
});

describe("no backup", () => {
  it("can be deleted or written with what a recovery is given", () => {
    const actions = copyReader({ ...scopeOf(PROD.settings), region: "eu-central-1" }, "eu-west-1").flatMap(
      (one) => one.actions,
    );
    assert.deepEqual(
      actions.filter((action) => !/^(s3:(Get|List)|kms:(Decrypt|DescribeKey)$)/.test(action)),
      [],
    );
    const resources = copyReader({ ...scopeOf(PROD.settings), region: "eu-central-1" }, "eu-west-1").flatMap(
      (one) => one.resources,
    );
    assert.ok(resources.includes("arn:aws:s3:::acme-shop-prod-eu-west-1-backups-copy/*"));
  });

  it("is what a rehearsal would come up with, under names of its own", () => {
    const settings = onAws(readSettings("prod-rehearsal", rehearsalSettings(PROD.settings, LOSS)));
    assert.equal(settings.edge.host, "rehearsal-api.example.com");
    assert.deepEqual(settings.delivery, { by: "pulumi" }, "nothing is pushed to a repository of production's");
    assert.equal(settings.protection.mode, "disposable");
    assert.deepEqual(settings.backup.lock, { mode: "compliance", for: "30 days" });
  });
});
