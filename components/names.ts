/**
 * Physical names and tags. Every name a cloud sees comes from one function with a length limit per kind; what is too long
 * is cut and given a hash of the whole, so that two long names never meet. Names carry the region because IAM roles,
 * buckets and the like are global: while the old region still exists, its names are taken.
 */
import { createHash } from "node:crypto";

/** Where and for whom a stack builds. Plain settings: nothing here is looked up. */
export interface Scope {
  /** Short name of the organisation; makes bucket names unique among all customers of the cloud. */
  readonly organisation: string;
  readonly system: string;
  /** `dev`, `prod`. */
  readonly stage: string;
  /** Region the stack builds in, such as `eu-central-1` or `westeurope`. */
  readonly region: string;
  /** Whether this region serves (`primary`) or stands in for a lost one (`recovery`). */
  readonly regionRole: "primary" | "recovery";
  /** What owns everything: an AWS account, as twelve digits, or an Azure subscription's id. */
  readonly account: string;
  /** ARN partition. @default "aws" */
  readonly partition?: "aws" | "aws-cn" | "aws-us-gov";
  /** Team that answers for the resources; a mandatory tag. */
  readonly owner: string;
  /** Where the cost is booked; a mandatory tag. */
  readonly costCentre: string;
}

/**
 * Longest name of each kind.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and each service's API reference
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules
 */
const LIMITS = {
  role: 64,
  bucket: 63,
  cluster: 100,
  nodeGroup: 63,
  launchTemplate: 128,
  database: 63,
  cache: 40,
  cacheUser: 40,
  group: 255,
  webAcl: 128,
  alias: 250,
  log: 512,
  resourceGroup: 90,
  virtualNetwork: 64,
  natGateway: 80,
  networkGroup: 80,
  privateEndpoint: 64,
  managedCluster: 63,
  managedIdentity: 128,
  diskEncryptionSet: 80,
  workspace: 63,
  collectionRule: 64,
} as const;

export type NameKind = keyof typeof LIMITS;

/** The physical name of what serves one purpose in a stack: `shop-prod-eu-central-1-velero`. */
export const physicalName = (kind: NameKind, scope: Scope, purpose: string): string =>
  fit(`${scope.system}-${scope.stage}-${scope.region}-${purpose}`, LIMITS[kind]);

/** A bucket's name: unique in the world, and known before anything exists, so that manifests may carry it. */
export const bucketName = (scope: Scope, purpose: string): string =>
  fit(`${scope.organisation}-${scope.system}-${scope.stage}-${scope.region}-${purpose}`, LIMITS.bucket);

/**
 * Names Azure keeps unique in the world and short: of a key vault (letters, digits, hyphens), a registry, a storage account
 * (lower-case letters and digits), a database server and a Redis cluster. The organisation begins them, as it does a bucket's.
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules
 */
const WORLD_LIMITS = { keyVault: 24, registry: 50, storageAccount: 24, databaseServer: 63, redisCluster: 60 } as const;

/** Unique in the world, and known before anything exists. Always ends in a hash: what is cut from a short name is the same for many. */
export function worldName(kind: keyof typeof WORLD_LIMITS, scope: Scope, purpose: string): string {
  const whole = `${scope.organisation}-${scope.system}-${scope.stage}-${scope.region}-${purpose}`;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  const head = `${scope.organisation}${scope.system}${scope.stage}${purpose}`.replaceAll("-", "");
  return `${head.slice(0, WORLD_LIMITS[kind] - digest.length)}${digest}`;
}

/** The name itself, or its head and eight digits of a hash of all of it. */
export function fit(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, limit - 9).replace(/-+$/, "")}-${digest}`;
}

/** Builds an ARN of this stack's account and region. */
export const arn = (scope: Scope, service: string, resource: string): string =>
  `arn:${scope.partition ?? "aws"}:${service}:${scope.region}:${scope.account}:${resource}`;

/** Builds an ARN of a service that knows neither region nor, mostly, account: `arn:aws:iam::123456789012:role/x`. */
export const globalArn = (scope: Scope, service: string, resource: string, account = scope.account): string =>
  `arn:${scope.partition ?? "aws"}:${service}::${account}:${resource}`;

/**
 * Tags every resource must carry. They belong into the provider's default tags, and once more wherever a controller or
 * service creates resources that the provider never sees: nodes and their volumes, load balancers, persistent volumes.
 */
export const mandatoryTags = (scope: Scope): Readonly<Record<MandatoryTag, string>> => ({
  system: scope.system,
  stage: scope.stage,
  "region-role": scope.regionRole,
  owner: scope.owner,
  "cost-centre": scope.costCentre,
  "managed-by": "pulumi",
});

export const MANDATORY_TAGS = ["system", "stage", "region-role", "owner", "cost-centre", "managed-by"] as const;
export type MandatoryTag = (typeof MANDATORY_TAGS)[number];
