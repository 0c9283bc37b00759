/** Object storage for the archives of stores in the cluster, and each store's right to write there. */
import type * as pulumi from "@pulumi/pulumi";
import { S3Vault } from "../../components/backup/s3-vault";
import { type Cluster } from "../../components/cluster/cluster";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { type StackPlan } from "../plan";
import { archiveArgs } from "./arguments";

/** What each archived store's servers wait for, by store; empty where nothing is archived. */
export type Archives = ReadonlyMap<string, readonly pulumi.Resource[]>;

export function createArchives(
  plan: StackPlan,
  { cluster }: { readonly cluster: Cluster },
  options: pulumi.ComponentResourceOptions,
): Archives {
  const { scope, protection, settings } = plan;
  const archived = Object.entries(settings.stores).flatMap(([name, store]) =>
    store.flavour === "cloudnative-pg" && store.archive !== undefined ? [name] : [],
  );
  if (archived.length === 0) return new Map();
  const vault = new S3Vault("archive", { ...archiveArgs(plan), scope, protection }, options);
  return new Map(
    archived.map((store) => {
      // The operator gives the servers of a cluster an account of the cluster's own name.
      const account = { namespace: NAMESPACES.data, name: store };
      const identity = cluster.identity(`archive-${store}`, account, vault.writer());
      return [store, [...vault.ready, ...identity.ready]];
    }),
  );
}
