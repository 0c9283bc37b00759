/**
 * What breaks when regions are recreated in practice, as faults that can be injected: each is found before the loss, by a
 * rule of the assessment, or survived, by how the recovery is made. Evidence: issues where it happened to others.
 */
import { type Observed } from "./assessment";

interface Known {
  readonly name: string;
  readonly title: string;
  readonly evidence: string;
  readonly by: string;
}

/** Injected into what is observed, it must raise exactly this blocker. */
export interface Detected extends Known {
  readonly met: "before the loss";
  readonly blocker: string;
  readonly inject: (sound: Observed) => Observed;
}

/** The recovery does not meet it; `test/drill/faults.test.ts` has the proof of each by name. */
export interface Survived extends Known {
  readonly met: "survived";
}

export type Fault = Detected | Survived;

const vault =
  (change: Partial<Observed["vault"]>) =>
  (sound: Observed): Observed => ({
    ...sound,
    vault: { ...sound.vault, ...change },
  });

export const FAULTS: readonly Fault[] = [
  {
    name: "regional-snapshots",
    title: "Snapshots of disks do not leave their region",
    evidence: "velero#103 (open since 2017), #194, #1129, #2107, #2334, #4799, #4500",
    met: "before the loss",
    by: "the rule `volume-stays`; schedules save files, and state in volumes alone has no path elsewhere and does not compile",
    blocker: "volume-stays",
    inject: (sound) => ({ ...sound, volumesWithoutCopy: ["StatefulSet data/sessions"] }),
  },
  {
    name: "wrong-bucket-region",
    title: "The location says another region than its bucket is in: S3 answers 301",
    evidence: "velero#6732 (open)",
    met: "before the loss",
    by: "the rule `vault-wrong-region`; the location is derived from the recovery stack's own region",
    blocker: "vault-wrong-region",
    inject: vault({ locationRegion: "eu-west-1" }),
  },
  {
    name: "issuer-bound-identity",
    title: "Restored service accounts name roles that trust the old cluster's issuer",
    evidence: "velero#5037",
    met: "before the loss",
    by: "the rule `identity-bound-to-issuer`; Pod Identity everywhere, and service accounts are not restored",
    blocker: "identity-bound-to-issuer",
    inject: (sound) => ({ ...sound, issuerBound: ["ServiceAccount velero/velero"] }),
  },
  {
    name: "webhooks-down",
    title: "Admission webhooks are called before they run",
    evidence: "velero#4959, #4526, docs PR #6092",
    met: "survived",
    by: "webhook configurations are not restored; controllers come from the program, before the data",
  },
  {
    name: "fixed-node-ports",
    title: "Services bring the old cluster's node ports",
    evidence: "velero#3419 (open), #6376, #2308",
    met: "survived",
    by: "Services are not restored: the program makes them",
  },
  {
    name: "dead-target-groups",
    title: "TargetGroupBindings are restored with dead ARNs",
    evidence: "velero#7387 (open)",
    met: "survived",
    by: "they are not restored: the controller makes them from the new Gateway",
  },
  {
    name: "certificate-owners",
    title: "Owners of certificates' requests are lost",
    evidence: "cert-manager/website#529",
    met: "survived",
    by: "CertificateRequests, Orders and Challenges are not restored",
  },
  {
    name: "two-owners",
    title: "Velero and the program both create an object",
    evidence: "known of server-side apply",
    met: "survived",
    by: "what the program declares is left alone by kind, and what exists is never replaced",
  },
  {
    name: "host-name-changes",
    title: "The load balancer gets another host name",
    evidence: "pulumi-kubernetes#1537, #1915 (open), #1649",
    met: "before the loss",
    by: "the rule `host-name-fixed`; alias records under our own names",
    blocker: "host-name-fixed",
    inject: (sound) => ({ ...sound, fixedHosts: ["ConfigMap order-service/order"] }),
  },
  {
    name: "orphaned-finalizers",
    title: "Finalizers are orphaned when their controller dies first",
    evidence: "aws-load-balancer-controller#1629, #921, #2014, #2117; terraform-provider-helm#474",
    met: "survived",
    by: "edge objects depend on their controller's chart, so it goes last; a lost region is never torn down from here",
  },
  {
    name: "reserved-names",
    title: "Names of deleted secrets and vaults stay reserved",
    evidence: "terraform-provider-aws#4467, #5445, #10259, #23998; pulumi-azure-native#1174 (open)",
    met: "before the loss",
    by: "the rule `name-taken`",
    blocker: "name-taken",
    inject: (sound) => ({ ...sound, takenNames: ["aws:kms/alias:Alias alias/shop-prod-eu-central-1-orders"] }),
  },
  {
    name: "copy-needs-key",
    title: "An encrypted copy needs a key of the other region that can be shared",
    evidence: "pbudzon/aws-maintenance#5, awslabs/aurora-snapshot-tool#25",
    met: "before the loss",
    by: "the rule `key-managed-by-cloud`; every store has a multi-Region key of its own",
    blocker: "key-managed-by-cloud",
    inject: (sound) => ({ ...sound, keys: { ...sound.keys, managedByCloud: ["auto-backup:ab-orders"] } }),
  },
  {
    name: "versioned-bucket-stays",
    title: "A versioned or locked bucket resists deletion",
    evidence: "pulumi-aws#1132 (fixed), aws-cdk#32147",
    met: "survived",
    by: "the vault of a stack that keeps its data is never deleted; a rehearsal's own is disposable and has no lock",
  },
  {
    name: "global-names",
    title: "Global names collide while the old region still exists",
    evidence: "known of IAM roles, buckets and DNS",
    met: "before the loss",
    by: "the rule `name-taken`; every physical name carries its region",
    blocker: "name-taken",
    inject: (sound) => ({ ...sound, takenNames: ["aws:iam/role:Role shop-prod-eu-central-1-velero"] }),
  },
  {
    name: "state-in-lost-region",
    title: "State or its secrets' key are in the lost region",
    evidence: "METR/hawk#766, pulumi#17022, #5074",
    met: "before the loss",
    by: "the rule `state-in-lost-region`; the drill takes the primary's state away, and the recovery does without",
    blocker: "state-in-lost-region",
    inject: (sound) => ({ ...sound, state: { ...sound.state, secretsRegion: sound.lost } }),
  },
  {
    name: "no-capacity",
    title: "The recovery region's quotas are too small",
    evidence: "an ElastiCache runbook of the UK's Ministry of Justice",
    met: "before the loss",
    by: "the rule `quota-too-small`",
    blocker: "quota-too-small",
    inject: (sound) => ({ ...sound, quotas: [{ what: "aws:ec2/eip:Eip", limit: 5, used: 4, needed: 3 }] }),
  },
  {
    name: "throttled",
    title: "S3 answers SlowDown",
    evidence: "known of prefixes with many small objects",
    met: "before the loss",
    by: "the rule `vault-throttled`",
    blocker: "vault-throttled",
    inject: vault({ throttled: true }),
  },
  {
    name: "half-written-backup",
    title: "A backup's copy has arrived in part",
    evidence: "replication promises an order of versions of one object, none between objects",
    met: "before the loss",
    by: "the rule `backup-half-written`",
    blocker: "backup-half-written",
    inject: vault({ halfWritten: ["daily/backups/drill"] }),
  },
  {
    name: "replication-behind",
    title: "The copy lags behind",
    evidence: "S3 replicates most objects within 15 minutes, and promises it only with replication time control",
    met: "before the loss",
    by: "the rule `replication-behind`",
    blocker: "replication-behind",
    inject: vault({ behind: 3 }),
  },
  {
    name: "credential-expires",
    title: "The credential expires in the middle",
    evidence: "role sessions last an hour by default",
    met: "before the loss",
    by: "the rule `credential-expires`",
    blocker: "credential-expires",
    inject: (sound) => ({ ...sound, credentialMinutes: 12 }),
  },
  {
    name: "clock-jumps",
    title: "The clock jumps",
    evidence: "AWS refuses signatures that are five minutes off",
    met: "before the loss",
    by: "the rule `clock-off`; durations of steps are never negative",
    blocker: "clock-off",
    inject: (sound) => ({ ...sound, clockSkew: -3_600 }),
  },
  {
    name: "controller-dies-mid-restore",
    title: "Velero dies in the middle of a restore",
    evidence: "velero#7761, #8276 (node agents evicted)",
    met: "survived",
    by: "an unfinished restore blocks by name; the next run makes another, and what exists stays as it is",
  },
];
