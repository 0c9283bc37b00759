/** The managed stores of a stack on Azure, and the logins of all its stores. */
import type * as pulumi from "@pulumi/pulumi";
import { AzureStoreNames } from "../../components/data/azure-names";
import { FlexibleServer, type FlexibleServerArgs, serverNameOf } from "../../components/data/flexible-server";
import { ManagedRedis } from "../../components/data/managed-redis";
import { accessTo, storesWith } from "../stores";
import { KeyVault } from "../../components/keys/key-vault";
import { type AzurePlace, ResourceGroup } from "../../components/network/azure-place";
import { groupName } from "../../components/network/group-name";
import { type Network } from "../../components/network/network";
import { type PrivateEndpoints } from "../../components/network/private-endpoints";
import { type Scope } from "../../components/names";
import { type StackPlan } from "../plan";
import { type Stores } from "../platform";
import { type AzureSettings, type StoreSettings } from "../schema";
import { PAIRS } from "./regions";

interface Surroundings {
  readonly place: AzurePlace;
  readonly network: Network;
  readonly keys: KeyVault;
  readonly endpoints: PrivateEndpoints;
}

type Managed = Extract<AzureSettings["stores"][string], { readonly slot: number }>;
type Server = Extract<Managed, { readonly flavour: "flexible-server" }>;

const isServer = (store: StoreSettings): store is Server => store.flavour === "flexible-server";
const isManaged = (store: AzureSettings["stores"][string]): store is Managed => "slot" in store;

/** Purpose of a store's own key. */
const keyOf = (store: string): string => `store-${store}`;

/** Keys that managed stores need in the stack's vault. */
export const storeKeys = ({ stores }: AzureSettings): readonly string[] =>
  Object.entries(stores).flatMap(([name, store]) => (isManaged(store) ? [keyOf(name)] : []));

/** Stores whose server runs in a subnet to itself. */
export const delegatedStores = ({ stores }: Pick<AzureSettings, "stores">): readonly string[] =>
  Object.entries(stores).flatMap(([name, store]) => (isServer(store) ? [name] : []));

/** What is reached by private address because of a store. */
export const storeEndpoints = ({ stores }: AzureSettings): readonly "redis"[] =>
  Object.values(stores).some(({ flavour }) => flavour === "managed-redis") ? ["redis"] : [];

export function createStores(
  plan: StackPlan<AzureSettings>,
  around: Surroundings,
  options: pulumi.ComponentResourceOptions,
): Stores {
  const chosen = Object.entries(plan.settings.stores).flatMap(([name, store]) =>
    isManaged(store) ? [[name, store] as const] : [],
  );
  if (chosen.length === 0) return storesWith(plan, new Map(), options);
  const { scope } = plan;
  const names = new AzureStoreNames("names", { scope, place: around.place, network: around.network }, options);
  const copy = createCopyKeys(plan, around, options);
  const parts = { ...around, names, ...(copy === undefined ? {} : { copy }) };
  const managed = new Map(chosen.map(([name, store]) => [name, create(plan, parts, [name, store], options)]));
  return storesWith(plan, managed, options);
}

interface Parts extends Surroundings {
  readonly names: AzureStoreNames;
  readonly copy?: Copy;
}

interface Copy {
  readonly vault: KeyVault;
  readonly place: AzurePlace;
  readonly region: string;
}

function create(
  plan: StackPlan<AzureSettings>,
  parts: Parts,
  [store, wanted]: readonly [string, Managed],
  options: pulumi.ComponentResourceOptions,
) {
  const { scope, protection, settings } = plan;
  const { place, network, keys, endpoints, names, copy } = parts;
  const common = { scope, place, store, network, names, protection, grants: accessTo(plan, store) };
  if (wanted.flavour === "managed-redis") {
    const { class: size, multiZone } = wanted;
    return new ManagedRedis(store, { ...common, endpoints, keys, key: keyOf(store), class: size, multiZone }, options);
  }
  const { tenant } = settings.cloud;
  const key = keyOf(store);
  const own = { keys: { vault: keys, key, place }, ...(copy === undefined ? {} : { copy: { ...copy, key } }) };
  const restoreFrom = originOf(scope, store, wanted);
  return new FlexibleServer(store, { ...common, ...wanted, ...own, tenant, ...restoreFrom }, options);
}

/** The server a store comes back from: its name follows from the settings of the stack that is lost. */
function originOf(scope: Scope, store: string, { from }: Server): Pick<FlexibleServerArgs, "restoreFrom"> {
  if (from === undefined) return {};
  const lost = { ...scope, region: from.region };
  const group = `/subscriptions/${scope.account}/resourceGroups/${groupName(lost)}`;
  const server = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${serverNameOf(lost, store)}`;
  return { restoreFrom: { server, at: from.at } };
}

/** Backups in the pair are encrypted there: the key must be in the same region, and in a group that outlives this one. */
function createCopyKeys(
  { scope, protection, settings }: StackPlan<AzureSettings>,
  { endpoints }: Surroundings,
  options: pulumi.ComponentResourceOptions,
): Copy | undefined {
  const { cloud, backup } = settings;
  const region = PAIRS[cloud.region];
  const purposes = delegatedStores(settings).map(keyOf);
  if (backup.copies !== "pairedRegion" || region === undefined || purposes.length === 0) return undefined;
  const { place } = new ResourceGroup("copies", { scope, protection, copies: { region } }, options);
  const { tenant, generation } = cloud;
  const args = { scope, place, endpoints, protection, tenant, generation, purposes, purpose: "copies" };
  return { vault: new KeyVault("copy-keys", args, options), place, region };
}
