/** Azure Managed Redis: clusters and the one database of each. From knowledge of the provider; not read anew. */
import { hexOf } from "../minting";
import { type CloudObject } from "../store";
import { follows, type Minting, type TypeTable } from "../types";
import { type Properties } from "../values";
import { block, input, resource } from "./identifiers";
import { wrapProblem } from "./keys";
import * as names from "./names";
import { identityRef } from "./roles";

const { KEY, REDIS_CLUSTER, REDIS_DATABASE } = names;
const REDIS = "Microsoft.Cache";

export const cacheTypes: TypeTable = {
  [REDIS_CLUSTER]: resource({
    provider: REDIS,
    path: [["redisEnterprise", "clusterName"]],
    name: { property: "clusterName", max: 60, lower: true },
    outputs: (m) => ({
      hostName: `${input("clusterName")(m)}.${m.region}.redis.azure.net`,
      kind: "v2",
      redisVersion: "7.4",
      redundancyMode: m.inputs["highAvailability"] === "Disabled" ? "None" : "ZR",
      resourceState: "Running",
      privateEndpointConnections: [],
    }),
    unstable: ["redundancyMode", "resourceState"],
    forceNew: ["zones"],
    refs: {
      "identity.userAssignedIdentities[]": identityRef,
      "encryption.customerManagedKeyEncryption.keyEncryptionKeyIdentity.userAssignedIdentityResourceId": identityRef,
    },
    valid: {
      clusterName: /^(?=.{1,60}$)[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/,
      "sku.name": /^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X|FlashOptimized_A)\d+$/,
      highAvailability: ["Enabled", "Disabled"],
      minimumTlsVersion: ["1.0", "1.1", "1.2"],
      publicNetworkAccess: ["Enabled", "Disabled"],
    },
    unique: [{ in: "world", by: ["clusterName"] }],
    refuse: (m) => keyProblem(m),
  }),
  [REDIS_DATABASE]: resource({
    provider: REDIS,
    path: [
      ["redisEnterprise", "clusterName"],
      ["databases", "databaseName"],
    ],
    outputs: () => ({ redisVersion: "7.4", resourceState: "Running" }),
    forceNew: ["clusteringPolicy", "port", "modules"],
    refs: { clusterName: follows(REDIS_CLUSTER) },
    valid: {
      databaseName: ["default"],
      clientProtocol: ["Encrypted", "Plaintext"],
      clusteringPolicy: ["EnterpriseCluster", "OSSCluster", "NoCluster"],
      accessKeysAuthentication: ["Enabled", "Disabled"],
      port: { min: 10_000, max: 10_000 },
    },
    unique: [{ in: "account", by: ["clusterName"] }],
  }),
};

/** Its address names a version, and its identity may wrap with it. */
function keyProblem(m: Minting): string | undefined {
  const own = block(block(m.inputs["encryption"])["customerManagedKeyEncryption"]);
  const uri = own["keyEncryptionKeyUrl"];
  if (uri === undefined) return undefined;
  const found = m.all(KEY).find(({ properties }) => properties["keyUriWithVersion"] === uri);
  if (found === undefined) return `KeyNotFound: no version of a key answers at ${String(uri)}`;
  return wrapProblem(m, found.properties["vaultName"], m.inputs["identity"]);
}

/** The same each time for the same cluster. */
export const accessKeys = ({ id }: CloudObject): Properties => ({
  primaryKey: hexOf(`${id} primary`, 44),
  secondaryKey: hexOf(`${id} secondary`, 44),
});
