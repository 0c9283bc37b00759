/**
 * What a cloud lends to the page of a system: the same parts on every cloud, each made by the cloud's own components. A page
 * puts them together and asks for nothing else.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Vault } from "../components/backup/vault";
import { type Cluster, type Identity } from "../components/cluster/cluster";
import { type Login } from "../components/data/passwords";
import { type DataStore } from "../components/data/store";
import { type Owned } from "../components/delivery/owned";
import { type Values } from "../components/kubernetes/chart";
import { type ChartName } from "../components/kubernetes/chart-names";
import { type ObjectSet } from "../components/kubernetes/object-set";

export interface Platform {
  readonly cluster: Cluster;
  readonly vault: Vault;
  readonly stores: Stores;
  /** What the servers of each archived store wait for, by store: storage, and the right to write there. */
  readonly archives: ReadonlyMap<string, readonly pulumi.Resource[]>;
  /** What whoever ships logs waits for: where they go in the cloud, and the right to write there. */
  readonly logs: readonly pulumi.Resource[];
  /** Whoever proves public host names in the cloud's zone, where the cluster issues certificates for them. */
  readonly proofs: Identity | undefined;
  /** What the way in needs before it opens: certificates, a firewall. */
  readonly entrance: readonly pulumi.Resource[];
  /** What runs in pods and comes with the cloud. It waits for the policies that let it talk. */
  addOns(foundation: ObjectSet): AddOns;
  /** Charts that this cloud needs, or tells something that only it knows. */
  charts(definitions: readonly pulumi.Resource[]): WantedCharts;
}

/** The managed stores of a stack, and the password of every login, whether a managed store made it or it is generated. */
export interface Stores {
  readonly managed: ReadonlyMap<string, DataStore>;
  readonly password: (login: Login) => pulumi.Output<string>;
}

export interface AddOns {
  /** Depend on it before a pod starts that resolves names or mounts a volume. */
  readonly ready: readonly pulumi.Resource[];
  /** Objects that carry an output of the cloud: classes of volumes, most of all. */
  readonly objects: readonly Owned[];
}

export interface WantedChart {
  readonly namespace: string;
  readonly values: Values;
  /** What its first pod needs besides its namespace. @default - nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Charts before it in the list whose controllers it needs to start. @default - none */
  readonly afterCharts?: readonly ChartName[];
}

export type WantedCharts = Partial<Readonly<Record<ChartName, WantedChart>>>;
