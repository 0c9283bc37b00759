/** EKS. The cluster answers with the local control plane's endpoint where one runs, and nothing else knows. */
import { localPlane } from "../local-plane";
import { blocks, follows, unless, weak, type Minting, type TypeRow, type TypeTable } from "../types";
import type { Properties } from "../values";
import { SECURITY_GROUP, SUBNET } from "./ec2";
import { ROLE } from "./iam";
import { block, input, joined, regionalArn } from "./identifiers";
import { keyRef } from "./keys";

export const CLUSTER = "aws:eks/cluster:Cluster";
const VERSION = /^1\.(3[0-9])$/;

function clusterOutputs(m: Minting): Properties {
  const nowhere = `https://${m.hex(32, "endpoint").toUpperCase()}.gr7.${m.region}.eks.amazonaws.com`;
  const { endpoint, caData } = localPlane(nowhere);
  const issuer = `https://oidc.eks.${m.region}.amazonaws.com/id/${m.hex(32, "issuer").toUpperCase()}`;
  return {
    ...{ endpoint, certificateAuthority: { data: caData }, status: "ACTIVE", createdAt: m.created, clusterId: "" },
    ...{ identities: [{ oidcs: [{ issuer }] }], platformVersion: "eks.1", version: "1.34", deletionProtection: false },
    ...{ accessConfig: { authenticationMode: "CONFIG_MAP" }, upgradePolicy: { supportType: "EXTENDED" } },
    kubernetesNetworkConfig: {
      ipFamily: "ipv4",
      serviceIpv4Cidr: "172.20.0.0/16",
      ...block(m.inputs["kubernetesNetworkConfig"]),
    },
    vpcConfig: vpcConfig(m),
  };
}

function vpcConfig({ inputs, find, hex }: Minting): Properties {
  const given = block(inputs["vpcConfig"]);
  const subnet = Array.isArray(given["subnetIds"]) ? find(SUBNET, String(given["subnetIds"][0])) : undefined;
  return {
    ...{ endpointPublicAccess: true, endpointPrivateAccess: false, publicAccessCidrs: ["0.0.0.0/0"], ...given },
    ...{ clusterSecurityGroupId: `sg-0${hex(16, "cluster group")}`, vpcId: subnet?.properties["vpcId"] ?? "" },
  };
}

/** AWS wants subnets in at least two zones. */
function zonesProblem({ inputs, find }: Minting): string | undefined {
  const ids = block(inputs["vpcConfig"])["subnetIds"];
  const zones = Array.isArray(ids) ? ids.map((id) => find(SUBNET, String(id))?.properties["availabilityZone"]) : [];
  return new Set(zones).size >= 2 ? undefined : "InvalidParameterException: subnets must be in at least two zones";
}

/** Things that exist inside a cluster and go with it. */
const inside = (row: Omit<TypeRow, "checks">): TypeRow => ({
  checks: "checked",
  ...row,
  refs: { clusterName: follows(CLUSTER), ...row.refs },
});

export const eksTypes: TypeTable = {
  [CLUSTER]: {
    checks: "checked",
    id: input("name"),
    arn: regionalArn("eks", ({ id }) => `cluster/${id}`),
    name: { property: "name", max: 100 },
    defaults: { bootstrapSelfManagedAddons: true },
    outputs: clusterOutputs,
    nested: ["vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId"],
    unstable: ["platformVersion"],
    forceNew: [
      ...["name", "roleArn", "outpostConfig", "bootstrapSelfManagedAddons", "encryptionConfig.provider.keyArn"],
      ...["kubernetesNetworkConfig.serviceIpv4Cidr", "kubernetesNetworkConfig.ipFamily"],
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
    ],
    refs: {
      roleArn: weak(ROLE),
      "vpcConfig.subnetIds[]": blocks(SUBNET),
      "vpcConfig.securityGroupIds[]": blocks(SECURITY_GROUP),
      "encryptionConfig.provider.keyArn": keyRef,
    },
    valid: {
      name: /^[0-9A-Za-z][\w-]{0,99}$/,
      version: VERSION,
      "enabledClusterLogTypes[]": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      "accessConfig.authenticationMode": ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"],
      "vpcConfig.publicAccessCidrs[]": "cidr",
      "kubernetesNetworkConfig.serviceIpv4Cidr": "cidr",
      "kubernetesNetworkConfig.ipFamily": ["ipv4", "ipv6"],
      "upgradePolicy.supportType": ["STANDARD", "EXTENDED"],
    },
    unique: [{ in: "region", by: ["name"] }],
    quota: { limit: 100, code: "ResourceLimitExceededException" },
    lends: (m) => ({ [SECURITY_GROUP]: [String(vpcConfig(m)["clusterSecurityGroupId"])] }),
    refuse: zonesProblem,
    keeps: ({ properties, id }) =>
      properties["deletionProtection"] === true
        ? `InvalidRequestException: cluster ${id} has deletion protection on: set deletionProtection to false first`
        : undefined,
  },
  "aws:eks/nodeGroup:NodeGroup": {
    checks: "checked",
    id: joined(":", "clusterName", "nodeGroupName"),
    arn: regionalArn(
      "eks",
      ({ inputs, hex }) => `nodegroup/${String(inputs["clusterName"])}/${String(inputs["nodeGroupName"])}/${hex(8)}`,
    ),
    name: { property: "nodeGroupName", prefix: "nodeGroupNamePrefix", max: 63 },
    outputs: ({ inputs, hex }) => ({
      ...{
        status: "ACTIVE",
        amiType: "AL2023_x86_64_STANDARD",
        capacityType: "ON_DEMAND",
        diskSize: 20,
        version: "1.34",
      },
      ...{ instanceTypes: ["t3.medium"], releaseVersion: `1.34.0-${hex(4)}`, updateConfig: { maxUnavailable: 1 } },
      resources: [
        {
          autoscalingGroups: [{ name: `eks-${String(inputs["nodeGroupName"])}-${hex(8)}` }],
          remoteAccessSecurityGroupId: "",
        },
      ],
    }),
    unstable: ["resources"],
    forceNew: [
      ..."amiType capacityType clusterName diskSize instanceTypes nodeGroupName nodeGroupNamePrefix".split(" "),
      ..."nodeRoleArn remoteAccess subnetIds launchTemplate.id launchTemplate.name".split(" "),
    ],
    refs: {
      clusterName: blocks(CLUSTER),
      nodeRoleArn: weak(ROLE),
      "subnetIds[]": blocks(SUBNET),
      "launchTemplate.id": weak("aws:ec2/launchTemplate:LaunchTemplate"),
      "launchTemplate.name": weak("aws:ec2/launchTemplate:LaunchTemplate"),
    },
    valid: {
      capacityType: ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"],
      version: VERSION,
      "taints[].effect": ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"],
    },
    unique: [{ in: "region", by: ["clusterName", "nodeGroupName"] }],
    quota: { limit: 30, per: "clusterName", code: "ResourceLimitExceededException" },
    refuse: sizesProblem,
  },
  "aws:eks/addon:Addon": inside({
    id: joined(":", "clusterName", "addonName"),
    arn: regionalArn(
      "eks",
      ({ inputs, hex }) => `addon/${String(inputs["clusterName"])}/${String(inputs["addonName"])}/${hex(8)}`,
    ),
    outputs: ({ created }) => ({
      createdAt: created,
      modifiedAt: created,
      addonVersion: "v1.0.0-eksbuild.1",
      configurationValues: "",
    }),
    unstable: ["modifiedAt"],
    forceNew: ["addonName", "clusterName"],
    refs: { serviceAccountRoleArn: weak(ROLE), "podIdentityAssociations[].roleArn": weak(ROLE) },
    valid: {
      configurationValues: "json",
      resolveConflictsOnCreate: ["NONE", "OVERWRITE"],
      resolveConflictsOnUpdate: ["NONE", "OVERWRITE", "PRESERVE"],
    },
    unique: [{ in: "region", by: ["clusterName", "addonName"] }],
  }),
  "aws:eks/accessEntry:AccessEntry": inside({
    id: joined(":", "clusterName", "principalArn"),
    defaults: { type: "STANDARD" },
    outputs: (m) => ({
      ...{
        createdAt: m.created,
        modifiedAt: m.created,
        kubernetesGroups: [],
        userName: String(m.inputs["principalArn"]),
      },
      accessEntryArn: regionalArn(
        "eks",
        ({ inputs, hex }) => `access-entry/${String(inputs["clusterName"])}/${hex(8)}`,
      )(m),
    }),
    unstable: ["modifiedAt"],
    forceNew: ["clusterName", "principalArn", "type"],
    refs: { principalArn: unless(/:(root|user\/.+|assumed-role\/.+)$|aws-reserved/, weak(ROLE)) },
    valid: { principalArn: "arn", type: "STANDARD EC2 EC2_LINUX EC2_WINDOWS FARGATE_LINUX HYBRID_LINUX".split(" ") },
    unique: [{ in: "region", by: ["clusterName", "principalArn"] }],
    refuse: ({ inputs, find }) =>
      block(find(CLUSTER, inputs["clusterName"])?.properties["accessConfig"])["authenticationMode"] === "CONFIG_MAP"
        ? "InvalidRequestException: the cluster's authentication mode must be API or API_AND_CONFIG_MAP"
        : undefined,
  }),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": inside({
    id: joined("#", "clusterName", "principalArn", "policyArn"),
    outputs: ({ created }) => ({ associatedAt: created, modifiedAt: created }),
    forceNew: ["clusterName", "principalArn", "policyArn", "accessScope"],
    valid: {
      policyArn: /^arn:aws[\w-]*:eks::aws:cluster-access-policy\//,
      principalArn: "arn",
      "accessScope.type": ["cluster", "namespace"],
    },
    unique: [{ in: "region", by: ["clusterName", "principalArn", "policyArn"] }],
    refuse: ({ inputs, all }) =>
      all("aws:eks/accessEntry:AccessEntry").some(({ id }) => id === joinedEntry(inputs))
        ? undefined
        : `ResourceNotFoundException: no access entry for ${String(inputs["principalArn"])} yet (dependsOn it)`,
  }),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": inside({
    id: ({ hex }) => `a-${hex(17)}`,
    outputs: (m) => ({
      ...{ associationId: m.id, externalId: m.hex(32, "external"), disableSessionTags: false },
      associationArn: regionalArn(
        "eks",
        ({ inputs, id }) => `podidentityassociation/${String(inputs["clusterName"])}/${id}`,
      )(m),
    }),
    forceNew: ["clusterName", "namespace", "serviceAccount"],
    refs: { roleArn: weak(ROLE), targetRoleArn: unless(/./, weak(ROLE)) },
    valid: { roleArn: "arn" },
    unique: [{ in: "region", by: ["clusterName", "namespace", "serviceAccount"] }],
    quota: { limit: 5_000, per: "clusterName", code: "ResourceLimitExceededException" },
  }),
};

const joinedEntry = (inputs: Properties): string =>
  `${String(inputs["clusterName"])}:${String(inputs["principalArn"])}`;

function sizesProblem({ inputs }: Minting): string | undefined {
  const { minSize, maxSize, desiredSize } = block(inputs["scalingConfig"]);
  const ordered = Number(minSize) <= Number(desiredSize) && Number(desiredSize) <= Number(maxSize);
  return ordered
    ? undefined
    : `InvalidParameterException: want minSize <= desiredSize <= maxSize, got ${minSize}, ${desiredSize}, ${maxSize}`;
}
