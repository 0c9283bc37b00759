/** S3. A bucket's name is taken in the whole world; its settings are objects that go with it. */
import { follows, weak, type Minting, type TypeRow, type TypeTable } from "../types";
import { ROLE } from "./iam";
import { input } from "./identifiers";
import { keyRef } from "./keys";

export const BUCKET = "aws:s3/bucket:Bucket";

/** One setting of a bucket, at most one of each kind. */
const setting = (row: Partial<TypeRow>): TypeRow => ({
  checks: "checked",
  id: input("bucket"),
  forceNew: ["bucket", "expectedBucketOwner"],
  unique: [{ in: "region", by: ["bucket"] }],
  ...row,
  refs: { bucket: follows(BUCKET), ...row.refs },
});

const ON_OFF = ["Enabled", "Disabled"];

export const s3Types: TypeTable = {
  [BUCKET]: {
    checks: "checked",
    id: input("bucket"),
    arn: ({ partition, id }) => `arn:${partition}:s3:::${id}`,
    name: { property: "bucket", prefix: "bucketPrefix", max: 56, lower: true },
    defaults: { forceDestroy: false },
    outputs: (m) => ({
      ...{ bucketDomainName: `${m.id}.s3.amazonaws.com`, bucketRegion: m.region, hostedZoneId: "Z1BKCTXD74EZPE" },
      ...{ bucketRegionalDomainName: `${m.id}.s3.${m.region}.amazonaws.com`, websiteDomain: "", websiteEndpoint: "" },
      ...{ objectLockEnabled: false, requestPayer: "BucketOwner", bucketNamespace: "global", acl: "private" },
    }),
    forceNew: ["bucket", "bucketPrefix", "objectLockEnabled", "bucketNamespace"],
    valid: { bucket: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ },
    unique: [{ in: "world", by: ["bucket"] }],
    quota: { limit: 10_000, code: "TooManyBuckets" },
    keeps: ({ id, contents, properties }) =>
      contents > 0 && properties["forceDestroy"] !== true
        ? `BucketNotEmpty: bucket ${id} holds ${contents} objects or versions: empty it, or set forceDestroy`
        : undefined,
  },
  "aws:s3/bucketVersioning:BucketVersioning": setting({
    valid: { "versioningConfiguration.status": ["Enabled", "Suspended", "Disabled"] },
    refuse: ({ inputs, find }) =>
      suspendProblem(inputs, find(BUCKET, inputs["bucket"])?.properties["objectLockEnabled"]),
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting({
    forceNew: ["bucket"],
    defaults: {
      blockPublicAcls: false,
      blockPublicPolicy: false,
      ignorePublicAcls: false,
      restrictPublicBuckets: false,
    },
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting({
    refs: { "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId": keyRef },
    valid: { "rules[].applyServerSideEncryptionByDefault.sseAlgorithm": ["AES256", "aws:kms", "aws:kms:dsse"] },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": setting({ forceNew: ["bucket"], valid: { policy: "json" } }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting({
    outputs: () => ({ expectedBucketOwner: "", transitionDefaultMinimumObjectSize: "all_storage_classes_128K" }),
    valid: { "rules[].status": ON_OFF },
  }),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": setting({
    defaults: { objectLockEnabled: "Enabled" },
    forceNew: ["bucket", "expectedBucketOwner", "objectLockEnabled"],
    valid: { "rule.defaultRetention.mode": ["COMPLIANCE", "GOVERNANCE"] },
    refuse: (m) => needsVersioning(m, "InvalidBucketState: object lock"),
  }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": setting({
    forceNew: ["bucket"],
    refs: {
      role: weak(ROLE),
      "rules[].destination.bucket": weak(BUCKET),
      "rules[].destination.encryptionConfiguration.replicaKmsKeyId": keyRef,
    },
    valid: { role: "arn", "rules[].destination.bucket": "arn", "rules[].status": ON_OFF },
    refuse: (m) => needsVersioning(m, "InvalidRequest: replication"),
  }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting({
    forceNew: ["bucket"],
    valid: { "rule.objectOwnership": ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"] },
  }),
};

function suspendProblem(inputs: Minting["inputs"], locked: unknown): string | undefined {
  const wanted = JSON.stringify(inputs["versioningConfiguration"] ?? null);
  return locked === true && wanted.includes("Suspended")
    ? "InvalidBucketState: versioning of a bucket with object lock cannot be suspended"
    : undefined;
}

/** Object lock and replication both need versioning to be on. */
function needsVersioning({ inputs, all, find }: Minting, what: string): string | undefined {
  if (find(BUCKET, inputs["bucket"])?.properties["objectLockEnabled"] === true) return undefined;
  const settings = all("aws:s3/bucketVersioning:BucketVersioning").filter((one) => one.id === inputs["bucket"]);
  const on = settings.some(({ properties }) =>
    JSON.stringify(properties["versioningConfiguration"]).includes("Enabled"),
  );
  return on ? undefined : `${what} needs versioning on ${String(inputs["bucket"])} (dependsOn its BucketVersioning)`;
}
