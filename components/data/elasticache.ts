/**
 * Valkey as a managed store on ElastiCache: one replication group for one store, encrypted at rest and in transit, one
 * user for each service with just its access. Refuses the anonymous user: there is none.
 */
import * as elasticache from "@pulumi/aws/elasticache";
import type * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../graph/landscape";
import { type Problem, refuse } from "../../graph/problems";
import { type Access, STORE_PORTS } from "../../graph/store";
import { days, type Duration } from "../../graph/units";
import { type Children, Component } from "../component";
import { type Key } from "../keys/key";
import { fit, physicalName, type Scope } from "../names";
import { type Network } from "../network/network";
import { keeps, type Protection, protectionOptions, RETAIN } from "../protection";
import { accessString } from "./acl";
import { type PrivateZone } from "./private-zone";
import { type Credential, type DataStore, type Grants, type StoreBackup, storeHost } from "./store";
import { createCredentials, createStoreGroup, createStoreLog } from "./store-parts";

export interface ElastiCacheArgs {
  readonly scope: Scope;
  /** The store's name in the graph. */
  readonly store: string;
  /** Must have subnets of the data tier for this store. */
  readonly network: Network;
  readonly zone: PrivateZone;
  readonly key: Key;
  readonly logKey: Key;
  /** Such as `cache.m6g.large`. */
  readonly nodeType: string;
  /** Copies in other zones, one of which takes over; 0 to 5. With 0, a lost node loses what it held. */
  readonly replicas: number;
  /** How long daily snapshots are kept, at most 35 days. @default - no snapshots: a cache is filled again */
  readonly snapshots?: Duration;
  /** Services and their access: each gets a user. */
  readonly grants: Grants;
  /** @default retain */
  readonly protection?: Protection;
  /** Raise it to change every password. @default 1 */
  readonly passwordGeneration?: number;
}

const ENGINE = "valkey";
const VERSION = "8.1";
const FAMILY = "valkey8";

export class ElastiCache extends Component implements DataStore<"redis"> {
  readonly kind = "redis";
  readonly flavour = "elasticache";
  readonly port = STORE_PORTS.redis;
  readonly admin = undefined;
  readonly name: string;
  readonly host: string;
  readonly place: Place;
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly backup: StoreBackup;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ElastiCacheArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:ElastiCache", name, options);
    refuse(elastiCacheProblems(args));
    const child: Children = (role, more) => this.child(role, more);
    const { scope, store, network, zone, grants } = args;
    this.credentials = createCredentials(child, grants, args.passwordGeneration ?? 1);
    const parts = {
      subnets: createSubnetGroup(child, args),
      parameters: createParameters(child, args),
      group: createStoreGroup(child, network, store, this.port),
      users: createUsers(child, args, this.credentials),
      log: createStoreLog(child, "log", { name: logName(args), key: args.logKey, retention: "30 days" }),
    };
    const cache = createReplicationGroup(child, args, parts);
    this.name = store;
    this.host = storeHost(scope, store);
    this.place = { at: "ranges", ranges: network.ranges("data", store) };
    this.backup = planCacheBackup(args);
    this.ready = [zone.point(child("record"), store, cache.primaryEndpointAddress)];
    this.registerOutputs({ host: this.host });
  }
}

/** Where the store can come back: its snapshots do not leave the region. */
export const planCacheBackup = ({ scope, snapshots }: Pick<ElastiCacheArgs, "scope" | "snapshots">): StoreBackup =>
  snapshots === undefined ? { by: "none" } : { by: "snapshots", retention: snapshots, regions: [scope.region] };

/** Everything wrong with the settings, at once. */
export function elastiCacheProblems(args: Pick<ElastiCacheArgs, "store" | "replicas" | "snapshots" | "network">) {
  const where = `stores.${args.store}`;
  const { replicas, snapshots } = args;
  const zones = args.network.ranges("data", args.store).length;
  const kept = snapshots === undefined ? 1 : days(snapshots);
  const problems: (Problem | false)[] = [
    (!Number.isInteger(replicas) || replicas < 0 || replicas > 5) && bad(`${where}.replicas`, `${replicas}`, "0 to 5"),
    (kept < 1 || kept > 35) && bad(`${where}.snapshots`, `${snapshots}`, "1 day to 35 days"),
    zones < 2 && bad(`network.dataSlots.${args.store}`, `${zones} subnets`, "a slot of the data tier in two zones"),
  ];
  return problems.filter((problem) => problem !== false);
}

const bad = (where: string, got: string, want: string): Problem => ({ where, got, want, mend: `set ${where}` });

interface Parts {
  readonly subnets: elasticache.SubnetGroup;
  readonly parameters: elasticache.ParameterGroup;
  readonly group: { readonly id: pulumi.Output<string> };
  readonly users: elasticache.UserGroup;
  readonly log: { readonly name: pulumi.Output<string> };
}

const groupId = ({ scope, store }: ElastiCacheArgs): string => physicalName("cache", scope, store);
const logName = (args: ElastiCacheArgs): string => `/aws/elasticache/${groupId(args)}`;

function createSubnetGroup(child: Children, args: ElastiCacheArgs): elasticache.SubnetGroup {
  const [id, options] = child("subnets");
  const subnetIds = args.network.subnets("data", args.store).map((subnet) => subnet.id);
  const description = `Subnets of store ${args.store}`;
  return new elasticache.SubnetGroup(id, { name: groupId(args), description, subnetIds }, options);
}

function createParameters(child: Children, args: ElastiCacheArgs): elasticache.ParameterGroup {
  const [id, options] = child("parameters");
  const description = `Settings of store ${args.store}`;
  return new elasticache.ParameterGroup(id, { name: groupId(args), family: FAMILY, description }, options);
}

/** A user group of Valkey needs no `default` user, so a client without credentials is nobody. */
function createUsers(
  child: Children,
  args: ElastiCacheArgs,
  credentials: Readonly<Record<string, Credential>>,
): elasticache.UserGroup {
  const users = Object.entries(args.grants).flatMap(([service, access]) => {
    const credential = credentials[service];
    return credential === undefined ? [] : [createUser(child, args, credential, access)];
  });
  const [id, options] = child("users");
  const userIds = users.map(({ userId }) => userId);
  return new elasticache.UserGroup(id, { userGroupId: groupId(args), engine: ENGINE, userIds }, options);
}

function createUser(child: Children, args: ElastiCacheArgs, { username, password }: Credential, access: Access) {
  const [id, options] = child(`user-${username}`);
  const user = {
    userId: fit(`${args.scope.system}-${args.scope.stage}-${args.store}-${username}`, 40),
    userName: username,
    engine: ENGINE,
    accessString: accessString(access),
    authenticationMode: { type: "password", passwords: [password] },
  };
  return new elasticache.User(id, user, options);
}

function createReplicationGroup(child: Children, args: ElastiCacheArgs, parts: Parts): elasticache.ReplicationGroup {
  const protection = args.protection ?? RETAIN;
  const [id, options] = child("cache", protectionOptions(protection));
  const shape = {
    ...engine(args),
    ...availability(args, protection),
    ...encryption(args),
    ...door(parts),
    ...logs(parts),
  };
  return new elasticache.ReplicationGroup(id, shape, options);
}

const engine = (args: ElastiCacheArgs) => ({
  replicationGroupId: groupId(args),
  description: `Store ${args.store} of ${args.scope.system} ${args.scope.stage}`,
  engine: ENGINE,
  engineVersion: VERSION,
  nodeType: args.nodeType,
  port: STORE_PORTS.redis,
  autoMinorVersionUpgrade: true,
  applyImmediately: false,
});

const availability = (args: ElastiCacheArgs, protection: Protection) => ({
  numCacheClusters: args.replicas + 1,
  automaticFailoverEnabled: args.replicas > 0,
  multiAzEnabled: args.replicas > 0,
  snapshotRetentionLimit: args.snapshots === undefined ? 0 : days(args.snapshots),
  snapshotWindow: "01:00-02:00",
  maintenanceWindow: "sun:03:30-sun:04:30",
  ...(keeps(protection) && args.snapshots !== undefined ? { finalSnapshotIdentifier: `${groupId(args)}-final` } : {}),
});

const encryption = ({ key }: ElastiCacheArgs) => ({
  atRestEncryptionEnabled: true,
  kmsKeyId: key.arn,
  transitEncryptionEnabled: true,
  transitEncryptionMode: "required",
});

const door = ({ subnets, parameters, group, users }: Parts) => ({
  subnetGroupName: subnets.name,
  parameterGroupName: parameters.name,
  securityGroupIds: [group.id],
  userGroupIds: [users.userGroupId],
});

const logs = ({ log }: Parts) => ({
  logDeliveryConfigurations: [
    { destination: log.name, destinationType: "cloudwatch-logs", logFormat: "json", logType: "slow-log" },
  ],
});
