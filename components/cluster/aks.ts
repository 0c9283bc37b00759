/**
 * Kubernetes on Azure: an AKS control plane whose API server has its addresses in the network, its Secrets encrypted with a
 * key of ours, the people who may use it, its nodes. Cilium enforces policies. Refuses local accounts: who may do what is
 * a role assignment, and shows in the plan.
 */
import * as clusters from "@pulumi/azure-native/containerservice/managedCluster";
import * as clusterTypes from "@pulumi/azure-native/types/enums/containerservice";
import type * as identities from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import * as diagnostics from "@pulumi/azure-native/monitor/diagnosticSetting";
import * as kubernetes from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { refuse } from "../../graph/problems";
import { type Children, Component } from "../component";
import { grantAll, type RoleGrant } from "../identity/azure-roles";
import { type DiskEncryption } from "../keys/disk-encryption";
import { type KeyVault } from "../keys/key-vault";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Network } from "../network/network";
import { kubeconfigOf } from "./aks-kubeconfig";
import { collectPodLogs, podLogsAddon } from "./aks-logs";
import { createPools, systemPool } from "./aks-nodes";
import {
  type AksAccess,
  type AksLogs,
  type AksPool,
  aksProblems,
  type AksRouting,
  type AksVersion,
  AUTOSCALER,
  planAccess,
  planNetworking,
  planPools,
  planRouting,
} from "./aks-plan";
import { createWindows } from "./aks-windows";
import { type Cluster, type Identities, type ServiceAccountRef } from "./cluster";
import { createManagedIdentity, WorkloadIdentity } from "./workload-identity";

export interface AksArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly network: Network;
  /** Kubernetes minor version. Upgrade one at a time; a cluster cannot go back. @default "1.36" */
  readonly version?: AksVersion;
  readonly access: AksAccess;
  /** Directory whose groups may use it. */
  readonly tenant: string;
  readonly people: {
    /** Id of the Entra group that administers the cluster. */
    readonly deployGroup: string;
    /** Id of the Entra group that sees everything but secrets. @default - nobody */
    readonly readOnlyGroup?: string;
  };
  /** Pools of nodes, by name. */
  readonly pools: Readonly<Record<string, AksPool>>;
  /** Holds the key that encrypts Secrets. */
  readonly vault: KeyVault;
  /** Encrypts the disks of nodes. Whoever attaches volumes must see it, too. */
  readonly disks: DiskEncryption;
  readonly podRange: Cidr;
  readonly serviceRange: Cidr;
  /** Which releases Azure installs by itself, on Sunday nights. @default "patch" */
  readonly upgrades?: "none" | "patch";
  /** The Azure Policy add-on. @default false */
  readonly azurePolicy?: boolean;
  /** Where the control plane's log goes, whether pods' logs do, and whether threats are looked for. @default - no log, no detection */
  readonly logs?: AksLogs<pulumi.Input<string>>;
  /** @default - neither gateway nor mesh of Azure's */
  readonly routing?: AksRouting;
  /** Registry its nodes pull from. @default - public ones only */
  readonly registry?: { readonly pull: RoleGrant };
}

export class Aks extends Component implements Cluster, Identities<RoleGrant> {
  readonly name: string;
  readonly id: pulumi.Output<string>;
  readonly version: string;
  readonly provider: kubernetes.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly serviceRange: Cidr;
  readonly apiRanges: readonly Cidr[];
  readonly ready: readonly pulumi.Resource[];
  private readonly issuer: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: AksArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("cluster:Aks", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, place, network, pools, routing = {} } = args;
    const { zones } = network;
    this.version = args.version ?? "1.36";
    refuse(aksProblems({ version: this.version, access: args.access, pools, zones, routing }));
    this.name = physicalName("managedCluster", scope, "aks");
    const parts = { name: this.name, version: this.version, ...createIdentities(child, args) };
    const cluster = createCluster(child, args, parts);
    const people = createPeople(child, args, cluster);
    createWindows(child, place, cluster);
    createLog(child, args, cluster);
    collectPodLogs(child, args, cluster);
    const subnetId = subnetIdOf(network, "private");
    const nodes = { place, cluster: cluster.name, version: this.version, subnetId, pools: planPools(pools, zones) };
    this.ready = createPools(child, nodes);
    this.id = cluster.id;
    this.issuer = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubeconfig = kubeconfigOf(this, place.resourceGroupName, cluster, args.tenant);
    this.provider = createProvider(child, cluster, this.kubeconfig, people);
    this.serviceRange = args.serviceRange;
    this.apiRanges = network.ranges("intra");
    this.registerOutputs({ name: cluster.name, version: this.version });
  }

  identity(role: string, account: ServiceAccountRef, grants: readonly RoleGrant[]): WorkloadIdentity {
    const [id] = this.child(`${role}-identity`);
    const { scope, place } = this.args;
    return new WorkloadIdentity(id, { scope, place, issuer: this.issuer, account, grants }, { parent: this });
  }
}

function subnetIdOf(network: Network, tier: "private" | "intra"): pulumi.Output<string> {
  const [subnet] = network.subnets(tier);
  if (subnet === undefined) throw new Error(`the network has no ${tier} subnet`);
  return subnet.id;
}

interface ControlIdentities {
  readonly control: identities.UserAssignedIdentity;
  readonly kubelet: identities.UserAssignedIdentity;
  /** Roles the control plane needs before it starts. */
  readonly roles: readonly pulumi.Resource[];
}

/** Made before the cluster, so that Azure checks its rights when it makes it, and a new cluster keeps them. */
function createIdentities(child: Children, args: AksArgs): ControlIdentities {
  const { scope, place, network, vault, disks, registry } = args;
  const control = createManagedIdentity(child, scope, place, "control");
  const kubelet = createManagedIdentity(child, scope, place, "kubelet");
  const principal = (id: pulumi.Input<string>) => ({ id, is: "ServicePrincipal" }) as const;
  const grants = {
    "control-network": { role: "Network Contributor", on: network.id },
    "control-kubelet": { role: "Managed Identity Operator", on: kubelet.id },
    "control-key": vault.use(),
    "control-vault": vault.connect(),
    "control-disks": disks.read(),
  } as const;
  const pulls = registry === undefined ? {} : { "kubelet-pull": registry.pull };
  const roles = [
    ...grantAll(child, scope, principal(control.principalId), grants),
    ...grantAll(child, scope, principal(kubelet.principalId), pulls),
  ];
  return { control, kubelet, roles };
}

interface ClusterParts extends ControlIdentities {
  readonly name: string;
  readonly version: string;
}

function createCluster(child: Children, args: AksArgs, parts: ClusterParts): clusters.ManagedCluster {
  const [id, options] = child("cluster", {
    dependsOn: [...parts.roles, ...args.vault.ready, ...args.network.egress],
    ignoreChanges: ["agentPoolProfiles"], // Azure takes changes of pools by their own resource only
  });
  const shape = { ...clusterIdentity(args, parts), ...clusterNetwork(args), ...clusterSecurity(args) };
  return new clusters.ManagedCluster(id, { ...args.place, ...shape, ...clusterUpkeep(args) }, options);
}

const clusterIdentity = (
  { network, pools, place, disks }: AksArgs,
  { name, version, control, kubelet }: ClusterParts,
) => {
  const [spec] = Object.values(pools);
  if (spec === undefined) throw new Error("a cluster without a pool of nodes");
  const where = { subnetId: subnetIdOf(network, "private"), tags: place.tags };
  return {
    resourceName: name,
    kubernetesVersion: version,
    dnsPrefix: name,
    sku: { name: "Base", tier: "Standard" },
    supportPlan: "KubernetesOfficial",
    identity: { type: clusterTypes.ResourceIdentityType.UserAssigned, userAssignedIdentities: [control.id] },
    identityProfile: {
      kubeletidentity: { resourceId: kubelet.id, clientId: kubelet.clientId, objectId: kubelet.principalId },
    },
    agentPoolProfiles: [systemPool(spec, network.zones, where)],
    diskEncryptionSetID: disks.id,
    nodeResourceGroup: `${name}-nodes`,
    nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
  };
};

const clusterNetwork = ({ network, access, podRange, serviceRange, routing = {} }: AksArgs) => ({
  apiServerAccessProfile: { ...planAccess(access, undefined), subnetId: subnetIdOf(network, "intra") },
  publicNetworkAccess: access.mode === "private" ? "Disabled" : "Enabled",
  networkProfile: planNetworking(podRange, serviceRange),
  ...planRouting(routing),
});

const clusterSecurity = ({ tenant, vault, azurePolicy = false, logs = {} }: AksArgs) => ({
  disableLocalAccounts: true,
  enableRBAC: true,
  aadProfile: { managed: true, enableAzureRBAC: true, tenantID: tenant },
  oidcIssuerProfile: { enabled: true },
  securityProfile: {
    workloadIdentity: { enabled: true },
    imageCleaner: { enabled: true, intervalHours: 168 },
    azureKeyVaultKms: {
      enabled: true,
      keyId: vault.key("secrets").uriWithVersion,
      keyVaultNetworkAccess: "Private",
      keyVaultResourceId: vault.id,
    },
    ...(logs.workspace !== undefined && logs.defender
      ? { defender: { logAnalyticsWorkspaceResourceId: logs.workspace, securityMonitoring: { enabled: true } } }
      : {}),
  },
  addonProfiles: {
    azurepolicy: { enabled: azurePolicy, ...(azurePolicy ? { config: { version: "v2" } } : {}) },
    ...podLogsAddon(logs),
  },
});

const clusterUpkeep = ({ upgrades = "patch" }: AksArgs) => ({
  autoScalerProfile: { ...AUTOSCALER },
  autoUpgradeProfile: { upgradeChannel: upgrades, nodeOSUpgradeChannel: "NodeImage" },
  storageProfile: {
    diskCSIDriver: { enabled: true },
    snapshotController: { enabled: true },
    fileCSIDriver: { enabled: false },
    blobCSIDriver: { enabled: false },
  },
});

/** Kubernetes permissions of people, by Azure's own roles. To fetch a kubeconfig is a right of its own. */
function createPeople(child: Children, { scope, people }: AksArgs, cluster: clusters.ManagedCluster) {
  const groups = { deploy: people.deployGroup, "read-only": people.readOnlyGroup } as const;
  const roles = {
    deploy: "Azure Kubernetes Service RBAC Cluster Admin",
    "read-only": "Azure Kubernetes Service RBAC Reader",
  } as const;
  return (Object.keys(groups) as (keyof typeof groups)[]).flatMap((who) => {
    const id = groups[who];
    if (id === undefined) return [];
    const grants = {
      [`access-${who}`]: { role: roles[who], on: cluster.id },
      [`access-${who}-sign-in`]: { role: "Azure Kubernetes Service Cluster User Role", on: cluster.id },
    } as const;
    return grantAll(child, scope, { id, is: "Group" }, grants);
  });
}

const LOG_TYPES = ["kube-apiserver", "kube-audit-admin", "guard", "kube-controller-manager", "kube-scheduler"];

function createLog(child: Children, { logs = {} }: AksArgs, cluster: clusters.ManagedCluster): void {
  if (logs.workspace === undefined) return;
  const [id, options] = child("log");
  const wanted = LOG_TYPES.map((category) => ({ category, enabled: true }));
  const to = { workspaceId: logs.workspace, logAnalyticsDestinationType: "Dedicated" };
  new diagnostics.DiagnosticSetting(
    id,
    { name: "control-plane", resourceUri: cluster.id, ...to, logs: wanted },
    options,
  );
}

/** Waits for the deploy group's access: before it, every call would be refused. */
function createProvider(
  child: Children,
  cluster: clusters.ManagedCluster,
  kubeconfig: pulumi.Output<string>,
  people: readonly pulumi.Resource[],
): kubernetes.Provider {
  const [id, options] = child("kubernetes", { dependsOn: [...people] });
  const settings = { kubeconfig, clusterIdentifier: cluster.id, enableServerSideApply: true };
  return new kubernetes.Provider(id, settings, options);
}
