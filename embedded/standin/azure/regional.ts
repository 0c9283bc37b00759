/** What Azure has of regions, for whoever loses one: a region and its pair, which reads what is copied by itself. */
import { type Regional } from "../regional";
import { block } from "./identifiers";
import { CLUSTER, KEY_VAULT, STORAGE_ACCOUNT } from "./names";

/** Storage whose copy answers under a name of its own while the region is lost. */
const READABLE = /^Standard_RAG/;

export const azureRegional: Regional = {
  name: "Azure",
  vaultStandIn: "a plugin of ours under the name of Velero's plugin for Azure, and an S3 API for Azure's blobs",
  zonesOf: () => ["1", "2", "3"],
  copyRegion: (world, { bucket }, wanted) => {
    const named = (name: unknown): boolean => bucket.startsWith(`${String(name)}-`);
    const account = world.find(({ type, properties }) => type === STORAGE_ACCOUNT && named(properties["accountName"]));
    return READABLE.test(String(block(account?.properties["sku"])["name"])) ? wanted : undefined;
  },
  // A key vault's content is in the pair as well: there it answers for reading while the region is lost.
  keyUsable: (world) => world.some(({ type }) => type === KEY_VAULT),
  databaseCopies: () => [],
  probe: STORAGE_ACCOUNT,
  telling: /^azure-native:(containerservice:ManagedCluster|network:VirtualNetwork)$/,
  records: () => [],
  clustersOf: (world, wanted) => world.filter(({ type, region }) => type === CLUSTER && region === wanted).map(nameOf),
  balancers: () => [],
};

const nameOf = ({ properties }: { readonly properties: Readonly<Record<string, unknown>> }): string =>
  String(properties["resourceName"]);
