/**
 * Nodes of an AKS cluster: a small pool for Azure's own add-ons, which is part of the cluster's resource, and one pool for
 * each of ours and each zone. Encrypted at host, without public addresses, without SSH. Refuses to own the number of nodes:
 * the autoscaler does.
 */
import * as pools from "@pulumi/azure-native/containerservice/agentPool";
import type * as pulumi from "@pulumi/pulumi";
import { gibibytes } from "../../graph/units";
import { type Children } from "../component";
import { type AzurePlace } from "../network/azure-place";
import { type AksPool, type PlannedPool } from "./aks-plan";

const nodeShape = ({ size, disk = "64 GiB" }: AksPool, subnetId: pulumi.Input<string>) => ({
  vmSize: size,
  osType: "Linux",
  osSKU: "AzureLinux",
  osDiskSizeGB: gibibytes(disk),
  vnetSubnetID: subnetId,
  maxPods: 110,
  type: "VirtualMachineScaleSets",
  enableAutoScaling: true,
  enableEncryptionAtHost: true,
  enableNodePublicIP: false,
  securityProfile: { sshAccess: "Disabled" },
  upgradeSettings: { maxSurge: "33%", drainTimeoutInMinutes: 30 },
});

/** Add-ons of Azure and nothing else: what of ours runs out of memory takes no DNS server along. */
export const systemPool = (
  spec: AksPool,
  zones: readonly string[],
  { subnetId, tags }: { readonly subnetId: pulumi.Input<string>; readonly tags: Record<string, string> },
) => ({
  ...nodeShape(spec, subnetId),
  name: "system",
  mode: "System",
  availabilityZones: [...zones],
  minCount: 2,
  maxCount: 3,
  count: 2,
  nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
  tags,
});

export interface PoolsArgs {
  readonly place: AzurePlace;
  readonly cluster: pulumi.Input<string>;
  readonly version: string;
  readonly subnetId: pulumi.Input<string>;
  readonly pools: readonly PlannedPool[];
}

export const createPools = (child: Children, args: PoolsArgs): readonly pools.AgentPool[] =>
  args.pools.map((planned) => createPool(child, args, planned));

function createPool(child: Children, args: PoolsArgs, { name, zone, min, max, spec }: PlannedPool): pools.AgentPool {
  const [id, options] = child(`nodes-${name}`, { ignoreChanges: ["count"] });
  const { resourceGroupName, tags } = args.place;
  return new pools.AgentPool(
    id,
    {
      ...nodeShape(spec, args.subnetId),
      resourceGroupName,
      resourceName: args.cluster,
      agentPoolName: name,
      orchestratorVersion: args.version,
      mode: "User",
      availabilityZones: [zone],
      minCount: min,
      maxCount: max,
      count: min,
      nodeLabels: { "keelson.dev/pool": name.slice(0, -zone.length) },
      tags,
    },
    options,
  );
}
