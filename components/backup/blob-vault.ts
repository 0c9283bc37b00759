/**
 * Backups or archives on Azure: one storage account, encrypted with a key of its own, versioned, with deleted blobs kept for a while,
 * reached by private address and by role only. Refuses shared keys, public access and TLS before 1.2. No immutability:
 * Velero rewrites its own files, which an immutable container would not let it. What is copied to the pair can be read there
 * at any time, so a lost region need not be declared lost first.
 */
import * as services from "@pulumi/azure-native/storage/blobServiceProperties";
import * as containers from "@pulumi/azure-native/storage/blobContainer";
import * as policies from "@pulumi/azure-native/storage/managementPolicy";
import * as accounts from "@pulumi/azure-native/storage/storageAccount";
import * as storageTypes from "@pulumi/azure-native/types/enums/storage";
import type * as pulumi from "@pulumi/pulumi";
import { days, type Duration } from "../../graph/units";
import { createManagedIdentity } from "../cluster/workload-identity";
import { type Children, Component } from "../component";
import { grantAll, type RoleGrant } from "../identity/azure-roles";
import { type KeyVault } from "../keys/key-vault";
import { type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type PrivateEndpoints } from "../network/private-endpoints";
import { type Protection, protectionOptions } from "../protection";
import { blobAccount, type BlobPurpose } from "./blob-names";
import { type Vault } from "./vault";

export interface BlobVaultArgs {
  readonly scope: Scope;
  /** What it keeps: part of its name, its container's and its key's. @default "backups" */
  readonly purpose?: BlobPurpose;
  readonly place: AzurePlace;
  /** Has a key for the purpose. */
  readonly keys: KeyVault;
  readonly endpoints: PrivateEndpoints;
  /** Copies in the region's zones, or in its pair as well. The pair gets them within minutes, without a promise. */
  readonly copies: "zones" | "pairedRegion";
  /** Name of the paired region, when copies are there. */
  readonly pair?: string | undefined;
  /** How long what was deleted or replaced can be brought back. */
  readonly undelete: Duration;
  readonly protection: Protection;
}

export class BlobVault extends Component implements Vault<RoleGrant> {
  readonly bucketName: string;
  readonly accountName: string;
  readonly region: string;
  readonly copy: Vault["copy"];
  readonly ready: readonly pulumi.Resource[];
  private readonly container: pulumi.Output<string>;
  private readonly account: pulumi.Output<string>;

  constructor(name: string, args: BlobVaultArgs, options?: pulumi.ComponentResourceOptions) {
    super("backup:BlobVault", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const account = createAccount(child, args);
    const blobs = createService(child, args, account);
    const policy = createExpiry(child, args, account, blobs);
    const container = createContainer(child, args, account);
    const endpoint = args.endpoints.connect([child("endpoint"), child("endpoint-names")], "blob", account.id);
    this.bucketName = purposeOf(args);
    this.accountName = blobAccount(args.scope, purposeOf(args));
    this.region = args.scope.region;
    this.copy = copyOf(args);
    this.ready = [container, blobs, policy, ...endpoint];
    this.container = container.id;
    this.account = account.id;
    this.registerOutputs({ account: account.name });
  }

  reader(): readonly RoleGrant[] {
    return [{ role: "Storage Blob Data Reader", on: this.container }, this.look()];
  }

  writer(): readonly RoleGrant[] {
    return [...this.archiver(), this.look()];
  }

  /** Read, write and expire blobs, for whoever is told the account's address. */
  archiver(): readonly RoleGrant[] {
    return [{ role: "Storage Blob Data Contributor", on: this.container }];
  }

  /** Velero asks the account for its address before it asks the container for anything. */
  private look(): RoleGrant {
    return { role: "Reader", on: this.account };
  }
}

const purposeOf = ({ purpose = "backups" }: BlobVaultArgs): BlobPurpose => purpose;

const copyOf = (args: BlobVaultArgs): Vault["copy"] =>
  args.copies === "pairedRegion" && args.pair !== undefined
    ? { bucketName: purposeOf(args), region: args.pair }
    : undefined;

const SKUS = { zones: "Standard_ZRS", pairedRegion: "Standard_RAGZRS" } as const;

function createAccount(child: Children, args: BlobVaultArgs): accounts.StorageAccount {
  const { scope, place, keys, copies, protection } = args;
  const identity = createManagedIdentity(child, scope, place, "encryption");
  const principal = { id: identity.principalId, is: "ServicePrincipal" } as const;
  const roles = grantAll(child, scope, principal, { "encryption-key": keys.wrap() });
  const [id, options] = child("account", { ...protectionOptions(protection), dependsOn: [...roles, ...keys.ready] });
  const who = { type: storageTypes.IdentityType.UserAssigned, userAssignedIdentities: [identity.id] };
  const where = { accountName: blobAccount(scope, purposeOf(args)), kind: "StorageV2", sku: { name: SKUS[copies] } };
  const encryption = encryptedBy(keys, purposeOf(args), identity.id);
  const tags = { ...place.tags, content: "backups" };
  return new accounts.StorageAccount(id, { ...place, tags, ...where, ...CLOSED, identity: who, encryption }, options);
}

const CLOSED = {
  accessTier: storageTypes.AccessTier.Hot,
  minimumTlsVersion: "TLS1_2",
  enableHttpsTrafficOnly: true,
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: false,
  allowCrossTenantReplication: false,
  defaultToOAuthAuthentication: true,
  isLocalUserEnabled: false,
  isSftpEnabled: false,
  publicNetworkAccess: "Disabled",
  networkRuleSet: { bypass: "None", defaultAction: storageTypes.DefaultAction.Deny },
} as const;

/** Names no version of the key: a rotated one is taken up by itself. */
const encryptedBy = (keys: KeyVault, purpose: BlobPurpose, identity: pulumi.Input<string>) => ({
  keySource: "Microsoft.Keyvault",
  requireInfrastructureEncryption: true,
  encryptionIdentity: { encryptionUserAssignedIdentity: identity },
  keyVaultProperties: { keyName: keys.key(purpose).name, keyVaultUri: keys.uri },
  services: { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
});

function createService(child: Children, { place, undelete }: BlobVaultArgs, account: accounts.StorageAccount) {
  const [id, options] = child("blobs");
  const keep = { enabled: true, days: days(undelete) };
  return new services.BlobServiceProperties(
    id,
    {
      resourceGroupName: place.resourceGroupName,
      accountName: account.name,
      blobServicesName: "default",
      isVersioningEnabled: true,
      changeFeed: { enabled: false },
      deleteRetentionPolicy: keep,
      containerDeleteRetentionPolicy: keep,
    },
    options,
  );
}

/** Versions that nobody can bring back by name any more end; without this every backup would be paid for for ever. */
function createExpiry(
  child: Children,
  { place, undelete }: BlobVaultArgs,
  account: accounts.StorageAccount,
  blobs: services.BlobServiceProperties,
): policies.ManagementPolicy {
  const [id, options] = child("expiry", { dependsOn: [blobs] });
  const end = { delete: { daysAfterCreationGreaterThan: days(undelete) } };
  const definition = { actions: { version: end, snapshot: end }, filters: { blobTypes: ["blockBlob"] } };
  const rule = { name: "old-versions", enabled: true, type: "Lifecycle", definition };
  const where = { resourceGroupName: place.resourceGroupName, accountName: account.name };
  return new policies.ManagementPolicy(
    id,
    { ...where, managementPolicyName: "default", policy: { rules: [rule] } },
    options,
  );
}

function createContainer(child: Children, args: BlobVaultArgs, account: accounts.StorageAccount) {
  const [id, options] = child("container", protectionOptions(args.protection));
  const { resourceGroupName } = args.place;
  const where = { resourceGroupName, accountName: account.name, containerName: purposeOf(args) };
  return new containers.BlobContainer(id, { ...where, publicAccess: storageTypes.PublicAccess.None }, options);
}
