/** What every bucket must have beside it: in AWS these are resources of their own, joined by what they were computed from. */
import { companions } from "../joins";
import type { PolicyObject } from "../object";
import { each, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { wantsNotTrue, wantsOneOf, wantsSet, wantsTrue } from "./checks";
import { cloudJoin, cloudRule, type CloudFacts } from "./cloud-rule";
import { isEverybody, statements, texts } from "./policy-document";

export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"] as const;
const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;
const GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html";

const POLICY = ["bucketPolicy:BucketPolicy"] as const;
const ENCRYPTION = [
  "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
] as const;
const VERSIONING = ["bucketVersioning:BucketVersioning", "bucketVersioningV2:BucketVersioningV2"] as const;
const LIFECYCLE = [
  "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
] as const;

type Check = (props: Field) => readonly Finding[];

/** Every companion of these types must hold; a bucket without any is violated, one that may still get one undecided. */
export function beside(bucket: PolicyObject, stack: Stack, types: readonly string[], check: Check): readonly Finding[] {
  const names = [bucket.props.at("bucket")];
  const own = companions(bucket, stack, { types: types.map((type) => `aws:s3/${type}`), property: "bucket", names });
  if (own.found.length > 0)
    return each(
      own.found.map(({ props }) => props),
      check,
    );
  const at = bucket.props.at("bucket");
  return [own.open ? undecided(at, "waits for a bucket name that is not known yet") : violated(at, NOTHING)];
}

const NOTHING = "nothing beside this bucket says so";

const publicBlock = (block: Field): readonly Finding[] => BLOCKS.flatMap((name) => wantsTrue(block.at(name)));

const defaultsOf = (encryption: Field): readonly Field[] => encryption.at("rules").items;

const usesKey = (encryption: Field): readonly Finding[] =>
  violatedIf(
    !defaultsOf(encryption).some((rule) =>
      (rule.at("applyServerSideEncryptionByDefault", "sseAlgorithm").text ?? "").startsWith("aws:kms"),
    ),
    encryption.at("rules"),
    "no key of ours",
  );

/** Only where a key is asked at all. */
const usesBucketKey = (encryption: Field): readonly Finding[] =>
  each(defaultsOf(encryption), (rule) =>
    (rule.at("applyServerSideEncryptionByDefault", "sseAlgorithm").text ?? "").startsWith("aws:kms")
      ? wantsTrue(rule.at("bucketKeyEnabled"))
      : [],
  );

const allActions = (statement: Field): boolean =>
  texts(statement.at("Action")).some((action) => action.is("s3:*") || action.is("*"));

const denies = (policy: Field, isReason: (statement: Field) => boolean, message: string): readonly Finding[] =>
  violatedIf(
    !statements(policy.at("policy")).some(
      (statement) => statement.at("Effect").is("Deny") && allActions(statement) && isReason(statement),
    ),
    policy.at("policy"),
    message,
  );

const isPlain = (statement: Field): boolean =>
  texts(statement.at("Condition", "Bool", "aws:SecureTransport")).some(({ text }) => text === "false");

const isOldTls = (statement: Field): boolean =>
  Number(statement.at("Condition", "NumericLessThan", "s3:TlsVersion").text ?? 0) >= 1.2;

const abortsUploads = (lifecycle: Field): readonly Finding[] =>
  violatedIf(
    !lifecycle
      .at("rules")
      .items.some((rule) => rule.at("status").is("Enabled") && rule.at("abortIncompleteMultipartUpload").isSet),
    lifecycle.at("rules"),
    "parts of uploads that never ended are kept for ever",
  );

/** A condition may narrow everybody down to an account or an organisation. */
const publicStatement = (policy: Field): readonly Finding[] =>
  each(statements(policy), (statement) =>
    violatedIf(
      statement.at("Effect").is("Allow") && isEverybody(statement) && !statement.at("Condition").isSet,
      policy,
      "one statement lets everybody in",
    ),
  );

/** A rule over buckets: what must stand beside each, in which resources, and what those must say. */
const bucketRule = (facts: Omit<CloudFacts, "types" | "link">, types: readonly string[], check: Check): Rule =>
  cloudJoin(
    { ...facts, types: BUCKETS, link: GUIDE },
    (bucket, stack) => beside(bucket, stack, types, check),
    facts.id.startsWith("tls-") ? "tls" : "cloud",
  );

const ACCESS_RULES: readonly Rule[] = [
  bucketRule(
    {
      id: "cloud-s3-public-access-blocked",
      severity: "critical",
      standards: ["cis-aws"],
      title: "Every bucket must block public access in all four ways.",
      why: "One wrong policy or ACL later would publish what is in it.",
      remedy: "add a BucketPublicAccessBlock with all four flags true",
    },
    ["bucketPublicAccessBlock:BucketPublicAccessBlock"],
    publicBlock,
  ),
  bucketRule(
    {
      id: "cloud-s3-no-acls",
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every bucket must know no access control lists.",
      why: "Access is then said in one place, its policy, and objects of others are ours.",
      remedy: "add BucketOwnershipControls with objectOwnership BucketOwnerEnforced",
    },
    ["bucketOwnershipControls:BucketOwnershipControls"],
    (controls) => wantsOneOf(controls.at("rule", "objectOwnership"), "BucketOwnerEnforced"),
  ),
  cloudRule(
    {
      id: "cloud-s3-no-public-policy",
      types: POLICY.map((type) => `aws:s3/${type}`),
      severity: "critical",
      standards: ["cis-aws"],
      title: "No bucket's policy may let everybody in.",
      why: "It would be refused while public access is blocked, and take effect on the day it is not.",
      remedy: "name the principals, or narrow them by a condition",
      link: GUIDE,
    },
    ({ props }) => publicStatement(props.at("policy")),
  ),
  bucketRule(
    {
      id: "cloud-s3-tls-only",
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must deny requests without TLS.",
      why: "S3 still answers plain HTTP unless the bucket's policy denies it.",
      remedy: 'add a BucketPolicy that denies s3:* while "aws:SecureTransport" is "false"',
    },
    POLICY,
    (policy) => denies(policy, isPlain, "requests without TLS are not denied"),
  ),
  bucketRule(
    {
      id: "tls-s3-version",
      severity: "high",
      standards: [],
      title: "Every bucket must deny requests with less than TLS 1.2.",
      why: "The least that S3 accepts is S3's to choose; the bucket's policy makes it ours.",
      remedy: 'add to its BucketPolicy a denial of s3:* while "s3:TlsVersion" is less than "1.2"',
    },
    POLICY,
    (policy) => denies(policy, isOldTls, "requests with less than TLS 1.2 are not denied"),
  ),
];

const CONTENT_RULES: readonly Rule[] = [
  bucketRule(
    {
      id: "cloud-s3-encrypted",
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must be encrypted with a key of ours.",
      why: "Reading then takes the right to the key as well as to the bucket.",
      remedy: "add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and the key",
    },
    ENCRYPTION,
    usesKey,
  ),
  bucketRule(
    {
      id: "cloud-s3-bucket-key",
      severity: "low",
      standards: [],
      title: "A bucket that uses a key of ours must use a bucket key.",
      why: "Without one every object is a request to KMS, which has a quota and a price.",
      remedy: "set bucketKeyEnabled: true on the encryption rule",
    },
    ENCRYPTION,
    usesBucketKey,
  ),
  bucketRule(
    {
      id: "cloud-s3-versioned",
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must keep old versions.",
      why: "An overwrite or deletion, by mistake or malice, can then be undone.",
      remedy: "add a BucketVersioning with status Enabled",
    },
    VERSIONING,
    (props) => wantsOneOf(props.at("versioningConfiguration", "status"), "Enabled"),
  ),
  bucketRule(
    {
      id: "cloud-s3-lifecycle",
      severity: "medium",
      standards: [],
      title: "Every bucket must clean up uploads that never ended.",
      why: "Their parts are invisible, cost money, and hold data that nobody knows of.",
      remedy: "add a BucketLifecycleConfiguration with an enabled rule and abortIncompleteMultipartUpload",
    },
    LIFECYCLE,
    abortsUploads,
  ),
  bucketRule(
    {
      id: "cloud-s3-logged",
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every bucket must keep a log of its requests.",
      why: "After a leak the question is who read what.",
      remedy: "add a BucketLogging with a target bucket for logs",
    },
    ["bucketLogging:BucketLogging", "bucketLoggingV2:BucketLoggingV2"],
    (logging) => wantsSet(logging.at("targetBucket"), "no bucket to write to"),
  ),
  cloudRule(
    {
      id: "cloud-s3-no-force-destroy",
      types: BUCKETS,
      severity: "high",
      standards: [],
      title: "No bucket may be deleted together with what is in it.",
      why: "A destroy of the wrong stack would take everything, versions included.",
      remedy: "leave forceDestroy out, or false; empty the bucket deliberately before its stack goes",
      link: GUIDE,
    },
    ({ props }) => wantsNotTrue(props.at("forceDestroy"), "it goes with everything in it"),
  ),
];

export const CLOUD_S3_RULES: readonly Rule[] = [...ACCESS_RULES, ...CONTENT_RULES];
