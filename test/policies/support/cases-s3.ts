/** Buckets, with everything that must stand beside one. */
import { cloud, type Case } from "./case";
import { resource, type Fields, type Sample } from "./samples";

const deny = (condition: Fields): Fields => ({ Effect: "Deny", Principal: "*", Action: "s3:*", Condition: condition });
const PLAIN = deny({ Bool: { "aws:SecureTransport": "false" } });
const OLD = deny({ NumericLessThan: { "s3:TlsVersion": "1.2" } });
const policyOf = (...statements: readonly Fields[]): Fields => ({ policy: JSON.stringify({ Statement: statements }) });

const CLOSED = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const KEYED = { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true };
const REPLICATED = {
  rules: [{ status: "Enabled", destination: { encryptionConfiguration: { replicaKmsKeyId: "arn:aws:kms:other" } } }],
};

type Parts = Readonly<Record<string, readonly [type: string, props: Fields]>>;

const PARTS: Parts = {
  block: ["bucketPublicAccessBlock:BucketPublicAccessBlock", CLOSED],
  owner: ["bucketOwnershipControls:BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }],
  key: ["bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", { rules: [KEYED] }],
  versions: ["bucketVersioning:BucketVersioning", { versioningConfiguration: { status: "Enabled" } }],
  policy: ["bucketPolicy:BucketPolicy", policyOf(PLAIN, OLD)],
  tidy: [
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    { rules: [{ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }] },
  ],
  log: ["bucketLogging:BucketLogging", { targetBucket: "logs" }],
  lock: [
    "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    { rule: { defaultRetention: { mode: "COMPLIANCE" } } },
  ],
  copy: ["bucketReplicationConfig:BucketReplicationConfig", REPLICATED],
};

/** A bucket of backups and what it needs beside it. */
const bucket = (name: string, parts: Parts, props: Fields = {}): readonly Sample[] => [
  resource("aws:s3/bucket:Bucket", name, { tags: { content: "backups" }, ...props }, { protect: true }),
  ...Object.entries(parts).map(([part, [type, fields]]) =>
    resource(`aws:s3/${type}`, `${name}-${part}`, fields, { uses: { bucket: name } }),
  ),
];

const without = (left: string): Parts => Object.fromEntries(Object.entries(PARTS).filter(([part]) => part !== left));

const missing = (rule: string, left: string): Case => ({
  rule,
  passes: bucket(rule, PARTS),
  fails: bucket(rule, without(left)),
  path: "bucket",
  message: "nothing beside this bucket says so",
});

/** One part says less than it should. */
const weak = (rule: string, part: string, props: Fields, [path, message]: readonly [string, string]): Case => ({
  rule,
  passes: bucket(rule, PARTS),
  fails: bucket(rule, { ...PARTS, [part]: [PARTS[part]?.[0] ?? "", props] }),
  path,
  message,
});

export const S3_CASES: readonly Case[] = [
  missing("cloud-s3-public-access-blocked", "block"),
  missing("cloud-s3-no-acls", "owner"),
  weak(
    "cloud-s3-encrypted",
    "key",
    { rules: [{ ...KEYED, applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    ["rules", "no key of ours"],
  ),
  weak("cloud-s3-bucket-key", "key", { rules: [{ ...KEYED, bucketKeyEnabled: false }] }, [
    "rules[0].bucketKeyEnabled",
    "wants true, got a boolean",
  ]),
  missing("cloud-s3-versioned", "versions"),
  missing("cloud-s3-lifecycle", "tidy"),
  missing("cloud-s3-logged", "log"),
  weak("cloud-s3-tls-only", "policy", policyOf(OLD), ["policy", "requests without TLS are not denied"]),
  weak("tls-s3-version", "policy", policyOf(PLAIN), ["policy", "requests with less than TLS 1.2 are not denied"]),
  cloud(
    "cloud-s3-no-public-policy",
    "aws:s3/bucketPolicy:BucketPolicy",
    [policyOf(PLAIN), policyOf({ Effect: "Allow", Principal: "*", Action: "s3:GetObject" })],
    ["policy", "one statement lets everybody in"],
  ),
  {
    rule: "cloud-s3-no-force-destroy",
    passes: bucket("kept", PARTS),
    fails: bucket("kept", PARTS, { forceDestroy: true }),
    path: "forceDestroy",
    message: "it goes with everything in it",
  },
  missing("cloud-backup-locked", "lock"),
  missing("cloud-backup-replicated", "copy"),
];
