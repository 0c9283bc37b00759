/** Networks. Replacement and limits from knowledge of the provider and of "Azure subscription limits"; not read anew. */
import { encloses, interval, isCidr, overlaps } from "../../../graph/cidr";
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import { type Properties, type Value } from "../values";
import { armId, block, GLOBAL, list, resource } from "./identifiers";
import * as names from "./names";

const { NAT_GATEWAY, PRIVATE_ENDPOINT, PRIVATE_ZONE, PUBLIC_ADDRESS, SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK } = names;
const NETWORK = "Microsoft.Network";

const networkId = armId(NETWORK, ["virtualNetworks", "virtualNetworkName"]);
const subnetId = (m: Minting, subnet: Value): string => `${networkId(m)}/subnets/${String(block(subnet)["name"])}`;

export const networkTypes: TypeTable = {
  [names.RESOURCE_GROUP]: {
    checks: "checked",
    id: ({ account, inputs }) => `/subscriptions/${account}/resourceGroups/${String(inputs["resourceGroupName"])}`,
    name: { property: "resourceGroupName", max: 90, glue: "" },
    outputs: ({ inputs }) => ({
      name: String(inputs["resourceGroupName"]),
      type: "Microsoft.Resources/resourceGroups",
      properties: { provisioningState: "Succeeded" },
    }),
    forceNew: ["resourceGroupName", "location"],
    valid: { resourceGroupName: /^[\w().-]{1,89}[\w()-]$/ },
    unique: [{ in: "account", by: ["resourceGroupName"] }],
    handles: ({ inputs }) => [String(inputs["resourceGroupName"])],
    quota: { limit: 980, code: "ResourceGroupQuotaExceeded" },
  },
  [VIRTUAL_NETWORK]: resource({
    provider: NETWORK,
    path: [["virtualNetworks", "virtualNetworkName"]],
    outputs: (m) => ({
      resourceGuid: m.hex(32, "guid"),
      defaultPublicNatGateway: {},
      subnets: list(m.inputs["subnets"]).map((subnet) => ({ ...block(subnet), id: subnetId(m, subnet) })),
    }),
    nested: ["subnets"],
    lends: (m) => ({ [SUBNET]: list(m.inputs["subnets"]).map((subnet) => subnetId(m, subnet)) }),
    refs: {
      "subnets[].networkSecurityGroup.id": blocks(SECURITY_GROUP),
      "subnets[].natGateway.id": blocks(NAT_GATEWAY),
    },
    valid: {
      virtualNetworkName: /^[A-Za-z0-9][\w.-]{0,62}\w$/,
      "addressSpace.addressPrefixes[]": "cidr",
      "subnets[].addressPrefix": "cidr",
    },
    quota: { limit: 1_000, code: "VnetCountLimitReached" },
    refuse: subnetProblem,
  }),
  [SECURITY_GROUP]: resource({
    provider: NETWORK,
    path: [["networkSecurityGroups", "networkSecurityGroupName"]],
    outputs: ({ hex }) => ({ resourceGuid: hex(32, "guid"), defaultSecurityRules: [], flowLogs: [], subnets: [] }),
    valid: {
      "securityRules[].direction": ["Inbound", "Outbound"],
      "securityRules[].access": ["Allow", "Deny"],
      "securityRules[].priority": { min: 100, max: 4_096 },
      "securityRules[].protocol": ["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"],
    },
    quota: { limit: 5_000, code: "NetworkSecurityGroupCountLimitReached" },
    refuse: priorityProblem,
  }),
  [PUBLIC_ADDRESS]: resource({
    provider: NETWORK,
    path: [["publicIPAddresses", "publicIpAddressName"]],
    outputs: (m) => ({ ipAddress: publicAddress(m), resourceGuid: m.hex(32, "guid"), ipConfiguration: {} }),
    forceNew: ["sku", "publicIPAddressVersion", "zones"],
    valid: { "sku.name": ["Basic", "Standard", "StandardV2"], publicIPAllocationMethod: ["Static", "Dynamic"] },
    quota: { limit: 1_000, code: "PublicIPCountLimitReached" },
    refuse: ({ inputs }) =>
      block(inputs["sku"])["name"] !== "Basic" && inputs["publicIPAllocationMethod"] !== "Static"
        ? "PublicIPAddressInvalidAllocation: a Standard address must be allocated statically"
        : undefined,
  }),
  [NAT_GATEWAY]: resource({
    provider: NETWORK,
    path: [["natGateways", "natGatewayName"]],
    outputs: ({ hex }) => ({ resourceGuid: hex(32, "guid"), subnets: [] }),
    forceNew: ["sku", "zones"],
    refs: { "publicIpAddresses[].id": blocks(PUBLIC_ADDRESS) },
    valid: { idleTimeoutInMinutes: { min: 4, max: 120 } },
    quota: { limit: 1_000, code: "NatGatewayCountLimitReached" },
  }),
  [PRIVATE_ENDPOINT]: resource({
    provider: NETWORK,
    path: [["privateEndpoints", "privateEndpointName"]],
    outputs: () => ({ networkInterfaces: [] }),
    forceNew: ["subnet", "privateLinkServiceConnections"],
    refs: {
      "subnet.id": blocks(SUBNET, VIRTUAL_NETWORK),
      "privateLinkServiceConnections[].privateLinkServiceId": follows(
        names.KEY_VAULT,
        names.STORAGE_ACCOUNT,
        names.REGISTRY,
        names.REDIS_CLUSTER,
      ),
    },
    quota: { limit: 1_000, code: "PrivateEndpointCountLimitReached" },
    refuse: endpointProblem,
  }),
  [names.ENDPOINT_NAMES]: resource({
    provider: NETWORK,
    path: [
      ["privateEndpoints", "privateEndpointName"],
      ["privateDnsZoneGroups", "privateDnsZoneGroupName"],
    ],
    refs: {
      privateEndpointName: follows(PRIVATE_ENDPOINT),
      "privateDnsZoneConfigs[].privateDnsZoneId": weak(PRIVATE_ZONE),
    },
  }),
  [PRIVATE_ZONE]: {
    ...resource({
      provider: NETWORK,
      path: [["privateDnsZones", "privateZoneName"]],
      outputs: () => ({ numberOfRecordSets: 1, numberOfVirtualNetworkLinks: 0 }),
      valid: { location: /^[Gg]lobal$/ },
    }),
    ...GLOBAL,
  },
  [names.PRIVATE_RECORD]: {
    ...resource({
      provider: NETWORK,
      path: [
        ["privateDnsZones", "privateZoneName"],
        ["recordSets", "relativeRecordSetName"],
      ],
      id: ({ inputs, account }) =>
        `/subscriptions/${account}/resourceGroups/${String(inputs["resourceGroupName"])}/providers/${NETWORK}` +
        `/privateDnsZones/${["privateZoneName", "recordType", "relativeRecordSetName"].map((key) => String(inputs[key])).join("/")}`,
      outputs: ({ inputs }) => ({
        fqdn: `${String(inputs["relativeRecordSetName"])}.${String(inputs["privateZoneName"])}.`,
        isAutoRegistered: false,
      }),
      forceNew: ["recordType"],
      refs: { privateZoneName: follows(PRIVATE_ZONE) },
      valid: {
        recordType: ["A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT"],
        ttl: { min: 1, max: 2_147_483_647 },
      },
    }),
    ...GLOBAL,
  },
  [names.NETWORK_LINK]: {
    ...resource({
      provider: NETWORK,
      path: [
        ["privateDnsZones", "privateZoneName"],
        ["virtualNetworkLinks", "virtualNetworkLinkName"],
      ],
      outputs: () => ({ virtualNetworkLinkState: "Completed" }),
      forceNew: ["virtualNetwork"],
      refs: { privateZoneName: blocks(PRIVATE_ZONE), "virtualNetwork.id": blocks(VIRTUAL_NETWORK) },
      valid: { location: /^[Gg]lobal$/ },
    }),
    ...GLOBAL,
  },
  [names.ZONE]: {
    ...resource({
      provider: NETWORK,
      path: [["dnsZones", "zoneName"]],
      outputs: ({ hex }) => ({ nameServers: nameServers(parseInt(hex(1, "servers"), 16)), numberOfRecordSets: 2 }),
      valid: { location: /^[Gg]lobal$/ },
      quota: { limit: 250, code: "DnsZoneCountLimitReached" },
    }),
    ...GLOBAL,
  },
};

const nameServers = (set: number): readonly string[] =>
  ["com", "net", "org", "info"].map((end, index) => `ns${index + 1}-0${set}.azure-dns.${end}.`);

/** An address inside documentation's public range 198.51.100.0/24 and its neighbours. */
const publicAddress = ({ hex }: Minting): string =>
  `198.51.${100 + (parseInt(hex(1, "net"), 16) % 4)}.${(parseInt(hex(4, "host"), 16) % 254) + 1}`;

function subnetProblem({ inputs }: Minting): string | undefined {
  const space = list(block(inputs["addressSpace"])["addressPrefixes"]).map(String).filter(isCidr);
  const ranges = list(inputs["subnets"])
    .map((subnet) => String(block(subnet)["addressPrefix"]))
    .filter(isCidr);
  const outside = ranges.find((range) => !space.some((all) => encloses(interval(all), interval(range))));
  if (outside !== undefined) return `NetcfgInvalidSubnet: ${outside} is not inside ${space.join(", ")}`;
  const met = ranges.find((range, at) =>
    ranges.slice(at + 1).some((other) => overlaps(interval(range), interval(other))),
  );
  if (met !== undefined) return `NetcfgSubnetRangesOverlap: ${met} overlaps another subnet`;
  const small = ranges.find((range) => Number(range.split("/")[1]) > 29);
  return small === undefined ? undefined : `NetcfgInvalidSubnet: ${small} is smaller than /29`;
}

function priorityProblem({ inputs }: Minting): string | undefined {
  const seen = list(inputs["securityRules"]).map(
    (rule) => `${String(block(rule)["direction"])} ${String(block(rule)["priority"])}`,
  );
  const twice = seen.find((one, at) => seen.indexOf(one) !== at);
  return twice === undefined ? undefined : `SecurityRuleConflict: two rules have ${twice}`;
}

/** A delegated subnet takes what it is delegated to and nothing else. */
function endpointProblem({ inputs, find }: Minting): string | undefined {
  const subnet = subnetIn(find, block(inputs["subnet"])["id"]);
  return list(subnet["delegations"]).length === 0
    ? undefined
    : `PrivateEndpointCannotBeCreatedInSubnetThatHasDelegations: ${String(subnet["name"])}`;
}

/** A subnet as its network has it; empty when there is none. */
export function subnetIn(find: Minting["find"], id: Value | undefined): Properties {
  const network = find(SUBNET, id);
  const found = list(network?.properties["subnets"]).find((subnet) => block(subnet)["id"] === id);
  return block(found);
}
