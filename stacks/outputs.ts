/** What a stack tells its operator when it is up. */
import type * as pulumi from "@pulumi/pulumi";
import { type Vault } from "../components/backup/vault";
import { type Cluster } from "../components/cluster/cluster";
import { type StackPlan } from "./plan";

export interface Outputs {
  /** Where the routes are served. */
  readonly url: string;
  readonly cluster: string;
  readonly kubeconfig: pulumi.Output<string>;
  readonly backupBucket: string;
  /** Private names of the stores, by store. */
  readonly stores: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

interface Built {
  readonly cluster: Cluster;
  readonly vault: Vault;
}

export const outputsOf = ({ settings, graph }: StackPlan, { cluster, vault }: Built): Outputs => ({
  url: `https://${settings.edge.host}`,
  cluster: cluster.name,
  kubeconfig: cluster.kubeconfig,
  backupBucket: vault.bucketName,
  stores: Object.fromEntries(Object.entries(graph.landscape.stores).map(([name, { host }]) => [name, host])),
});
