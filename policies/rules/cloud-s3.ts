/** What every bucket must have beside it: in AWS these are resources of their own, joined by what they were computed from. */
import type { PolicyObject } from "../object";
import { each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { cloudJoin } from "./cloud-rule";
import { statements } from "./policy-document";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"] as const;
const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;
const GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html";

/** The companions of one type that name this bucket, by dependency or by the same known name. */
const companions = (bucket: PolicyObject, stack: Stack, ...types: readonly string[]): readonly PolicyObject[] =>
  types
    .flatMap((type) => stack.type(`aws:s3/${type}`))
    .filter((companion) => stack.sources(companion, "bucket").includes(bucket) || hasSameName(companion, bucket));

function hasSameName(companion: PolicyObject, bucket: PolicyObject): boolean {
  const [theirs, ours] = [companion.props.at("bucket"), bucket.props.at("bucket")];
  return theirs.isKnown && ours.isKnown && theirs.isSet && theirs.text === ours.text;
}

/** Every companion must hold; none at all is a violation of the bucket. */
function required(
  found: readonly PolicyObject[],
  bucket: PolicyObject,
  check: (props: Field) => readonly Finding[],
): readonly Finding[] {
  if (found.length === 0) return [violated(bucket.props.at("bucket"), "nothing beside this bucket says so")];
  return each(
    found.map(({ props }) => props),
    check,
  );
}

const publicBlock = (block: Field): readonly Finding[] =>
  each(
    BLOCKS.map((name) => block.at(name)),
    (flag) => violatedIf(!flag.is(true), flag, `wants true, got ${flag.shape}`),
  );

const usesKey = (encryption: Field): readonly Finding[] => {
  const rules = encryption
    .at("rules")
    .items.map((rule) => rule.at("applyServerSideEncryptionByDefault", "sseAlgorithm"));
  return violatedIf(
    !rules.some((algorithm) => (algorithm.text ?? "").startsWith("aws:kms")),
    encryption.at("rules"),
    "no key of ours",
  );
};

const deniesPlain = (policy: Field): readonly Finding[] =>
  violatedIf(
    !statements(policy.at("policy")).some(isPlainDenial),
    policy.at("policy"),
    "requests without TLS are not denied",
  );

/** Denies every action while `aws:SecureTransport` is false. */
function isPlainDenial(statement: Field): boolean {
  const flag = statement.at("Condition", "Bool", "aws:SecureTransport").text;
  const action = statement.at("Action");
  const everything =
    action.is("s3:*") || action.is("*") || action.items.some((item) => item.is("s3:*") || item.is("*"));
  return statement.at("Effect").is("Deny") && flag === "false" && everything;
}

const ENCRYPTION = [
  "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
] as const;
const VERSIONING = ["bucketVersioning:BucketVersioning", "bucketVersioningV2:BucketVersioningV2"] as const;

export const CLOUD_S3_RULES: readonly Rule[] = [
  cloudJoin(
    {
      id: "cloud-s3-public-access-blocked",
      types: BUCKETS,
      severity: "critical",
      standards: ["cis-aws"],
      title: "Every bucket must block public access in all four ways.",
      why: "One wrong policy or ACL later would publish what is in it.",
      remedy: "add a BucketPublicAccessBlock with all four flags true",
      link: GUIDE,
    },
    (bucket, stack) =>
      required(companions(bucket, stack, "bucketPublicAccessBlock:BucketPublicAccessBlock"), bucket, publicBlock),
  ),
  cloudJoin(
    {
      id: "cloud-s3-encrypted",
      types: BUCKETS,
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must be encrypted with a key of ours.",
      why: "Reading then takes the right to the key as well as to the bucket.",
      remedy: "add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and the key",
      link: GUIDE,
    },
    (bucket, stack) => required(companions(bucket, stack, ...ENCRYPTION), bucket, usesKey),
  ),
  cloudJoin(
    {
      id: "cloud-s3-versioned",
      types: BUCKETS,
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must keep old versions.",
      why: "An overwrite or deletion, by mistake or malice, can then be undone.",
      remedy: "add a BucketVersioning with status Enabled",
      link: GUIDE,
    },
    (bucket, stack) =>
      required(companions(bucket, stack, ...VERSIONING), bucket, (props) => {
        const status = props.at("versioningConfiguration", "status");
        return violatedIf(!status.is("Enabled"), status, `wants "Enabled", got ${status.shape}`);
      }),
  ),
  cloudJoin(
    {
      id: "cloud-s3-tls-only",
      types: BUCKETS,
      severity: "high",
      standards: ["cis-aws"],
      title: "Every bucket must deny requests without TLS.",
      why: "S3 still answers plain HTTP unless the bucket's policy denies it.",
      remedy: 'add a BucketPolicy that denies s3:* while "aws:SecureTransport" is "false"',
      link: GUIDE,
    },
    (bucket, stack) => required(companions(bucket, stack, "bucketPolicy:BucketPolicy"), bucket, deniesPlain),
  ),
];
