/**
 * PostgreSQL as a managed store on Azure, one flexible server for one store: own key, own subnet, no public address. Reached
 * by TLS only. Refuses to keep backups for less than a week, and to be deleted unless its protection is given up.
 */
import * as configurations from "@pulumi/azure-native/dbforpostgresql/configuration";
import * as databases from "@pulumi/azure-native/dbforpostgresql/database";
import * as servers from "@pulumi/azure-native/dbforpostgresql/server";
import * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../graph/landscape";
import { refuse } from "../../graph/problems";
import { STORE_PORTS } from "../../graph/store";
import { days, gibibytes } from "../../graph/units";
import { createManagedIdentity } from "../cluster/workload-identity";
import { type Children, Component } from "../component";
import { grantAll } from "../identity/azure-roles";
import { type KeyVault } from "../keys/key-vault";
import { type Scope, worldName } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Network } from "../network/network";
import { type Protection, protectionOptions } from "../protection";
import { type AzureStoreNames } from "./azure-names";
import { configurationOf, flexibleServerProblems, type FlexibleServerSettings, tierOf } from "./flexible-server-plan";
import { databaseName, OWNER } from "./grants-sql";
import { type Credential, type DataStore, type Grants, type StoreBackup, storeHost } from "./store";
import { createCredentials, createPassword } from "./store-parts";

/** Keys for one store, in a vault of the region where they encrypt. */
export interface StoreKeys {
  readonly vault: KeyVault;
  /** Purpose of the key. */
  readonly key: string;
  readonly place: AzurePlace;
}

export interface FlexibleServerArgs extends FlexibleServerSettings {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** Must have a delegated subnet of the data tier for this store. */
  readonly network: Network;
  readonly names: AzureStoreNames;
  /** Directory whose identities may sign in. */
  readonly tenant: string;
  /** Encrypt data and backups. Losing them loses the data. */
  readonly keys: StoreKeys;
  /** Encrypt the backups in the paired region, which get there within the hour. @default - a lost region loses the backups */
  readonly copy?: StoreKeys & { readonly region: string };
  readonly extensions: readonly string[];
  /** Services and their access: each gets a credential; roles are made inside the database. */
  readonly grants: Grants;
  /**
   * Comes up with the data of this server of the paired region, as of this moment. Keep it set: without it the server would
   * be made anew. @default - empty
   */
  readonly restoreFrom?: { readonly server: string; readonly at: string };
  readonly protection: Protection;
}

const VERSION = "17";

/** Name of a store's server in the world, and in its resource group. */
export const serverNameOf = (scope: Scope, store: string): string => worldName("databaseServer", scope, store);

export class FlexibleServer extends Component implements DataStore<"postgres"> {
  readonly kind = "postgres";
  readonly flavour = "flexible-server";
  readonly port = STORE_PORTS.postgres;
  readonly name: string;
  readonly host: string;
  readonly place: Place;
  readonly admin: Credential;
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly backup: StoreBackup;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: FlexibleServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:FlexibleServer", name, options);
    refuse(flexibleServerProblems(`stores.${args.store}`, args));
    const child: Children = (role, more) => this.child(role, more);
    const { scope, store, names, network } = args;
    const password = createPassword(child, "password", 1).result;
    const server = createServer(child, args, password);
    const settings = createConfigurations(child, args, server);
    const database = createDatabase(child, args, server, settings);
    this.name = store;
    this.host = storeHost(scope, store);
    this.place = { at: "ranges", ranges: network.ranges("data", store) };
    this.admin = { username: OWNER, password };
    this.credentials = createCredentials(child, args.grants, 1);
    this.backup = planServerBackup(args);
    this.ready = [...names.point(child("record"), store, server.fullyQualifiedDomainName), database, ...settings];
    this.registerOutputs({ host: this.host });
  }
}

/** Where and to when the database can come back. */
export const planServerBackup = ({ scope, backups, copy }: Pick<FlexibleServerArgs, "scope" | "backups" | "copy">) =>
  ({
    by: "point-in-time",
    retention: backups,
    regions: [scope.region, ...(copy === undefined ? [] : [copy.region])],
  }) as const satisfies StoreBackup;

interface Encryption {
  readonly identity: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
  /** The identity's right to the key: Azure checks it when it makes the server. */
  readonly first: readonly pulumi.Resource[];
}

function createEncryption(child: Children, scope: Scope, role: string, keys: StoreKeys): Encryption {
  const identity = createManagedIdentity(child, scope, keys.place, role);
  const principal = { id: identity.principalId, is: "ServicePrincipal" } as const;
  const roles = grantAll(child, scope, principal, { [`${role}-key`]: keys.vault.wrap() });
  return { identity: identity.id, key: keys.vault.key(keys.key).uri, first: [...roles, ...keys.vault.ready] };
}

function createServer(child: Children, args: FlexibleServerArgs, password: pulumi.Output<string>): servers.Server {
  const { scope, place, store, names, protection } = args;
  const own = createEncryption(child, scope, "encryption", args.keys);
  const copy = args.copy === undefined ? undefined : createEncryption(child, scope, "copy-encryption", args.copy);
  const dependsOn = [...own.first, ...(copy?.first ?? []), names.servers.link];
  const [id, options] = child("server", { ...protectionOptions(protection), dependsOn });
  return new servers.Server(
    id,
    {
      ...place,
      serverName: serverNameOf(scope, store),
      ...engine(args),
      ...origin(args, password),
      ...availability(args),
      ...encryption(own, copy),
      network: doorOf(args),
      authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: args.tenant },
    },
    options,
  );
}

const engine = ({ class: name, disk }: FlexibleServerArgs) => ({
  version: VERSION,
  sku: { name, tier: tierOf(name) },
  storage: { storageSizeGB: gibibytes(disk), type: "Premium_LRS", autoGrow: "Enabled" },
  maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 3, startMinute: 30 },
});

/** A restored server brings its administrator along; the password is set anew. */
const origin = ({ restoreFrom }: FlexibleServerArgs, administratorLoginPassword: pulumi.Output<string>) => ({
  administratorLogin: OWNER,
  administratorLoginPassword,
  ...(restoreFrom === undefined
    ? { createMode: "Default" }
    : { createMode: "GeoRestore", sourceServerResourceId: restoreFrom.server, pointInTimeUTC: restoreFrom.at }),
});

const availability = ({ network: { zones }, multiZone, backups, copy }: FlexibleServerArgs) => ({
  availabilityZone: zones[0] ?? "1",
  highAvailability: multiZone
    ? { mode: "ZoneRedundant", standbyAvailabilityZone: zones[1] ?? "2" }
    : { mode: "Disabled" },
  backup: {
    backupRetentionDays: days(backups),
    geoRedundantBackup: copy === undefined ? "Disabled" : "Enabled",
  },
});

/** Names no version of the keys: a rotated one is taken up by itself. */
const encryption = (own: Encryption, copy: Encryption | undefined) => ({
  identity: pulumi
    .all([own.identity, ...(copy === undefined ? [] : [copy.identity])])
    .apply((ids) => ({ type: "UserAssigned", userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) })),
  dataEncryption: {
    type: "AzureKeyVault",
    primaryKeyURI: own.key,
    primaryUserAssignedIdentityId: own.identity,
    ...(copy === undefined ? {} : { geoBackupKeyURI: copy.key, geoBackupUserAssignedIdentityId: copy.identity }),
  },
});

function doorOf({ network, store, names }: FlexibleServerArgs) {
  const [subnet] = network.subnets("data", store);
  if (subnet === undefined) throw new Error(`the network has no subnet for store ${store}`);
  return {
    delegatedSubnetResourceId: subnet.id,
    privateDnsZoneArmResourceId: names.servers.id,
    publicNetworkAccess: "Disabled",
  };
}

/** One after the other: Azure refuses a change while another is under way. */
function createConfigurations(child: Children, args: FlexibleServerArgs, server: servers.Server) {
  const { resourceGroupName } = args.place;
  const made: configurations.Configuration[] = [];
  for (const [configurationName, value] of Object.entries(configurationOf(args.extensions))) {
    const role = `setting-${configurationName.replaceAll(/[._]/g, "-")}`;
    const [id, options] = child(role, { dependsOn: made.slice(-1) });
    const setting = { configurationName, value, source: "user-override" };
    made.push(
      new configurations.Configuration(id, { resourceGroupName, serverName: server.name, ...setting }, options),
    );
  }
  return made;
}

function createDatabase(
  child: Children,
  { place, store, protection }: FlexibleServerArgs,
  server: servers.Server,
  first: readonly pulumi.Resource[],
): databases.Database {
  const [id, options] = child("database", { ...protectionOptions(protection), dependsOn: first.slice(-1) });
  const where = { resourceGroupName: place.resourceGroupName, serverName: server.name };
  const shape = { databaseName: databaseName(store), charset: "UTF8", collation: "en_US.utf8" };
  return new databases.Database(id, { ...where, ...shape }, options);
}
