/** What makes a bucket of backups worth its name: nobody deletes from it before time, and another region has a copy. */
import type { PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import { perStack } from "../joins";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { wantsOneOf, wantsSet } from "./checks";
import { cloudJoin, type CloudFacts } from "./cloud-rule";
import { beside, BUCKETS } from "./cloud-s3";

/** Buckets that Velero's storage locations name. Argo CD may deliver those, so a tag says it too. */
const storageBuckets = perStack(
  (stack) =>
    new Set(
      stack
        .kind("velero.io", "BackupStorageLocation")
        .map(({ props }) => props.at("spec", "objectStorage", "bucket"))
        .flatMap((bucket) => (bucket.isKnown ? (bucket.text ?? []) : [])),
    ),
);

export const TAG = { key: "content", value: "backups" } as const;

function holdsBackups({ props }: PolicyObject, stack: Stack): boolean {
  const name = props.at("bucket");
  return props.at("tags", TAG.key).is(TAG.value) || (name.isKnown && storageBuckets(stack).has(name.text ?? ""));
}

const locked = (lock: Field): readonly Finding[] =>
  wantsOneOf(lock.at("rule", "defaultRetention", "mode"), "COMPLIANCE", "GOVERNANCE");

const replicated = (replication: Field): readonly Finding[] => {
  const rules = replication.at("rules");
  return [
    ...violatedIf(!rules.items.some((rule) => rule.at("status").is("Enabled")), rules, "no rule of it is enabled"),
    ...each(rules.items, (rule) =>
      wantsSet(
        rule.at("destination", "encryptionConfiguration", "replicaKmsKeyId"),
        "objects under a key of ours are not copied without a key over there",
      ),
    ),
  ];
};

const FACTS = { types: BUCKETS, severity: "critical", standards: [] } as const;

const backupRule = (
  facts: Omit<CloudFacts, keyof typeof FACTS>,
  types: readonly string[],
  check: typeof locked,
): Rule =>
  cloudJoin({ ...FACTS, ...facts }, (bucket, stack) =>
    holdsBackups(bucket, stack) ? beside(bucket, stack, types, check) : [],
  );

/** A copy in another region is where copies end. */
const isCopy = ({ props }: PolicyObject): boolean => props.at("region").isSet;

export const CLOUD_BACKUP_RULES: readonly Rule[] = [
  backupRule(
    {
      id: "cloud-backup-locked",
      title: "Nobody may delete a backup before its time.",
      why: "Whoever takes over the account, or its deployment, deletes backups first.",
      remedy: "set objectLockEnabled and add a BucketObjectLockConfiguration with a default retention",
      link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
    },
    ["bucketObjectLockConfiguration:BucketObjectLockConfiguration"],
    locked,
  ),
  cloudJoin(
    {
      ...FACTS,
      id: "cloud-backup-replicated",
      title: "Backups must be copied to another region, under a key that lives there.",
      why: "When the region is lost, so are backups that are only in it, and backups whose key is only in it.",
      remedy: "add a BucketReplicationConfig with an enabled rule and replicaKmsKeyId",
      link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
    },
    (bucket, stack) =>
      holdsBackups(bucket, stack) && !isCopy(bucket)
        ? beside(bucket, stack, ["bucketReplicationConfig:BucketReplicationConfig"], replicated)
        : [],
  ),
];
