/**
 * Redis as a managed store on Azure: one cluster for one store, encrypted at rest with a key of ours and in transit, reached
 * by a private address in the store's own subnet. It keeps no users of ours: its access key is one login that may do
 * everything, which every service with an edge to the store gets. Who that is, is for the graph and its policies.
 *
 * @see https://learn.microsoft.com/en-us/azure/redis/entra-for-authentication
 */
import * as databases from "@pulumi/azure-native/redisenterprise/database";
import { listDatabaseKeysOutput } from "@pulumi/azure-native/redisenterprise/listDatabaseKeys";
import * as clusters from "@pulumi/azure-native/redisenterprise/redisEnterprise";
import * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../graph/landscape";
import { createManagedIdentity } from "../cluster/workload-identity";
import { type Children, Component } from "../component";
import { grantAll } from "../identity/azure-roles";
import { type KeyVault } from "../keys/key-vault";
import { type Scope, worldName } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Network } from "../network/network";
import { type PrivateEndpoints } from "../network/private-endpoints";
import { type Protection, protectionOptions } from "../protection";
import { type AzureStoreNames } from "./azure-names";
import { MANAGED_REDIS_LOGIN, MANAGED_REDIS_PORT } from "./placement";
import { type Credential, type DataStore, type Grants, type StoreBackup, storeHost } from "./store";

export interface ManagedRedisArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** The store's name in the graph. */
  readonly store: string;
  /** Must have a subnet of the data tier for this store. */
  readonly network: Network;
  readonly endpoints: PrivateEndpoints;
  readonly names: AzureStoreNames;
  readonly keys: KeyVault;
  /** Purpose of its key in the vault. */
  readonly key: string;
  /** Such as `Balanced_B5`. */
  readonly class: string;
  /** Whether a second node in another zone takes over. Without it, a lost node loses what it held. */
  readonly multiZone: boolean;
  /** Services with access. All get the same login. */
  readonly grants: Grants;
  readonly protection: Protection;
}

export class ManagedRedis extends Component implements DataStore<"redis"> {
  readonly kind = "redis";
  readonly flavour = "managed-redis";
  readonly port = MANAGED_REDIS_PORT;
  readonly admin = undefined;
  readonly name: string;
  readonly host: string;
  readonly place: Place;
  readonly credentials: Readonly<Record<string, Credential>>;
  /** What it holds is a cache: filled again, never saved. */
  readonly backup: StoreBackup = { by: "none" };
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ManagedRedisArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:ManagedRedis", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, store, network, names, endpoints, grants } = args;
    const cluster = createCluster(child, args);
    const database = createDatabase(child, args, cluster);
    const address = endpoints.connect([child("endpoint"), child("endpoint-names")], "redis", cluster.id, store);
    const password = accessKey(this, args, database);
    const credential = { username: MANAGED_REDIS_LOGIN, password };
    this.name = store;
    this.host = storeHost(scope, store);
    this.place = { at: "ranges", ranges: network.ranges("data", store) };
    this.credentials = Object.fromEntries(Object.keys(grants).map((service) => [service, credential]));
    this.ready = [database, ...address, ...names.point(child("record"), store, cluster.hostName)];
    this.registerOutputs({ host: this.host });
  }
}

const clusterNameOf = ({ scope, store }: ManagedRedisArgs): string => worldName("redisCluster", scope, store);

function createCluster(child: Children, args: ManagedRedisArgs): clusters.RedisEnterprise {
  const { scope, place, keys, key, protection, multiZone } = args;
  const identity = createManagedIdentity(child, scope, place, "encryption");
  const principal = { id: identity.principalId, is: "ServicePrincipal" } as const;
  const roles = grantAll(child, scope, principal, { "encryption-key": keys.wrap() });
  const [id, options] = child("cluster", { ...protectionOptions(protection), dependsOn: [...roles, ...keys.ready] });
  return new clusters.RedisEnterprise(
    id,
    {
      ...place,
      clusterName: clusterNameOf(args),
      sku: { name: args.class },
      highAvailability: multiZone ? "Enabled" : "Disabled",
      minimumTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      encryption: {
        customerManagedKeyEncryption: {
          // Azure takes no address without a version here: a rotated key is taken up by the next run.
          keyEncryptionKeyUrl: keys.key(key).uriWithVersion,
          keyEncryptionKeyIdentity: {
            identityType: "userAssignedIdentity",
            userAssignedIdentityResourceId: identity.id,
          },
        },
      },
    },
    options,
  );
}

/** One address, as clients of a single Valkey expect. Nothing is written to disk: the data is a cache. */
function createDatabase(child: Children, args: ManagedRedisArgs, cluster: clusters.RedisEnterprise) {
  const [id, options] = child("database", protectionOptions(args.protection));
  return new databases.Database(
    id,
    {
      resourceGroupName: args.place.resourceGroupName,
      clusterName: cluster.name,
      databaseName: "default",
      clientProtocol: "Encrypted",
      clusteringPolicy: "EnterpriseCluster",
      evictionPolicy: "AllKeysLRU",
      accessKeysAuthentication: "Enabled",
      port: MANAGED_REDIS_PORT,
    },
    options,
  );
}

/** Azure makes it with the database, whose name is waited for, and tells it to whoever may manage that. */
function accessKey(parent: ManagedRedis, args: ManagedRedisArgs, database: databases.Database): pulumi.Output<string> {
  const { resourceGroupName } = args.place;
  const where = { resourceGroupName, clusterName: clusterNameOf(args), databaseName: database.name };
  return pulumi.secret(listDatabaseKeysOutput(where, { parent }).primaryKey);
}
