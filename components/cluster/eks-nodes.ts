/**
 * Nodes of an EKS cluster: managed groups of Bottlerocket, one for each pool and zone. No SSH, no shell, no way for a pod
 * to the node's own credentials. Refuses to own the number of nodes: the autoscaler does.
 */
import * as ec2 from "@pulumi/aws/ec2";
import * as eks from "@pulumi/aws/eks";
import type * as pulumi from "@pulumi/pulumi";
import { gibibytes } from "../../graph/units";
import { type Children } from "../component";
import { createRole, type RoleWithPolicies } from "../identity/statement";
import { fit, mandatoryTags, physicalName, type Scope } from "../names";
import { type Network } from "../network/network";
import { type PlannedGroup, type Pool } from "./eks-plan";

export interface NodesArgs {
  readonly scope: Scope;
  readonly network: Network;
  readonly cluster: eks.Cluster;
  readonly groups: readonly PlannedGroup[];
  /** What a node needs from its first moment: the network plugin and the identity agent. */
  readonly after: readonly pulumi.Resource[];
}

export function createNodes(child: Children, args: NodesArgs): readonly eks.NodeGroup[] {
  const role = createNodeRole(child, args.scope);
  const pools = new Map(args.groups.map(({ pool, spec }) => [pool, spec]));
  const templates = new Map([...pools].map(([pool, spec]) => [pool, createTemplate(child, args.scope, pool, spec)]));
  return args.groups.flatMap((group) => {
    const template = templates.get(group.pool);
    return template === undefined ? [] : [createGroup(child, args, group, { role, template })];
  });
}

/** Join the cluster, pull images. Addresses for pods are the network plugin's own identity, not the nodes'. */
const createNodeRole = (child: Children, scope: Scope): RoleWithPolicies =>
  createRole(child, "node-role", scope, {
    service: "ec2.amazonaws.com",
    description: "Nodes of the cluster: join it and pull images",
    managed: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
  });

/** One hop: a pod, one hop further away than its node, cannot read the node's credentials. */
const NODE_METADATA = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
  instanceMetadataTags: "disabled",
} as const;

/** Bottlerocket keeps itself on the first disk, images and scratch data on the second. Neither holds anything to restore. */
const disks = ({ disk = "50 GiB" }: Pool) =>
  Object.entries({ "/dev/xvda": 4, "/dev/xvdb": gibibytes(disk) }).map(([deviceName, volumeSize]) => ({
    deviceName,
    ebs: { volumeType: "gp3", volumeSize, encrypted: "true", deleteOnTermination: "true" },
  }));

function createTemplate(child: Children, scope: Scope, pool: string, spec: Pool): ec2.LaunchTemplate {
  const [id, options] = child(`template-${pool}`);
  const tags = { ...mandatoryTags(scope), Name: physicalName("launchTemplate", scope, pool) };
  const tagged = ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags }));
  const template = {
    name: physicalName("launchTemplate", scope, pool),
    metadataOptions: NODE_METADATA,
    blockDeviceMappings: disks(spec),
    tagSpecifications: tagged,
    updateDefaultVersion: true,
  };
  return new ec2.LaunchTemplate(id, template, options);
}

const AMI = { x86_64: "BOTTLEROCKET_x86_64", arm64: "BOTTLEROCKET_ARM_64" } as const;
const CAPACITY = { "on-demand": "ON_DEMAND", spot: "SPOT" } as const;

interface GroupParts {
  readonly role: RoleWithPolicies;
  readonly template: ec2.LaunchTemplate;
}

function createGroup(child: Children, args: NodesArgs, group: PlannedGroup, parts: GroupParts): eks.NodeGroup {
  const { pool, zone } = group;
  const [id, options] = child(`nodes-${pool}-${zone}`, {
    dependsOn: [...parts.role.policies, ...args.after, ...args.network.egress],
    ignoreChanges: ["scalingConfig.desiredSize"],
  });
  return new eks.NodeGroup(id, { ...groupIdentity(args, group), ...groupShape(group), ...groupParts(parts) }, options);
}

const groupIdentity = ({ cluster, network }: NodesArgs, { pool, zone, spec }: PlannedGroup) => ({
  clusterName: cluster.name,
  version: cluster.version,
  nodeGroupName: fit(`${pool}-${zone}`, 63),
  subnetIds: network
    .subnets("private")
    .filter((subnet) => subnet.zone === zone)
    .map(({ id }) => id),
  labels: { ...spec.labels, "keelson.dev/pool": pool },
});

const groupShape = ({ min, max, spec }: PlannedGroup) => ({
  amiType: AMI[spec.architecture ?? "x86_64"],
  capacityType: CAPACITY[spec.capacity ?? "on-demand"],
  instanceTypes: [...spec.instanceTypes],
  scalingConfig: { minSize: min, maxSize: max, desiredSize: min },
  updateConfig: { maxUnavailable: 1 },
  nodeRepairConfig: { enabled: true },
});

const groupParts = ({ role, template }: GroupParts) => ({
  nodeRoleArn: role.role.arn,
  launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
});
