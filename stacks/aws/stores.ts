/** The managed stores of a stack on AWS, and the logins of all its stores. */
import type * as pulumi from "@pulumi/pulumi";
import { ElastiCache } from "../../components/data/elasticache";
import { PrivateZone } from "../../components/data/private-zone";
import { Rds } from "../../components/data/rds";
import { type DataStore } from "../../components/data/store";
import { Key, type KeyArgs } from "../../components/keys/key";
import { keeps } from "../../components/protection";
import { type Network } from "../../components/network/network";
import { type StackPlan } from "../plan";
import { type Stores } from "../platform";
import { type AwsSettings } from "../schema";
import { accessTo, storesWith } from "../stores";

interface Surroundings {
  readonly network: Network;
  readonly logKey: Key;
}

type Managed = Extract<AwsSettings["stores"][string], { readonly slot: number }>;

const isManaged = (store: AwsSettings["stores"][string]): store is Managed => "slot" in store;

export function createStores(
  plan: StackPlan<AwsSettings>,
  around: Surroundings,
  options: pulumi.ComponentResourceOptions,
): Stores {
  const chosen = Object.entries(plan.settings.stores).flatMap(([name, store]) =>
    isManaged(store) ? [[name, store] as const] : [],
  );
  const create = chosen.length === 0 ? undefined : creator(plan, around, options);
  const managed = new Map(
    chosen.flatMap(([name, store]) => (create === undefined ? [] : [[name, create(name, store)]])),
  );
  return storesWith(plan, managed, options);
}

type Create = (name: string, store: Managed) => DataStore;

function creator(
  plan: StackPlan<AwsSettings>,
  { network, logKey }: Surroundings,
  options: pulumi.ComponentResourceOptions,
): Create {
  const { scope, protection, settings } = plan;
  const zone = new PrivateZone("names", { scope, network }, options);
  return (name, store) => {
    const copied = store.flavour === "rds" ? copiedKey(plan) : {};
    const key = new Key(`${name}-key`, { scope, purpose: name, protection, ...copied }, options);
    const common = { scope, store: name, network, zone, key, logKey, protection, grants: accessTo(plan, name) };
    if (store.flavour === "elasticache")
      return new ElastiCache(name, { ...common, nodeType: store.class, replicas: store.replicas }, options);
    const { class: instanceClass, disk, multiZone, backups } = store;
    const recovery = key.replica === undefined ? {} : { recovery: key.replica };
    const restoreFrom = settings.recovers?.databases[name];
    const origin = restoreFrom === undefined ? {} : { restoreFrom };
    return new Rds(name, { ...common, instanceClass, disk, multiZone, backups, ...recovery, ...origin }, options);
  };
}

/** The key of a database whose backups are copied to another region, or will be once it has one to be copied to. */
const copiedKey = ({
  settings,
  protection,
}: StackPlan<AwsSettings>): Pick<KeyArgs, "replicaRegion" | "multiRegion"> => {
  const { replicateTo } = settings.backup;
  return { multiRegion: keeps(protection), ...(replicateTo === undefined ? {} : { replicaRegion: replicateTo }) };
};
