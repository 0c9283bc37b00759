/**
 * An encryption key of our own for one purpose, with its alias and, where data must be readable in another region, its
 * replica there. Its policy hands the account's administrators the key's administration and leaves use to whoever
 * holds a statement the key lends. Refuses the principal `*` and the action `kms:*`.
 */
import * as kms from "@pulumi/aws/kms";
import type * as pulumi from "@pulumi/pulumi";
import { type Child, type Children, Component } from "../component";
import { type Conditions, policyDocument, type ResourceStatement, type Statement } from "../identity/statement";
import { arn, globalArn, physicalName, type Scope } from "../names";
import { type Protection, protectionOptions, RETAIN } from "../protection";

export interface KeyArgs {
  readonly scope: Scope;
  /** What it encrypts: part of its alias, and shown in the console. */
  readonly purpose: string;
  /**
   * AWS services that use it by themselves, each bounded to what it may encrypt.
   * @default - none: only those who hold a statement of this key
   */
  readonly services?: readonly KeyService[];
  /**
   * Region in which the same key must be usable. Decide before the key is made: a key cannot become a multi-Region one.
   * @default - this region only
   */
  readonly replicaRegion?: string;
  /**
   * Whether it can be given a replica later, as the key of a region that stands in for a lost one. It costs the same.
   * @default - only where it has one from the beginning
   */
  readonly multiRegion?: boolean;
  /** What is encrypted is lost with its key: a key is kept as long as its data. @default retain */
  readonly protection?: Protection;
}

/** A key of another region with the same material: what it decrypts, the other decrypts. */
export interface KeyReplica {
  readonly region: string;
  readonly arn: pulumi.Output<string>;
}

/** A service that encrypts with the key on its own behalf. */
export interface KeyService {
  /** Its principal, such as `logs.eu-central-1.amazonaws.com`. */
  readonly principal: string;
  /** What it may use the key for. */
  readonly when: NonNullable<ResourceStatement["conditions"]>;
}

export class Key extends Component {
  readonly arn: pulumi.Output<string>;
  /** `alias/shop-prod-eu-central-1-volumes`: known before the key exists, so that manifests may carry it. */
  readonly alias: string;
  /** ARN of the alias, which Kubernetes storage classes take for the key. */
  readonly aliasArn: string;
  /** The same key in the other region, when there is one. */
  readonly replica: KeyReplica | undefined;
  private readonly scope: Scope;

  constructor(name: string, args: KeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("keys:Key", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const key = createKey(child, args);
    this.alias = `alias/${physicalName("alias", args.scope, args.purpose)}`;
    createAlias(child("alias"), key, this.alias);
    this.arn = key.arn;
    this.aliasArn = arn(args.scope, "kms", this.alias);
    this.scope = args.scope;
    this.replica = createReplica(child, key, args, this.alias);
    this.registerOutputs({ arn: this.arn, alias: this.alias });
  }

  /** Read and write what is encrypted with it, through one AWS service only; there or in the replica's region. */
  use(service: "s3" | "ec2", region = this.scope.region): Statement {
    const via = { "kms:ViaService": `${service}.${region}.amazonaws.com` };
    return this.lend("UseKey", DATA_ACTIONS, { StringEquals: via }, region);
  }

  /** Use by a service that works with it directly, such as the control plane of a cluster. */
  useDirectly(): Statement {
    return this.lend("UseKey", [...DATA_ACTIONS, "kms:ListGrants"]);
  }

  /** Lets a service create grants for AWS resources: EBS volumes are encrypted through them. */
  grant(): Statement {
    const bounds = { Bool: { "kms:GrantIsForAWSResource": "true" } };
    return this.lend("GrantKey", ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], bounds);
  }

  /**
   * Names the key by its alias, not by its id: so what is lent is known before the key exists, and rules can judge it.
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
   */
  private lend(
    sid: string,
    actions: Statement["actions"],
    bounds: Conditions = {},
    region = this.scope.region,
  ): Statement {
    const resources = [arn({ ...this.scope, region }, "kms", "key/*")];
    const conditions = { ...bounds, "ForAnyValue:StringEquals": { "kms:ResourceAliases": this.alias } };
    return { sid, actions, resources, conditions };
  }
}

const DATA_ACTIONS = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:DescribeKey",
] as const;

/** Deleting a key deletes what it encrypted: the longest time AWS gives to notice. */
const DELETION_WINDOW_DAYS = 30;

function createKey(child: Children, args: KeyArgs): kms.Key {
  const [id, options] = child("key", protectionOptions(args.protection ?? RETAIN));
  return new kms.Key(
    id,
    {
      description: describe(args),
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      multiRegion: args.replicaRegion !== undefined || args.multiRegion === true,
      policy: policyDocument(planKeyPolicy(args.scope, args.services ?? [])),
    },
    options,
  );
}

function createAlias([id, options]: Child, key: kms.Key | kms.ReplicaKey, name: string, region?: string): void {
  const place = region === undefined ? {} : { region };
  new kms.Alias(id, { name, targetKeyId: key.keyId, ...place }, options);
}

function createReplica(child: Children, key: kms.Key, args: KeyArgs, alias: string): KeyReplica | undefined {
  const { replicaRegion: region, protection = RETAIN } = args;
  if (region === undefined) return undefined;
  const [id, options] = child("replica", protectionOptions(protection));
  const policy = policyDocument(planKeyPolicy(args.scope, []));
  const life = { deletionWindowInDays: DELETION_WINDOW_DAYS, description: `${describe(args)}, replica` };
  const replica = new kms.ReplicaKey(id, { primaryKeyArn: key.arn, region, policy, ...life }, options);
  createAlias(child("replica-alias"), replica, alias, region);
  return { region, arn: replica.arn };
}

const describe = ({ scope, purpose }: KeyArgs): string => `${scope.system} ${scope.stage}: ${purpose}`;

/** Who may do what with a key, as data. */
export const planKeyPolicy = (scope: Scope, services: readonly KeyService[]): readonly ResourceStatement[] => [
  delegated(scope, "Administer", ADMINISTRATION),
  delegated(scope, "UseByPermission", [...DATA_ACTIONS, "kms:ListGrants"]),
  {
    ...delegated(scope, "GrantByPermission", ["kms:CreateGrant", "kms:RevokeGrant"]),
    conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
  },
  ...services.map(({ principal, when }, index) => ({
    sid: `Service${index + 1}`,
    principals: { Service: principal },
    actions: DATA_ACTIONS,
    resources: ["*"],
    conditions: when,
  })),
];

/** Principal `root` means: whoever the account's own policies allow. Without it a key can become unmanageable. */
const delegated = (scope: Scope, sid: string, actions: Statement["actions"]): ResourceStatement => ({
  sid,
  principals: { AWS: globalArn(scope, "iam", "root") },
  actions,
  resources: ["*"],
});

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, key administrators */
const ADMINISTRATION = [
  "kms:DescribeKey",
  "kms:GetKeyPolicy",
  "kms:PutKeyPolicy",
  "kms:ListKeyPolicies",
  "kms:GetKeyRotationStatus",
  "kms:EnableKeyRotation",
  "kms:DisableKeyRotation",
  "kms:RotateKeyOnDemand",
  "kms:ListKeyRotations",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
  "kms:ReplicateKey",
  "kms:CreateAlias",
  "kms:UpdateAlias",
  "kms:DeleteAlias",
  "kms:ListAliases",
  "kms:ListResourceTags",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
] as const;

/** CloudWatch Logs, for the log groups of this stack's account and region. */
export const logService = (scope: Scope): KeyService => ({
  principal: `logs.${scope.region}.amazonaws.com`,
  when: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn(scope, "logs", "log-group:*") } },
});
