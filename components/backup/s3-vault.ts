/**
 * Backups on S3: one bucket, encrypted with a key of its own, versioned, locked as the plan says, and copied to the
 * recovery region when there is one. Refuses to be emptied by `destroy` unless its protection is given up.
 */
import * as s3 from "@pulumi/aws/s3";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { createRole, type RoleWithPolicies, type Statement } from "../identity/statement";
import { Key, type KeyReplica } from "../keys/key";
import { bucketName, type Scope } from "../names";
import { keeps, type Protection, RETAIN } from "../protection";
import { Bucket } from "../storage/bucket";
import { type BackupPlan } from "./plan";
import { type Vault } from "./vault";

export interface S3VaultArgs {
  readonly scope: Scope;
  /** What it keeps: part of the bucket's and the key's names. @default "backups" */
  readonly purpose?: "backups" | "archive";
  /** From `planBackup`: lock and expiry follow from it. */
  readonly plan: Pick<BackupPlan, "lock" | "oldVersionDays">;
  /** Region that holds a copy of every backup, with its own copy of the key. @default - none: backups die with the region */
  readonly replicateTo?: string;
  /** @default retain */
  readonly protection?: Protection;
}

export class S3Vault extends Component implements Vault<Statement> {
  readonly bucketName: string;
  readonly region: string;
  readonly copy: Vault["copy"];
  readonly ready: readonly pulumi.Resource[];
  private readonly bucket: Bucket;
  private readonly key: Key;

  constructor(name: string, args: S3VaultArgs, options?: pulumi.ComponentResourceOptions) {
    super("backup:S3Vault", name, options);
    const child: Children = (role, more) => this.child(role, more);
    this.key = createKey(this, child, args);
    this.bucket = createBucket(this, child, args, { name: bucketName(args.scope, purposeOf(args)), key: this.key.arn });
    const copy = createCopy(this, child, args, this.key.replica);
    if (copy !== undefined) createReplication(child, args, { from: this.bucket, key: this.key, ...copy });
    this.bucketName = this.bucket.bucketName;
    this.region = args.scope.region;
    this.copy = copy === undefined ? undefined : { bucketName: copy.to.bucketName, region: copy.to.region };
    this.ready = this.bucket.ready;
    this.registerOutputs({ bucket: this.bucket.id });
  }

  reader(): readonly Statement[] {
    return [
      lists(this.bucket),
      objects(this.bucket, "ReadBackups", ["s3:GetObject", "s3:GetObjectVersion"]),
      this.useKey(),
    ];
  }

  writer(): readonly Statement[] {
    return [lists(this.bucket), objects(this.bucket, "KeepBackups", WRITER_ACTIONS), this.useKey()];
  }

  private useKey(): Statement {
    return this.key.use("s3");
  }
}

const WRITER_ACTIONS = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:DeleteObject",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
] as const;

const lists = ({ bucketArn }: Bucket): Statement => ({
  sid: "ListBackups",
  actions: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
  resources: [bucketArn],
});

const objects = ({ bucketArn }: Bucket, sid: string, actions: Statement["actions"]): Statement => ({
  sid,
  actions,
  resources: [`${bucketArn}/*`],
});

const purposeOf = ({ purpose = "backups" }: S3VaultArgs): string => purpose;

function createKey(parent: S3Vault, child: Children, args: S3VaultArgs): Key {
  const { scope, replicateTo, protection = RETAIN } = args;
  const replica = replicateTo === undefined ? {} : { replicaRegion: replicateTo };
  const shape = { scope, purpose: purposeOf(args), protection, multiRegion: keeps(protection), ...replica };
  return new Key(child("key")[0], shape, { parent });
}

interface BucketParts {
  readonly name: string;
  readonly key: pulumi.Input<string>;
  readonly region?: string;
}

function createBucket(parent: S3Vault, child: Children, args: S3VaultArgs, { name, key, region }: BucketParts): Bucket {
  const { scope, plan, protection = RETAIN } = args;
  const shape = {
    scope,
    name,
    content: "backups" as const,
    encryption: { by: "key", key } as const,
    oldVersionDays: plan.oldVersionDays,
    protection,
    ...(plan.lock === undefined ? {} : { lock: plan.lock }),
    ...(region === undefined ? {} : { region }),
  };
  return new Bucket(child(region === undefined ? "store" : "copy")[0], shape, { parent });
}

interface Copy {
  readonly to: Bucket;
  readonly replica: KeyReplica;
}

/** Named after its own region, so that it neither meets the original nor a stack that will live there. */
function createCopy(parent: S3Vault, child: Children, args: S3VaultArgs, replica?: KeyReplica): Copy | undefined {
  if (replica === undefined) return undefined;
  const name = bucketName(args.scope, `${purposeOf(args)}-copy`);
  return { to: createBucket(parent, child, args, { name, key: replica.arn, region: replica.region }), replica };
}

interface Replication extends Copy {
  readonly from: Bucket;
  readonly key: Key;
}

function createReplication(child: Children, args: S3VaultArgs, replication: Replication): void {
  const { from, to, replica } = replication;
  const role = createReplicationRole(child, args, replication);
  const [id, options] = child("replication", { dependsOn: [from.versioning, to.versioning, ...role.policies] });
  const rule = {
    id: "everything",
    status: "Enabled",
    priority: 1,
    filter: { prefix: "" },
    deleteMarkerReplication: { status: "Enabled" }, // expired backups expire there, too
    sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
    destination: { bucket: to.bucketArn, encryptionConfiguration: { replicaKmsKeyId: replica.arn } },
  };
  new s3.BucketReplicationConfig(id, { bucket: from.id, role: role.role.arn, rules: [rule] }, options);
}

function createReplicationRole(child: Children, { scope }: S3VaultArgs, parts: Replication): RoleWithPolicies {
  const { from, to, key, replica } = parts;
  return createRole(child, "replication-role", scope, {
    service: "s3.amazonaws.com",
    trustedWhen: { StringEquals: { "aws:SourceAccount": scope.account } },
    description: "Copies backups to the recovery region",
    statements: [
      { sid: "ReadSource", actions: SOURCE_ACTIONS, resources: [from.bucketArn] },
      { sid: "ReadVersions", actions: VERSION_ACTIONS, resources: [`${from.bucketArn}/*`] },
      { sid: "WriteCopy", actions: COPY_ACTIONS, resources: [`${to.bucketArn}/*`] },
      { ...key.use("s3"), sid: "Decrypt", actions: ["kms:Decrypt"] },
      {
        ...key.use("s3", replica.region),
        sid: "Encrypt",
        actions: ["kms:Encrypt", "kms:GenerateDataKey"],
      },
    ],
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
const SOURCE_ACTIONS = ["s3:GetReplicationConfiguration", "s3:ListBucket"] as const;
const VERSION_ACTIONS = [
  "s3:GetObjectVersionForReplication",
  "s3:GetObjectVersionAcl",
  "s3:GetObjectVersionTagging",
  "s3:GetObjectRetention",
  "s3:GetObjectLegalHold",
] as const;
const COPY_ACTIONS = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"] as const;
