/**
 * PostgreSQL as a managed store on RDS, one instance for one store: own key, own subnets, own door. Reached by TLS only.
 * Refuses to keep backups for less than a week, and to be deleted unless its protection is given up.
 */
import * as rds from "@pulumi/aws/rds";
import type * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../graph/landscape";
import { type Problem, refuse } from "../../graph/problems";
import { STORE_PORTS } from "../../graph/store";
import { days, type Duration, gibibytes, type Size } from "../../graph/units";
import { type Children, Component } from "../component";
import { type Key, type KeyReplica } from "../keys/key";
import { physicalName, type Scope } from "../names";
import { type Network } from "../network/network";
import { keeps, type Protection, protectionOptions, RETAIN } from "../protection";
import { type PrivateZone } from "./private-zone";
import { type Credential, type DataStore, type Grants, type StoreBackup, storeHost } from "./store";
import { createCredentials, createPassword, createStoreGroup, createStoreLog } from "./store-parts";

export interface RdsArgs {
  readonly scope: Scope;
  /** The store's name in the graph; also its database's. */
  readonly store: string;
  /** Must have subnets of the data tier for this store. */
  readonly network: Network;
  readonly zone: PrivateZone;
  /** Encrypts data, snapshots and insights. Losing it loses the data. */
  readonly key: Key;
  readonly logKey: Key;
  /** Such as `db.m6g.large`. A change restarts the database. */
  readonly instanceClass: string;
  /** Grows by itself up to four times this; never shrinks. */
  readonly disk: Size;
  /** Whether a second instance in another zone takes over within about a minute. Doubles the cost. */
  readonly multiZone: boolean;
  /** How far back a restore to any moment reaches: 7 to 35 days. */
  readonly backups: Duration;
  /** Services and their access: each gets a credential; roles are made inside the database. */
  readonly grants: Grants;
  /** Copies backups and logs to the region of this replica of `key`. @default - a lost region loses the backups */
  readonly recovery?: KeyReplica;
  /**
   * Comes up with the data of this automated backup, at its latest moment. Keep it set: without it the database would be
   * made anew. @default - empty
   */
  readonly restoreFrom?: string;
  /** @default retain */
  readonly protection?: Protection;
  /** Raise it to change every password. @default 1 */
  readonly passwordGeneration?: number;
}

const ADMIN = "keelson_admin";
const VERSION = "17";
const LOGS = ["postgresql", "upgrade"] as const;

export class Rds extends Component implements DataStore<"postgres"> {
  readonly kind = "postgres";
  readonly flavour = "rds";
  readonly port = STORE_PORTS.postgres;
  readonly name: string;
  readonly host: string;
  readonly place: Place;
  readonly admin: Credential;
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly backup: StoreBackup;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: RdsArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:Rds", name, options);
    refuse(rdsProblems(args));
    const child: Children = (role, more) => this.child(role, more);
    const { scope, store, network, zone, grants, passwordGeneration: generation = 1 } = args;
    const password = createPassword(child, "password", generation).result;
    const parts = {
      subnets: createSubnetGroup(child, args),
      parameters: createParameters(child, args),
      group: createStoreGroup(child, network, store, this.port),
      logs: createLogs(child, args),
      password,
    };
    const instance = createInstance(child, args, parts);
    createBackupCopy(child, args, instance);
    const record = zone.point(child("record"), store, instance.address);
    this.name = store;
    this.host = storeHost(scope, store);
    this.place = { at: "ranges", ranges: network.ranges("data", store) };
    this.admin = { username: ADMIN, password };
    this.credentials = createCredentials(child, grants, generation);
    this.backup = planRdsBackup(args);
    this.ready = [record]; // not the copy of the backups: no pod needs it, and it takes another five minutes
    this.registerOutputs({ host: this.host });
  }
}

/** Where and to when the database can come back. */
export const planRdsBackup = ({ scope, backups, recovery }: Pick<RdsArgs, "scope" | "backups" | "recovery">) =>
  ({
    by: "point-in-time",
    retention: backups,
    regions: [scope.region, ...(recovery === undefined ? [] : [recovery.region])],
  }) as const satisfies StoreBackup;

/** Everything wrong with a database's settings, at once. */
export function rdsProblems(args: Pick<RdsArgs, "store" | "backups" | "disk" | "network">): readonly Problem[] {
  const where = `stores.${args.store}`;
  const kept = days(args.backups);
  const zones = args.network.ranges("data", args.store).length;
  return [
    ...bounded(`${where}.backups`, args.backups, kept >= 7 && kept <= 35, "7 days to 35 days"),
    ...bounded(`${where}.disk`, args.disk, gibibytes(args.disk) >= 20, "at least 20 GiB"),
    ...bounded(
      `network.dataSlots.${args.store}`,
      `${zones} subnets`,
      zones >= 2,
      "a slot of the data tier in two zones",
    ),
  ];
}

const bounded = (where: string, got: string, fine: boolean, want: string): readonly Problem[] =>
  fine ? [] : [{ where, got, want, mend: `set ${where}` }];

interface Parts {
  readonly subnets: rds.SubnetGroup;
  readonly parameters: rds.ParameterGroup;
  readonly group: { readonly id: pulumi.Output<string> };
  readonly logs: readonly pulumi.Resource[];
  readonly password: pulumi.Output<string>;
}

const identifierOf = ({ scope, store }: RdsArgs): string => physicalName("database", scope, store);

function createSubnetGroup(child: Children, args: RdsArgs): rds.SubnetGroup {
  const [id, options] = child("subnets");
  const subnetIds = args.network.subnets("data", args.store).map((subnet) => subnet.id);
  const description = `Subnets of store ${args.store}`;
  return new rds.SubnetGroup(id, { name: identifierOf(args), description, subnetIds }, options);
}

/** TLS for everyone, in its present versions; slow statements in the log. */
const PARAMETERS = { "rds.force_ssl": "1", ssl_min_protocol_version: "TLSv1.2", log_min_duration_statement: "1000" };

function createParameters(child: Children, args: RdsArgs): rds.ParameterGroup {
  const [id, options] = child("parameters");
  const parameters = Object.entries(PARAMETERS).map(([name, value]) => ({ name, value }));
  const description = `Settings of store ${args.store}`;
  const group = { name: identifierOf(args), family: `postgres${VERSION}`, description, parameters };
  return new rds.ParameterGroup(id, group, options);
}

const createLogs = (child: Children, args: RdsArgs): readonly pulumi.Resource[] =>
  LOGS.map((log) => {
    const name = `/aws/rds/instance/${identifierOf(args)}/${log}`;
    return createStoreLog(child, `log-${log}`, { name, key: args.logKey, retention: "90 days" });
  });

function createInstance(child: Children, args: RdsArgs, parts: Parts): rds.Instance {
  const protection = args.protection ?? RETAIN;
  const ignoreChanges = ORIGIN; // read at creation only, but replaces
  const [id, options] = child("instance", {
    ...protectionOptions(protection),
    dependsOn: [...parts.logs],
    ignoreChanges,
  });
  const shape = {
    ...engine(args),
    ...storage(args),
    ...availability(args),
    ...life(args, protection),
    ...door(parts),
    ...insights(args),
  };
  return new rds.Instance(id, { ...shape, ...origin(args), password: parts.password }, options);
}

const ORIGIN = ["restoreToPointInTime", "dbName", "username"];

/** A restored database brings its name and administrator along. Hyphens are not allowed in a database's name. */
const origin = ({ store, restoreFrom }: RdsArgs) =>
  restoreFrom === undefined
    ? { dbName: store.replaceAll("-", "_"), username: ADMIN }
    : { restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: restoreFrom, useLatestRestorableTime: true } };

const engine = (args: RdsArgs) => ({
  identifier: identifierOf(args),
  engine: "postgres",
  engineVersion: VERSION,
  instanceClass: args.instanceClass,
  autoMinorVersionUpgrade: true,
  applyImmediately: false,
});

const storage = ({ disk, key }: RdsArgs) => ({
  allocatedStorage: gibibytes(disk),
  maxAllocatedStorage: gibibytes(disk) * 4,
  storageType: "gp3",
  storageEncrypted: true,
  kmsKeyId: key.arn,
});

/** Backups end before maintenance begins: AWS refuses windows that overlap. */
const availability = ({ multiZone, backups }: RdsArgs) => ({
  multiAz: multiZone,
  backupRetentionPeriod: days(backups),
  backupWindow: "01:00-02:00",
  maintenanceWindow: "sun:03:30-sun:04:30",
  copyTagsToSnapshot: true,
});

const life = (args: RdsArgs, protection: Protection) => ({
  deletionProtection: keeps(protection),
  deleteAutomatedBackups: !keeps(protection),
  skipFinalSnapshot: !keeps(protection),
  ...(keeps(protection) ? { finalSnapshotIdentifier: `${identifierOf(args)}-final` } : {}),
});

const door = ({ subnets, parameters, group }: Parts) => ({
  dbSubnetGroupName: subnets.name,
  parameterGroupName: parameters.name,
  vpcSecurityGroupIds: [group.id],
  publiclyAccessible: false,
  port: STORE_PORTS.postgres,
  iamDatabaseAuthenticationEnabled: true,
  caCertIdentifier: "rds-ca-rsa2048-g1",
});

const insights = ({ key }: RdsArgs) => ({
  performanceInsightsEnabled: true,
  performanceInsightsKmsKeyId: key.arn,
  enabledCloudwatchLogsExports: [...LOGS],
});

/** Backups and transaction logs in the other region: the only way a point in time can be restored there. */
function createBackupCopy(child: Children, args: RdsArgs, instance: rds.Instance): void {
  if (args.recovery === undefined) return;
  const { region, arn: kmsKeyId } = args.recovery;
  const [id, options] = child("backup-copy", protectionOptions(args.protection ?? RETAIN));
  const copy = { sourceDbInstanceArn: instance.arn, kmsKeyId, region, retentionPeriod: days(args.backups) };
  new rds.InstanceAutomatedBackupsReplication(id, copy, options);
}
