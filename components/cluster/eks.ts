/**
 * Kubernetes on AWS: an EKS control plane with its log, its keys and the people who may use it, its nodes, and the add-ons
 * no pod can do without. Network policies are enforced, strictly. Given a deploy role, refuses the creator's built-in
 * administrator: who may do what is then a setting, and shows in the plan.
 */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as eks from "@pulumi/aws/eks";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { refuse } from "../../graph/problems";
import { days, type Duration } from "../../graph/units";
import { type Children, Component } from "../component";
import { createRole, type RoleWithPolicies, type Statement } from "../identity/statement";
import { type Key } from "../keys/key";
import { physicalName, type Scope } from "../names";
import { type Network } from "../network/network";
import { type Cluster, type Identities, type Identity, type ServiceAccountRef } from "./cluster";
import { type AddonVersions, createAddon } from "./eks-addons";
import { createNodes } from "./eks-nodes";
import {
  type ApiAccess,
  eksProblems,
  type EksVersion,
  NODE_ADDONS,
  planEndpoint,
  planGroups,
  type Pool,
} from "./eks-plan";
import { PodIdentity } from "./pod-identity";

export interface EksArgs {
  readonly scope: Scope;
  readonly network: Network;
  /** Kubernetes minor version. Upgrade one at a time; a cluster cannot go back. @default "1.36" */
  readonly version?: EksVersion;
  /** Who can reach the Kubernetes API. Decide how you will deploy before you choose `private`. */
  readonly access: ApiAccess;
  /** Who may use it, by IAM role ARN: both are the account's bootstrap roles, not this stack's. */
  readonly people: {
    /** Applies the platform. @default - whoever creates the cluster is its administrator, invisibly and for good */
    readonly deployRole?: string;
    /** Sees everything but secrets. @default - nobody */
    readonly readOnlyRole?: string;
  };
  /** Pools of nodes, by name. */
  readonly pools: Readonly<Record<string, Pool>>;
  /** Encrypts Kubernetes secrets. Can never be removed or exchanged. */
  readonly secretsKey: Key;
  /** Encrypts the control plane's log. */
  readonly logKey: Key;
  /** How long the control plane's log is kept. @default "90 days" */
  readonly logRetention?: Duration;
  /** Range of the cluster addresses of Services, apart from the network's. A change replaces the cluster. */
  readonly serviceRange: Cidr;
  /** @default - AWS's default versions for the cluster's version */
  readonly addonVersions?: AddonVersions;
  /** Whether AWS refuses to delete the cluster. Off, `destroy` takes the cluster and every volume claim in it. @default true */
  readonly deletionProtection?: boolean;
}

export class Eks extends Component implements Cluster, Identities<Statement> {
  readonly name: string;
  readonly id: pulumi.Output<string>;
  readonly version: string;
  readonly provider: kubernetes.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly serviceRange: Cidr;
  readonly apiRanges: readonly Cidr[];
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    private readonly args: EksArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("cluster:Eks", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, network, pools } = args;
    this.version = args.version ?? "1.36";
    refuse(eksProblems({ version: this.version, access: args.access, pools, zones: network.zones }));
    this.name = physicalName("cluster", scope, "eks");
    const log = createLog(child, args, this.name);
    const role = createControlPlaneRole(child, args);
    const cluster = createControlPlane(child, args, { name: this.name, version: this.version, log, role });
    const people = createAccess(child, args, cluster);
    const addons = createNodeAddons(child, args, this.name, cluster);
    const groups = planGroups(pools, network.zones);
    const nodes = createNodes(child, { scope, network, cluster, groups, after: addons });
    this.id = cluster.name;
    this.kubeconfig = kubeconfigOf(scope, this.name, cluster);
    this.provider = createProvider(child, cluster, this.kubeconfig, people);
    this.serviceRange = args.serviceRange;
    this.apiRanges = network.ranges("intra");
    this.ready = [...addons, ...nodes];
    this.registerOutputs({ name: this.id, version: this.version });
  }

  identity(role: string, account: ServiceAccountRef, statements: readonly Statement[]): Identity {
    const [id] = this.child(`${role}-identity`);
    const where = { scope: this.args.scope, cluster: this.name, clusterId: this.id };
    return new PodIdentity(id, { ...where, account, statements }, { parent: this });
  }
}

/** First, and with an end: EKS would make one that keeps everything for ever and outlives the cluster. */
function createLog(child: Children, { logKey, logRetention }: EksArgs, cluster: string): cloudwatch.LogGroup {
  const [id, options] = child("log");
  const retentionInDays = days(logRetention ?? "90 days");
  const group = { name: `/aws/eks/${cluster}/cluster`, retentionInDays, kmsKeyId: logKey.arn };
  return new cloudwatch.LogGroup(id, group, options);
}

const createControlPlaneRole = (child: Children, { scope, secretsKey }: EksArgs): RoleWithPolicies =>
  createRole(child, "role", scope, {
    service: "eks.amazonaws.com",
    description: "Control plane of the cluster",
    managed: ["AmazonEKSClusterPolicy"],
    statements: [secretsKey.useDirectly()],
  });

interface ControlPlaneParts {
  readonly name: string;
  readonly version: string;
  readonly log: cloudwatch.LogGroup;
  readonly role: RoleWithPolicies;
}

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

function createControlPlane(child: Children, args: EksArgs, parts: ControlPlaneParts): eks.Cluster {
  const [id, options] = child("cluster", {
    dependsOn: [parts.log, ...parts.role.policies],
    ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions"], // read at creation only, but replaces
  });
  const { network, access, secretsKey } = args;
  const creator = args.people.deployRole === undefined;
  const shape = {
    name: parts.name,
    version: parts.version,
    roleArn: parts.role.role.arn,
    vpcConfig: { subnetIds: network.subnets("intra").map((subnet) => subnet.id), ...planEndpoint(access) },
    kubernetesNetworkConfig: { serviceIpv4Cidr: args.serviceRange, ipFamily: "ipv4" },
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: creator },
    encryptionConfig: { provider: { keyArn: secretsKey.arn }, resources: ["secrets"] },
    enabledClusterLogTypes: LOG_TYPES,
    bootstrapSelfManagedAddons: false,
    upgradePolicy: { supportType: "STANDARD" },
    deletionProtection: args.deletionProtection ?? true,
  };
  return new eks.Cluster(id, shape, options);
}

/** Kubernetes permissions of an IAM role. @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const ACCESS_POLICIES = { deploy: "AmazonEKSClusterAdminPolicy", "read-only": "AmazonEKSViewPolicy" } as const;

function createAccess(child: Children, { scope, people }: EksArgs, cluster: eks.Cluster): readonly pulumi.Resource[] {
  const roles = { deploy: people.deployRole, "read-only": people.readOnlyRole } as const;
  return (Object.keys(ACCESS_POLICIES) as (keyof typeof ACCESS_POLICIES)[]).flatMap((who) => {
    const principalArn = roles[who];
    if (principalArn === undefined) return [];
    const [entryId, entryOptions] = child(`access-${who}`);
    const entry = new eks.AccessEntry(entryId, { clusterName: cluster.name, principalArn }, entryOptions);
    const policyArn = `arn:${scope.partition ?? "aws"}:eks::aws:cluster-access-policy/${ACCESS_POLICIES[who]}`;
    const [id, options] = child(`access-${who}-policy`);
    const grant = { clusterName: cluster.name, principalArn: entry.principalArn, accessScope: { type: "cluster" } };
    return [new eks.AccessPolicyAssociation(id, { ...grant, policyArn }, options)];
  });
}

const createNodeAddons = (child: Children, args: EksArgs, name: string, cluster: eks.Cluster): readonly eks.Addon[] => {
  const addon = { scope: args.scope, cluster: name, clusterId: cluster.name, versions: args.addonVersions ?? {} };
  return NODE_ADDONS.map((each) => createAddon(child, addon, each, each === "vpc-cni" ? CNI_IDENTITY : undefined));
};

/** Gives addresses to pods; so the nodes' own role need not. */
const CNI_IDENTITY = { serviceAccount: "aws-node", managed: ["AmazonEKS_CNI_Policy"] } as const;

/** Signs in with the caller's AWS credentials at each use: nothing in it is secret, nothing in it expires. */
const kubeconfigOf = ({ region }: Scope, name: string, { endpoint, certificateAuthority }: eks.Cluster) =>
  pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority.data } }],
    users: [{ name, user: { exec: signIn(region, name) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });

const signIn = (region: string, name: string) => ({
  apiVersion: "client.authentication.k8s.io/v1beta1",
  command: "aws",
  args: ["eks", "get-token", "--output", "json", "--region", region, "--cluster-name", name],
});

/** Waits for the deploy role's access: before it, every call would be refused. */
function createProvider(
  child: Children,
  cluster: eks.Cluster,
  kubeconfig: pulumi.Output<string>,
  people: readonly pulumi.Resource[],
): kubernetes.Provider {
  const [id, options] = child("kubernetes", { dependsOn: [...people] });
  const settings = { kubeconfig, clusterIdentifier: cluster.arn, enableServerSideApply: true };
  return new kubernetes.Provider(id, settings, options);
}
