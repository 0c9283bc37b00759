/** EKS: the cluster, its network, its nodes. */
import { along, cloud, type Case } from "./case";
import { resource, type Fields, type Sample } from "./samples";

const CLUSTER = {
  version: "1.36",
  vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
  encryptionConfig: { resources: ["secrets"], provider: { keyArn: "arn:aws:kms:key" } },
  enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
  accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
  deletionProtection: true,
};
const EKS = "aws:eks/cluster:Cluster";

const STRICT = { enableNetworkPolicy: "true", env: { NETWORK_POLICY_ENFORCING_MODE: "strict" } };

const cni = (cluster: string, settings: Fields = STRICT): Sample =>
  resource(
    "aws:eks/addon:Addon",
    `${cluster}-cni`,
    { addonName: "vpc-cni", configurationValues: JSON.stringify(settings) },
    { uses: { clusterName: cluster } },
  );

const cluster = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  along(cloud(rule, EKS, [CLUSTER, broken], expected), cni(rule));

/** The same cluster, whose add-on enforces less. */
const enforcing = (rule: string, settings: Fields, message: string): Case => {
  const made = resource(EKS, rule, CLUSTER);
  return {
    rule,
    passes: [made, cni(rule)],
    fails: [made, cni(rule, settings)],
    path: "kubernetesNetworkConfig",
    message,
  };
};

const CLUSTER_CASES: readonly Case[] = [
  cluster("cloud-eks-endpoint", { vpcConfig: { endpointPrivateAccess: true } }, [
    "vpcConfig.publicAccessCidrs",
    "the public endpoint is open to everybody",
  ]),
  cluster("cloud-eks-secrets-encrypted", { encryptionConfig: undefined }, [
    "encryptionConfig",
    "Secrets are not encrypted with a key of ours",
  ]),
  cluster("cloud-eks-logs", { enabledClusterLogTypes: ["api"] }, [
    "enabledClusterLogTypes",
    "wants all 5 logs, got a list of 1",
  ]),
  cluster("cloud-eks-access-entries", { accessConfig: { ...CLUSTER.accessConfig, authenticationMode: "CONFIG_MAP" } }, [
    "accessConfig.authenticationMode",
    'wants "API", got a text of 10 characters',
  ]),
  cluster("cloud-eks-version", { version: "1.20" }, ["version", "wants 1.34 or later"]),
  cluster("cloud-eks-no-creator-admin", { accessConfig: { authenticationMode: "API" } }, [
    "accessConfig.bootstrapClusterCreatorAdminPermissions",
    "wants false, got nothing",
  ]),
  cluster("resilience-cluster-deletion-protected", { deletionProtection: false }, [
    "deletionProtection",
    "wants true, got a boolean",
  ]),
  enforcing("network-eks-enforced", { env: STRICT.env }, "its add-on vpc-cni does not enforce network policies"),
  enforcing("network-eks-strict", { enableNetworkPolicy: "true" }, "pods are open until their policies are in place"),
  cloud(
    "rbac-eks-cluster-admin",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    [
      { policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy" },
      { policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" },
    ],
    ["policyArn", "this policy may do everything"],
  ),
];

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const MACHINE = {
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
  blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
};
const POOL = { launchTemplate: { id: "lt-1" } };

const machine = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  cloud(rule, TEMPLATE, [MACHINE, broken], expected);

/** A node group, its subnet, and the routes of that. */
const routed = (gateway: string): readonly Sample[] => [
  resource("aws:ec2/internetGateway:InternetGateway", "gateway", {}),
  resource("aws:ec2/natGateway:NatGateway", "nat", {}),
  resource("aws:ec2/routeTable:RouteTable", "table", {}),
  resource("aws:ec2/subnet:Subnet", "subnet", {}),
  resource(
    "aws:ec2/route:Route",
    "route",
    {},
    { uses: { [gateway]: gateway === "gatewayId" ? "gateway" : "nat", routeTableId: "table" } },
  ),
  resource(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "join",
    {},
    { uses: { subnetId: "subnet", routeTableId: "table" } },
  ),
];

const inSubnet = (gateway: string): readonly Sample[] => {
  const nodes = resource(NODES, "nodes", POOL, { uses: { subnetIds: "subnet" } });
  return [nodes, ...routed(gateway)];
};

export const EKS_CASES: readonly Case[] = [
  ...CLUSTER_CASES,
  machine("cloud-nodes-metadata", { metadataOptions: { httpPutResponseHopLimit: 1 } }, [
    "metadataOptions.httpTokens",
    'wants "required", got nothing',
  ]),
  machine("cloud-nodes-metadata-hops", { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 } }, [
    "metadataOptions.httpPutResponseHopLimit",
    "wants 1, got a number",
  ]),
  machine("cloud-nodes-encrypted", { blockDeviceMappings: undefined }, [
    "blockDeviceMappings",
    "the image's own disks, which need not be encrypted",
  ]),
  machine("cloud-nodes-no-public-address", { networkInterfaces: [{ associatePublicIpAddress: "true" }] }, [
    "networkInterfaces[0].associatePublicIpAddress",
    "the node gets a public address",
  ]),
  cloud(
    "cloud-nodes-templated",
    NODES,
    [POOL, { launchTemplate: undefined }],
    ["launchTemplate", "no launch template"],
  ),
  cloud("cloud-nodes-no-ssh", NODES, [POOL, { remoteAccess: { ec2SshKey: "k" } }], ["remoteAccess", "nodes take SSH"]),
  {
    rule: "cloud-private-subnets",
    passes: inSubnet("natGatewayId"),
    fails: inSubnet("gatewayId"),
    path: "subnetIds",
    message: "subnet subnet is routed to the internet",
  },
  cloud(
    "cloud-subnet-no-public-addresses",
    "aws:ec2/subnet:Subnet",
    [{}, { mapPublicIpOnLaunch: true }],
    ["mapPublicIpOnLaunch", "everything in it gets a public address"],
  ),
];
