/** ElastiCache, and the image registry. */
import { blocks, type Minting, type TypeTable } from "../types";
import type { Properties } from "../values";
import { SECURITY_GROUP } from "./ec2";
import { input, regionalArn } from "./identifiers";
import { keyRef } from "./keys";
import { BY_NAME, parameterGroup, subnetGroup } from "./store-groups";

const CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup";
const CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const USER = "aws:elasticache/user:User";
const USER_GROUP = "aws:elasticache/userGroup:UserGroup";

export const cacheTypes: TypeTable = {
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    checks: "checked",
    id: input("replicationGroupId"),
    arn: regionalArn("elasticache", ({ id }) => `replicationgroup:${id}`),
    name: { property: "replicationGroupId", max: 40, lower: true },
    defaults: { automaticFailoverEnabled: false, multiAzEnabled: false },
    outputs: cacheOutputs,
    unstable: ["memberClusters"],
    forceNew: [
      ..."replicationGroupId atRestEncryptionEnabled kmsKeyId subnetGroupName port dataTieringEnabled".split(" "),
      ..."securityGroupNames snapshotArns snapshotName networkType preferredCacheClusterAzs".split(" "),
    ],
    refs: {
      subnetGroupName: { ...blocks(CACHE_SUBNETS), except: /^default$/ },
      parameterGroupName: { ...blocks(CACHE_PARAMETERS), except: /^default\./ },
      "securityGroupIds[]": blocks(SECURITY_GROUP),
      "userGroupIds[]": blocks(USER_GROUP),
      kmsKeyId: keyRef,
    },
    valid: {
      replicationGroupId: /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/,
      engine: ["redis", "valkey"],
      nodeType: /^cache\./,
      snapshotRetentionLimit: { min: 0, max: 35 },
      transitEncryptionMode: ["preferred", "required"],
    },
    unique: [{ in: "region", by: ["replicationGroupId"] }],
    quota: { limit: 300, code: "ClusterQuotaForCustomerExceeded" },
    refuse: cacheProblem,
  },
  [CACHE_SUBNETS]: subnetGroup(regionalArn("elasticache", ({ id }) => `subnetgroup:${id}`)),
  [CACHE_PARAMETERS]: parameterGroup(regionalArn("elasticache", ({ id }) => `parametergroup:${id}`)),
  [USER]: {
    checks: "checked",
    id: input("userId"),
    arn: regionalArn("elasticache", ({ id }) => `user:${id}`),
    outputs: () => ({ authenticationMode: { type: "password", passwordCount: 1 } }),
    forceNew: ["userId", "userName"],
    valid: { engine: /^(redis|valkey)$/i, userId: /^[a-zA-Z][a-zA-Z0-9-]{0,39}$/ },
    unique: [{ in: "region", by: ["userId"] }],
  },
  [USER_GROUP]: {
    checks: "checked",
    id: input("userGroupId"),
    arn: regionalArn("elasticache", ({ id }) => `usergroup:${id}`),
    forceNew: ["userGroupId"],
    refs: { "userIds[]": { ...blocks(USER), except: /^default$/ } },
    valid: { engine: /^(redis|valkey)$/i },
    unique: [{ in: "region", by: ["userGroupId"] }],
    refuse: ({ inputs, find }) => groupProblem(inputs, (id) => find(USER, id)?.properties["userName"]),
  },
  "aws:ecr/repository:Repository": {
    checks: "checked",
    id: input("name"),
    arn: regionalArn("ecr", ({ id }) => `repository/${id}`),
    name: { property: "name", max: 256, lower: true },
    defaults: { forceDelete: false, imageTagMutability: "MUTABLE" },
    outputs: (m) => ({
      registryId: m.account,
      repositoryUrl: `${m.account}.dkr.ecr.${m.region}.amazonaws.com/${m.id}`,
    }),
    forceNew: ["name", "encryptionConfigurations"],
    refs: { "encryptionConfigurations[].kmsKey": keyRef },
    valid: { imageTagMutability: /^(MUTABLE|IMMUTABLE)(_WITH_EXCLUSION)?$/ },
    unique: BY_NAME,
    quota: { limit: 100_000, code: "LimitExceededException" },
    keeps: ({ id, contents, properties }) =>
      contents > 0 && properties["forceDelete"] !== true
        ? `RepositoryNotEmptyException: repository ${id} holds ${contents} images: delete them, or set forceDelete`
        : undefined,
  },
};

function cacheOutputs(m: Minting): Properties {
  const domain = `${m.id}.${m.hex(6, "host")}.${m.region.replace(/(\w)\w*-(\w)\w*-(\d)/, "$1$2$3")}.cache.amazonaws.com`;
  const [groups, engine] = [Number(m.inputs["numNodeGroups"] ?? 1), String(m.inputs["engine"] ?? "redis")];
  const version = String(m.inputs["engineVersion"] ?? (engine === "valkey" ? "8.0" : "7.1"));
  const isSharded = m.inputs["numNodeGroups"] !== undefined && groups > 1;
  return {
    ...{ clusterEnabled: isSharded, configurationEndpointAddress: isSharded ? `clustercfg.${domain}` : "" },
    ...{
      primaryEndpointAddress: isSharded ? "" : `master.${domain}`,
      readerEndpointAddress: isSharded ? "" : `replica.${domain}`,
    },
    ...{ engine, engineVersion: version, engineVersionActual: `${version}.0`, numNodeGroups: groups },
    memberClusters: Array.from(
      { length: Number(m.inputs["numCacheClusters"] ?? groups) },
      (_, at) => `${m.id}-00${at + 1}`,
    ),
  };
}

function cacheProblem({ inputs }: Minting): string | undefined {
  const few = Number(inputs["numCacheClusters"] ?? 1) < 2 && Number(inputs["replicasPerNodeGroup"] ?? 0) < 1;
  if (inputs["automaticFailoverEnabled"] === true && few)
    return "InvalidParameterCombination: automatic failover needs at least two cache clusters";
  if (inputs["multiAzEnabled"] === true && inputs["automaticFailoverEnabled"] !== true)
    return "InvalidParameterCombination: multiAzEnabled needs automaticFailoverEnabled";
  return inputs["userGroupIds"] !== undefined && inputs["transitEncryptionEnabled"] === false
    ? "InvalidParameterCombination: user groups need transit encryption"
    : undefined;
}

/** A Redis group must have a user named `default`; a Valkey group need not. */
function groupProblem(inputs: Properties, nameOf: (id: string) => unknown): string | undefined {
  if (String(inputs["engine"]).toLowerCase() === "valkey") return undefined;
  const ids = Array.isArray(inputs["userIds"]) ? inputs["userIds"].map(String) : [];
  return ids.includes("default") || ids.some((id) => nameOf(id) === "default")
    ? undefined
    : "DefaultUserRequired: a user group needs a user named default";
}
