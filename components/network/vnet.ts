/**
 * The network on Azure: a virtual network with the subnets of a plan, one way out for nodes and pods, and a security group
 * for each subnet. Subnets are part of the network's own resource: Azure changes one subnet of a network at a time, and
 * refuses the second of two that are made at once.
 */
import * as nat from "@pulumi/azure-native/network/natGateway";
import * as groups from "@pulumi/azure-native/network/networkSecurityGroup";
import * as addresses from "@pulumi/azure-native/network/publicIPAddress";
import * as networks from "@pulumi/azure-native/network/virtualNetwork";
import * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { refuse } from "../../graph/problems";
import { type Children, Component } from "../component";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "./azure-place";
import { type AzureSubnet, azureNetworkProblems, azureSubnets, groupRules, type PlannedRule } from "./azure-plan";
import { type Network, type Subnet } from "./network";
import { type NetworkPlan, type Tier } from "./plan";

export interface VnetArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** From `planAzureNetwork`. */
  readonly plan: NetworkPlan;
  /** Zones of the region the cluster's nodes are spread over. */
  readonly zones: readonly string[];
  /** Range of the pods' overlay, apart from the network's. */
  readonly pods: Cidr;
  /** Stores whose managed flavour must have its subnet to itself. @default - none */
  readonly delegated?: readonly string[];
}

interface Built {
  readonly subnet: AzureSubnet;
  readonly id: pulumi.Output<string>;
}

export class Vnet extends Component implements Network {
  readonly id: pulumi.Output<string>;
  readonly range: Cidr;
  readonly zones: readonly string[];
  readonly egress: readonly pulumi.Resource[];
  readonly egressAddresses: readonly pulumi.Output<string>[];
  private readonly built: readonly Built[];

  constructor(name: string, args: VnetArgs, options?: pulumi.ComponentResourceOptions) {
    super("network:Vnet", name, options);
    refuse(azureNetworkProblems(args.plan, args.pods));
    const child: Children = (role, more) => this.child(role, more);
    const { plan, zones, delegated = [] } = args;
    const exit = createExit(child, args);
    const subnets = azureSubnets(plan, delegated);
    const network = createNetwork(child, args, subnets, exit.gateway);
    this.id = network.id;
    this.range = plan.range;
    this.zones = zones;
    this.built = subnets.map((subnet) => ({ subnet, id: pulumi.interpolate`${network.id}/subnets/${subnet.name}` }));
    this.egress = [network];
    this.egressAddresses = [exit.address];
    this.registerOutputs({ id: this.id });
  }

  subnets(tier: Tier, store?: string): readonly Subnet[] {
    return this.built
      .filter(({ subnet: { planned } }) => planned.tier === tier && planned.store === store)
      .map(({ subnet: { planned }, id }) => ({ id, zone: planned.zone, range: planned.range }));
  }

  ranges(tier: Tier, store?: string): readonly Cidr[] {
    return this.subnets(tier, store).map(({ range }) => range);
  }
}

interface Exit {
  readonly gateway: nat.NatGateway;
  readonly address: pulumi.Output<string>;
}

/** One gateway for all zones; a subnet takes no second. A zone's failure moves it, for which Azure gives no time. */
function createExit(child: Children, { scope, place }: VnetArgs): Exit {
  const [addressId, addressOptions] = child("nat-address");
  const address = new addresses.PublicIPAddress(
    addressId,
    {
      ...place,
      publicIpAddressName: physicalName("natGateway", scope, "nat-address"),
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
    },
    addressOptions,
  );
  const [id, options] = child("nat");
  const natGatewayName = physicalName("natGateway", scope, "nat");
  const shape = { sku: { name: "Standard" }, publicIpAddresses: [{ id: address.id }], idleTimeoutInMinutes: 4 };
  const gateway = new nat.NatGateway(id, { ...place, natGatewayName, ...shape }, options);
  return { gateway, address: address.ipAddress.apply((text) => text ?? "") };
}

function createNetwork(
  child: Children,
  { scope, place, plan }: VnetArgs,
  subnets: readonly AzureSubnet[],
  gateway: nat.NatGateway,
): networks.VirtualNetwork {
  const parts = subnets.map((subnet) => ({
    name: subnet.name,
    addressPrefix: subnet.planned.range,
    networkSecurityGroup: { id: createGroup(child, { scope, place, plan }, subnet).id },
    defaultOutboundAccess: false,
    privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
    ...(subnet.exit ? { natGateway: { id: gateway.id } } : {}),
    ...(subnet.delegation === undefined ? {} : { delegations: [delegated(subnet.delegation)] }),
  }));
  const [id, options] = child("network");
  const virtualNetworkName = physicalName("virtualNetwork", scope, "network");
  const shape = { addressSpace: { addressPrefixes: [plan.range] }, subnets: parts };
  return new networks.VirtualNetwork(id, { ...place, virtualNetworkName, ...shape }, options);
}

const delegated = (serviceName: string) => ({ name: serviceName.split("/")[1] ?? serviceName, serviceName });

/** A group for each subnet: a rule that names ranges means one subnet and no other. */
function createGroup(
  child: Children,
  { scope, place, plan }: Pick<VnetArgs, "scope" | "place" | "plan">,
  subnet: AzureSubnet,
): groups.NetworkSecurityGroup {
  const [id, options] = child(`group-${subnet.name}`);
  const networkSecurityGroupName = physicalName("networkGroup", scope, subnet.name);
  const securityRules = groupRules(subnet, plan).map(ruleArgs);
  return new groups.NetworkSecurityGroup(id, { ...place, networkSecurityGroupName, securityRules }, options);
}

/** Rules are tried in the order of their priority, from 100 upwards. */
const ruleArgs = ({ name, direction, access, from, to, ports }: PlannedRule, index: number) => ({
  name,
  priority: 100 + index * 10,
  direction,
  access,
  protocol: ports.includes("*") ? "*" : "Tcp",
  sourceAddressPrefix: from,
  sourcePortRange: "*",
  destinationAddressPrefix: to,
  ...(ports.length === 1 ? { destinationPortRange: ports[0] ?? "*" } : { destinationPortRanges: [...ports] }),
});
