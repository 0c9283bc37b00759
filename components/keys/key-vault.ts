/**
 * Encryption keys of our own on Azure: one vault for a stack, reached by private address and by role only, and a key in it
 * for each purpose. Refuses access policies, which no assignment shows, and a vault that somebody could purge: what is
 * encrypted is lost with its key.
 */
import * as keys from "@pulumi/azure-native/keyvault/key";
import * as vaults from "@pulumi/azure-native/keyvault/vault";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { type RoleGrant } from "../identity/azure-roles";
import { type Scope, worldName } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type PrivateEndpoints } from "../network/private-endpoints";
import { type Protection, protectionOptions } from "../protection";

export interface KeyVaultArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** Directory whose principals may hold roles. */
  readonly tenant: string;
  readonly endpoints: PrivateEndpoints;
  /** What the keys are for, a key each. */
  readonly purposes: readonly string[];
  /** Which vault of a stack it is: part of its name. @default "keys" */
  readonly purpose?: string;
  /** Which vault of this name it is: a deleted one keeps its name. @default 1 */
  readonly generation?: number;
  readonly protection: Protection;
}

export interface VaultKey {
  /** Without its version: whoever uses it follows rotations. */
  readonly uri: pulumi.Output<string>;
  readonly uriWithVersion: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
}

export class KeyVault extends Component {
  readonly id: pulumi.Output<string>;
  readonly uri: pulumi.Output<string>;
  /** Until then the names lead to an address that answers nobody. */
  readonly ready: readonly pulumi.Resource[];
  private readonly byPurpose: ReadonlyMap<string, VaultKey>;

  constructor(name: string, args: KeyVaultArgs, options?: pulumi.ComponentResourceOptions) {
    super("keys:KeyVault", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const vault = createVault(child, args);
    this.id = vault.id;
    this.uri = vault.properties.apply(({ vaultUri }) => vaultUri ?? "");
    this.byPurpose = new Map(args.purposes.map((purpose) => [purpose, createKey(child, args, vault, purpose)]));
    this.ready = args.endpoints.connect([child("endpoint"), child("endpoint-names")], "vault", vault.id);
    this.registerOutputs({ id: this.id });
  }

  key(purpose: string): VaultKey {
    const key = this.byPurpose.get(purpose);
    if (key === undefined) throw new Error(`the vault ${this.logicalName} has no key for ${purpose}`);
    return key;
  }

  /** Wrap and unwrap with any key of the vault: what disks and storage do on behalf of their owner. */
  wrap(): RoleGrant {
    return { role: "Key Vault Crypto Service Encryption User", on: this.id };
  }

  /** Encrypt and decrypt with any key of the vault: what the API server does to Secrets. */
  use(): RoleGrant {
    return { role: "Key Vault Crypto User", on: this.id };
  }

  /** Let a private connection to the vault through: Azure makes one for the API server. */
  connect(): RoleGrant {
    return { role: "Key Vault Contributor", on: this.id };
  }
}

/** The longest and the shortest time Azure keeps a deleted vault. */
const RETENTION_DAYS = { retain: 90, disposable: 7 } as const;

function createVault(child: Children, args: KeyVaultArgs): vaults.Vault {
  const { scope, place, tenant, protection, purpose = "keys", generation = 1 } = args;
  const [id, options] = child("vault", protectionOptions(protection));
  return new vaults.Vault(
    id,
    {
      ...place,
      vaultName: worldName("keyVault", scope, `${purpose}${generation}`),
      properties: {
        tenantId: tenant,
        sku: { family: "A", name: "premium" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        enablePurgeProtection: true,
        softDeleteRetentionInDays: RETENTION_DAYS[protection.mode],
        publicNetworkAccess: "Disabled",
        networkAcls: { bypass: "AzureServices", defaultAction: "Deny" },
      },
    },
    options,
  );
}

/** Held in hardware, and a new version every year: what was encrypted before stays readable. */
function createKey(child: Children, args: KeyVaultArgs, vault: vaults.Vault, purpose: string): VaultKey {
  const { place, protection } = args;
  const [id, options] = child(`key-${purpose}`, protectionOptions(protection));
  const rotate = { trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } } as const;
  const properties = {
    kty: "RSA-HSM",
    keySize: 3_072,
    keyOps: ["wrapKey", "unwrapKey", "encrypt", "decrypt"],
    rotationPolicy: { lifetimeActions: [rotate] },
  };
  const { resourceGroupName, tags } = place;
  const key = new keys.Key(
    id,
    { resourceGroupName, tags, vaultName: vault.name, keyName: purpose, properties },
    options,
  );
  return { uri: key.keyUri, uriWithVersion: key.keyUriWithVersion, name: key.name };
}
