/**
 * A private bucket: encrypted, versioned, owned by its account alone, reached by TLS only, tidied up by rules. Everything
 * that needs a bucket makes it here. Refuses public access in any form, and plain HTTP.
 */
import * as s3 from "@pulumi/aws/s3";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { policyDocument, type ResourceStatement } from "../identity/statement";
import { globalArn, type Scope } from "../names";
import { keeps, type Protection, protectionOptions, RETAIN } from "../protection";

/** Nobody, not even an administrator (`compliance`), deletes an object's version before its time. */
export interface ObjectLock {
  readonly mode: "governance" | "compliance";
  readonly days: number;
}

export interface BucketArgs {
  readonly scope: Scope;
  /** Physical name, from `bucketName`. */
  readonly name: string;
  /**
   * Key of ours, or S3's own. Load balancers can write their logs only to buckets with S3's own.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
   */
  readonly encryption: { readonly by: "key"; readonly key: pulumi.Input<string> } | { readonly by: "s3" };
  /** Days until a replaced or deleted version is removed for good. */
  readonly oldVersionDays: number;
  /** Days until an object is deleted. @default - never */
  readonly expireDays?: number;
  /** Decide before the bucket is made: a lock can never be removed from it. @default - none */
  readonly lock?: ObjectLock;
  /** Who else may do something with it, such as a service that writes logs. @default - nobody */
  readonly grants?: readonly ResourceStatement[];
  /** Region other than the stack's. @default - the stack's */
  readonly region?: string;
  /** What is in it, as a tag: the policies ask more of backups than of other things. @default - no tag */
  readonly content?: "backups";
  /** @default retain */
  readonly protection?: Protection;
}

export class Bucket extends Component {
  /** Physical name, known before the bucket exists. */
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly region: string;
  /** The name as an output: what depends on the bucket takes this one. */
  readonly id: pulumi.Output<string>;
  /** What must exist before objects are written. */
  readonly ready: readonly pulumi.Resource[];
  /** What must exist before objects are replicated from or to it. */
  readonly versioning: pulumi.Resource;

  constructor(name: string, args: BucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("storage:Bucket", name, options);
    const child: Children = (role, more) => this.child(role, more);
    this.bucketName = args.name;
    this.bucketArn = globalArn(args.scope, "s3", args.name, "");
    this.region = args.region ?? args.scope.region;
    const bucket = createBucket(child, args);
    const part: Part = { child, args, bucket, place: placeOf(args) };
    const versioning = createVersioning(part);
    this.versioning = versioning;
    this.id = bucket.bucket;
    this.ready = [
      versioning,
      createEncryption(part),
      createPublicBlock(part),
      createOwnership(part),
      createPolicy(part, this.bucketArn),
      createLifecycle(part),
      ...createLock(part, versioning),
    ];
    this.registerOutputs({ name: this.id });
  }
}

/** What every part of a bucket is made from. */
interface Part {
  readonly child: Children;
  readonly args: BucketArgs;
  readonly bucket: s3.Bucket;
  readonly place: { readonly region?: string };
}

const placeOf = ({ region }: BucketArgs) => (region === undefined ? {} : { region });

function createBucket(child: Children, args: BucketArgs): s3.Bucket {
  const protection = args.protection ?? RETAIN;
  const [id, options] = child("bucket", protectionOptions(protection));
  const locked = args.lock === undefined ? {} : { objectLockEnabled: true };
  const tags = args.content === undefined ? {} : { tags: { content: args.content } };
  const shape = { bucket: args.name, forceDestroy: !keeps(protection), ...locked, ...tags, ...placeOf(args) };
  return new s3.Bucket(id, shape, options);
}

function createVersioning({ child, bucket, place }: Part): s3.BucketVersioning {
  const [id, options] = child("versioning");
  const versioningConfiguration = { status: "Enabled" };
  return new s3.BucketVersioning(id, { bucket: bucket.id, versioningConfiguration, ...place }, options);
}

/** With a bucket key, S3 asks KMS once for many objects: a backup of many small files would be dear otherwise. */
function createEncryption({ child, bucket, place, args: { encryption } }: Part): pulumi.Resource {
  const [id, options] = child("encryption");
  const rule =
    encryption.by === "s3"
      ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
      : {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: encryption.key },
          bucketKeyEnabled: true,
        };
  return new s3.BucketServerSideEncryptionConfiguration(id, { bucket: bucket.id, rules: [rule], ...place }, options);
}

function createPublicBlock({ child, bucket, place }: Part): pulumi.Resource {
  const [id, options] = child("public-block");
  const closed = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  };
  return new s3.BucketPublicAccessBlock(id, { bucket: bucket.id, ...closed, ...place }, options);
}

function createOwnership({ child, bucket, place }: Part): pulumi.Resource {
  const [id, options] = child("ownership");
  const rule = { objectOwnership: "BucketOwnerEnforced" };
  return new s3.BucketOwnershipControls(id, { bucket: bucket.id, rule, ...place }, options);
}

function createPolicy({ child, bucket, place, args }: Part, bucketArn: string): pulumi.Resource {
  const [id, options] = child("policy");
  const policy = policyDocument([...tlsOnly(bucketArn), ...(args.grants ?? [])]);
  return new s3.BucketPolicy(id, { bucket: bucket.id, policy, ...place }, options);
}

/** Denials hold for everyone, so the principal is everyone. */
export const tlsOnly = (bucketArn: string): readonly ResourceStatement[] => {
  const everything = { effect: "Deny", principals: { AWS: "*" }, actions: ["s3:*"] } as const;
  const resources = [bucketArn, `${bucketArn}/*`];
  return [
    { sid: "DenyPlain", ...everything, resources, conditions: { Bool: { "aws:SecureTransport": "false" } } },
    { sid: "DenyOldTls", ...everything, resources, conditions: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
};

/** What an aborted upload leaves behind is invisible, and charged for. */
const ABORT_AFTER_DAYS = 7;

function createLifecycle({ child, bucket, place, args }: Part): pulumi.Resource {
  const [id, options] = child("lifecycle");
  const expiration = args.expireDays === undefined ? { expiredObjectDeleteMarker: true } : { days: args.expireDays };
  const tidy = {
    id: "tidy",
    status: "Enabled",
    filter: { prefix: "" },
    expiration,
    noncurrentVersionExpiration: { noncurrentDays: args.oldVersionDays },
    abortIncompleteMultipartUpload: { daysAfterInitiation: ABORT_AFTER_DAYS },
  };
  return new s3.BucketLifecycleConfiguration(id, { bucket: bucket.id, rules: [tidy], ...place }, options);
}

function createLock({ child, bucket, place, args }: Part, versioning: s3.BucketVersioning): readonly pulumi.Resource[] {
  if (args.lock === undefined) return [];
  const [id, options] = child("lock", { dependsOn: [versioning] });
  const rule = { defaultRetention: { mode: args.lock.mode.toUpperCase(), days: args.lock.days } };
  const lock = { bucket: bucket.id, objectLockEnabled: "Enabled", rule, ...place };
  return [new s3.BucketObjectLockConfiguration(id, lock, options)];
}
