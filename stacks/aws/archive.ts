/** Object storage for the archives of stores in the cluster, and each store's right to write there. */
import type * as pulumi from "@pulumi/pulumi";
import { copyReader } from "../../components/backup/lost-vault";
import { S3Vault } from "../../components/backup/s3-vault";
import { type Eks } from "../../components/cluster/eks";
import { archivedStores, originRegions } from "../../components/data/archive-objects";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { type StackPlan } from "../plan";
import { type AwsSettings } from "../schema";
import { type Platform } from "../platform";
import { archiveArgs } from "./arguments";

export function createArchives(
  plan: StackPlan<AwsSettings>,
  { cluster }: { readonly cluster: Eks },
  options: pulumi.ComponentResourceOptions,
): Platform["archives"] {
  const { scope, protection, settings } = plan;
  const archived = archivedStores(settings.stores);
  if (archived.length === 0) return new Map();
  const vault = new S3Vault("archive", { ...archiveArgs(plan), scope, protection }, options);
  const origins = originRegions(settings.stores)
    .filter((region) => region !== scope.region)
    .flatMap((region) => copyReader(scope, region, "archive"));
  return new Map(
    archived.map((store) => {
      // The operator gives the servers of a cluster an account of the cluster's own name.
      const account = { namespace: NAMESPACES.data, name: store };
      const identity = cluster.identity(`archive-${store}`, account, [...vault.writer(), ...origins]);
      return [store, [...vault.ready, ...identity.ready]];
    }),
  );
}
