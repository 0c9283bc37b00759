/**
 * How long the real cloud takes for each operation: data for the modelled makespan and the drill. Nothing here sleeps.
 * `verified: false` marks what rests on experience and not on a source that can be looked up.
 */

/** Seconds: the median, and what one in twenty exceeds. */
export interface Span {
  readonly p50: number;
  readonly p95: number;
}

export interface ModelledDuration extends Span {
  readonly source: string;
  /** When the source was read, ISO 8601. */
  readonly date: string;
  readonly verified: boolean;
}

export type Operation = "create" | "update" | "delete";

interface Row {
  readonly create: readonly [number, number];
  readonly update?: readonly [number, number];
  readonly delete: readonly [number, number];
  readonly source?: string;
}

/** When the threads named as sources were read. Tails (p95) are estimates in every row. */
const READ = "2026-11-20";

/** One API call that settles at once. */
const CALL: Row = { create: [1, 4], update: [1, 4], delete: [1, 4] };

const ROWS: Readonly<Record<string, Row>> = {
  "aws:ec2/vpc:Vpc": { create: [12, 20], delete: [1, 10] },
  "aws:ec2/subnet:Subnet": { create: [2, 12], delete: [1, 20] },
  "aws:ec2/internetGateway:InternetGateway": { create: [1, 5], delete: [1, 40] },
  "aws:ec2/natGateway:NatGateway": { create: [105, 150], delete: [60, 90] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { create: [60, 180], delete: [30, 180] },
  "aws:ec2/securityGroup:SecurityGroup": { create: [3, 6], delete: [1, 60] },
  "aws:kms/key:Key": { create: [8, 30], delete: [1, 3] },
  "aws:kms/replicaKey:ReplicaKey": { create: [15, 40], delete: [1, 3] },
  "aws:eks/cluster:Cluster": {
    create: [570, 840],
    update: [480, 1_200],
    delete: [150, 600],
    source:
      "aws-samples/eks-workshop#1101 (9 min), terraform-aws-eks#3218 (10m06s), aws/containers-roadmap#1227 (14 min)",
  },
  "aws:eks/nodeGroup:NodeGroup": {
    create: [150, 300],
    update: [180, 900],
    delete: [240, 600],
    source: "hashicorp/terraform-provider-aws#10916 (acceptance run of cluster and node group, 1,473 to 1,719 s)",
  },
  "aws:eks/addon:Addon": { create: [30, 120], update: [30, 120], delete: [15, 60] },
  "aws:s3/bucket:Bucket": { create: [2, 6], delete: [1, 4] },
  "aws:acm/certificateValidation:CertificateValidation": {
    create: [240, 600],
    delete: [0, 0],
    source: "aws/aws-cdk#5831, pulumi/pulumi-aws#3617 (over 5 min seen)",
  },
  "aws:route53/zone:Zone": { create: [40, 60], delete: [30, 60] },
  "aws:route53/record:Record": { create: [35, 60], update: [35, 60], delete: [35, 60] },
  "aws:rds/instance:Instance": {
    create: [600, 1_200],
    update: [60, 1_800],
    delete: [300, 900],
    source: "hashicorp/terraform#498 (15 to 20 min with two zones), #2886 (40 min seen)",
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    create: [300, 900],
    delete: [5, 60],
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    create: [600, 900],
    update: [300, 1_200],
    delete: [240, 600],
    source: "hashicorp/terraform-provider-aws#36310, #17301, #17320 (create and delete 904 to 1,764 s)",
  },
  "aws:elasticache/userGroup:UserGroup": { create: [30, 60], delete: [30, 60] },
  "aws:elasticache/user:User": { create: [10, 30], delete: [15, 60] },
  "aws:lb/loadBalancer:LoadBalancer": {
    create: [150, 300],
    delete: [10, 60],
    source: "hashicorp/terraform#11333 (acceptance runs 231 to 267 s)",
  },
  "azure-native:resources:ResourceGroup": { create: [2, 5], delete: [60, 300] },
  "azure-native:network:VirtualNetwork": { create: [6, 15], update: [6, 15], delete: [10, 30] },
  "azure-native:network:NatGateway": { create: [5, 20], delete: [10, 30] },
  "azure-native:network:PrivateEndpoint": { create: [45, 120], delete: [20, 60] },
  "azure-native:network:PrivateDnsZoneGroup": { create: [10, 40], delete: [10, 30] },
  "azure-native:privatedns:PrivateZone": { create: [30, 60], delete: [30, 60] },
  "azure-native:privatedns:VirtualNetworkLink": { create: [30, 60], delete: [30, 60] },
  "azure-native:keyvault:Vault": { create: [25, 60], delete: [10, 30] },
  "azure-native:containerregistry:Registry": { create: [15, 60], delete: [10, 30] },
  "azure-native:storage:StorageAccount": { create: [20, 45], delete: [3, 10] },
  "azure-native:monitor:DataCollectionRule": { create: [3, 20], delete: [2, 15] },
  "azure-native:monitor:DataCollectionRuleAssociation": { create: [3, 20], delete: [2, 15] },
  // Minutes for the machines, and as many again for a standby; from experience with both services.
  "azure-native:dbforpostgresql:Server": { create: [420, 900], update: [60, 900], delete: [120, 300] },
  "azure-native:dbforpostgresql:Configuration": { create: [15, 60], update: [15, 60], delete: [15, 60] },
  "azure-native:dbforpostgresql:Database": { create: [10, 30], delete: [10, 30] },
  "azure-native:redisenterprise:RedisEnterprise": { create: [300, 900], update: [300, 1_200], delete: [300, 600] },
  "azure-native:redisenterprise:Database": { create: [60, 300], update: [60, 300], delete: [60, 300] },
  "azure-native:operationalinsights:Workspace": { create: [20, 60], delete: [5, 30] },
  // A new assignment is not seen everywhere at once: whoever checks it next may still be refused for minutes.
  "azure-native:authorization:RoleAssignment": { create: [20, 120], delete: [5, 20] },
  "azure-native:containerservice:ManagedCluster": {
    create: [360, 720],
    update: [180, 900],
    delete: [240, 600],
    source: "Azure/AKS#237 (10 to 20 min, in 2018; later reports are shorter)",
  },
  "azure-native:containerservice:AgentPool": { create: [150, 300], update: [60, 900], delete: [120, 420] },
  // What the program waits for in the cluster: an image is pulled, a volume is attached, a probe succeeds.
  "kubernetes:apps/v1:Deployment": { create: [20, 60], update: [30, 120], delete: [5, 30] },
  "kubernetes:apps/v1:DaemonSet": { create: [20, 60], update: [30, 120], delete: [5, 30] },
  "kubernetes:apps/v1:StatefulSet": { create: [30, 90], update: [30, 120], delete: [5, 60] },
  "kubernetes:batch/v1:Job": { create: [10, 60], delete: [1, 10] },
  "kubernetes:postgresql.cnpg.io/v1:Cluster": { create: [60, 180], update: [30, 180], delete: [10, 60] },
};

/** What an operation on a type takes. A type without a row counts as one API call, unverified. */
export function modelledDuration(type: string, operation: Operation): ModelledDuration {
  const row = ROWS[type] ?? (/^(aws|azure-native):/.test(type) ? CALL : INSTANT);
  const [p50, p95] = row[operation] ?? CALL.create;
  return { p50, p95, source: row.source ?? "experience", date: READ, verified: row.source !== undefined };
}

const INSTANT: Row = { create: [0, 0], update: [0, 0], delete: [0, 0], source: "no cloud call" };
