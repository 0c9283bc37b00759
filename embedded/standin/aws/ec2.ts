/** EC2 and VPC networking. Replacement and limits from knowledge of the provider and of "Amazon VPC quotas"; not read anew. */
import { encloses, interval, isCidr, overlaps } from "../../../graph/cidr";
import { blocks, follows, unless, weak, type Minting, type TypeTable } from "../types";
import { ec2Arn, hexId } from "./identifiers";
import { zoneIdsOf, zonesOf } from "./regions";

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
export const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
export const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
export const EIP = "aws:ec2/eip:Eip";
export const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

const owner = ({ account }: Minting) => ({ ownerId: account });

const vpcParts = ({ hex }: Minting) => ({
  defaultSecurityGroupId: `sg-0${hex(16, "default group")}`,
  defaultRouteTableId: `rtb-0${hex(16, "main table")}`,
  mainRouteTableId: `rtb-0${hex(16, "main table")}`,
  defaultNetworkAclId: `acl-0${hex(16, "default acl")}`,
});

export const ec2Types: TypeTable = {
  [VPC]: {
    checks: "checked",
    id: hexId("vpc"),
    arn: ec2Arn("vpc"),
    defaults: { enableDnsSupport: true, instanceTenancy: "default" },
    outputs: (m) => ({
      ...{ ...vpcParts(m), ...owner(m), dhcpOptionsId: `dopt-0${m.hex(16, "dhcp")}`, ipv6AssociationId: "" },
      ...{ enableDnsHostnames: false, enableNetworkAddressUsageMetrics: false, ipv6CidrBlock: "" },
    }),
    lends: (m) => ({
      [SECURITY_GROUP]: [vpcParts(m).defaultSecurityGroupId],
      [ROUTE_TABLE]: [vpcParts(m).mainRouteTableId],
    }),
    forceNew: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    valid: { cidrBlock: "cidr", instanceTenancy: ["default", "dedicated"] },
    refuse: ({ inputs }) => sizeProblem(inputs["cidrBlock"], "VPC"),
    quota: { limit: 5, code: "VpcLimitExceeded" },
  },
  [SUBNET]: {
    checks: "checked",
    id: hexId("subnet"),
    arn: ec2Arn("subnet"),
    defaults: { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false, enableDns64: false },
    outputs: (m) => ({ ...owner(m), ...zonePair(m), ipv6CidrBlockAssociationId: "" }),
    forceNew: ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"],
    refs: { vpcId: blocks(VPC) },
    valid: { cidrBlock: "cidr", ipv6CidrBlock: "cidr" },
    refuse: subnetProblem,
    quota: { limit: 200, per: "vpcId", code: "SubnetLimitExceeded" },
  },
  [ROUTE_TABLE]: {
    checks: "checked",
    id: hexId("rtb"),
    arn: ec2Arn("route-table"),
    outputs: (m) => ({ ...owner(m), propagatingVgws: [], routes: [] }),
    forceNew: ["vpcId"],
    refs: {
      vpcId: blocks(VPC),
      "routes[].gatewayId": unless(/^local$/, weak(INTERNET_GATEWAY)),
      "routes[].natGatewayId": weak(NAT_GATEWAY),
    },
    quota: { limit: 200, per: "vpcId", code: "RouteTableLimitExceeded" },
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    checks: "checked",
    id: hexId("rtbassoc"),
    forceNew: ["subnetId", "gatewayId"],
    refs: { routeTableId: blocks(ROUTE_TABLE), subnetId: follows(SUBNET), gatewayId: follows(INTERNET_GATEWAY) },
    unique: [{ in: "region", by: ["subnetId", "gatewayId"] }],
  },
  "aws:ec2/route:Route": {
    checks: "checked",
    id: ({ inputs, hex }) => `r-${String(inputs["routeTableId"])}${parseInt(hex(7), 16)}`,
    outputs: () => ({
      state: "active",
      origin: "CreateRoute",
      instanceId: "",
      instanceOwnerId: "",
      networkInterfaceId: "",
    }),
    forceNew: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
    refs: {
      routeTableId: follows(ROUTE_TABLE),
      gatewayId: unless(/^local$/, weak(INTERNET_GATEWAY)),
      natGatewayId: weak(NAT_GATEWAY),
      vpcEndpointId: weak(ENDPOINT),
    },
    valid: { destinationCidrBlock: "cidr", destinationIpv6CidrBlock: "cidr" },
    unique: [
      {
        in: "region",
        by: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
      },
    ],
    quota: { limit: 500, per: "routeTableId", code: "RouteLimitExceeded" },
  },
  [INTERNET_GATEWAY]: {
    checks: "checked",
    id: hexId("igw"),
    arn: ec2Arn("internet-gateway"),
    outputs: owner,
    forceNew: [],
    refs: { vpcId: blocks(VPC) },
    unique: [{ in: "region", by: ["vpcId"] }],
    quota: { limit: 5, code: "InternetGatewayLimitExceeded" },
    keeps: ({ id, properties }, m) => mappedAddresses(id, natGatewaysIn(m, properties["vpcId"])),
  },
};

/** AWS takes /16 to /28. */
function sizeProblem(cidr: unknown, what: string): string | undefined {
  const bits = typeof cidr === "string" ? Number(cidr.split("/")[1]) : 16;
  return bits < 16 || bits > 28 ? `InvalidRange: a ${what} is /16 to /28, got ${String(cidr)}` : undefined;
}

function subnetProblem({ inputs, find, all, region }: Minting): string | undefined {
  const [cidr, zone] = [inputs["cidrBlock"], inputs["availabilityZone"]];
  if (typeof zone === "string" && !zonesOf(region).includes(zone)) return `InvalidZone: ${region} has no zone ${zone}`;
  if (typeof cidr !== "string" || !isCidr(cidr)) return undefined;
  const vpc = find(VPC, inputs["vpcId"])?.properties["cidrBlock"];
  if (typeof vpc === "string" && isCidr(vpc) && !encloses(interval(vpc), interval(cidr)))
    return `InvalidSubnet.Range: ${cidr} is not inside the VPC's ${String(vpc)}`;
  const near = all(SUBNET).filter((one) => one.properties["vpcId"] === inputs["vpcId"]);
  const rival = near.find(({ properties }) => meets(String(properties["cidrBlock"]), cidr));
  if (rival !== undefined)
    return `InvalidSubnet.Conflict: ${cidr} overlaps ${rival.id} (${String(rival.properties["cidrBlock"])})`;
  return sizeProblem(cidr, "subnet");
}

const meets = (a: string, b: string): boolean => isCidr(a) && isCidr(b) && overlaps(interval(a), interval(b));

function zonePair({ inputs, region }: Minting) {
  const zone = String(inputs["availabilityZone"] ?? zonesOf(region)[0]);
  return { availabilityZone: zone, availabilityZoneId: zoneIdsOf(region)[zonesOf(region).indexOf(zone)] ?? "" };
}

const natGatewaysIn = ({ all }: Minting, vpc: unknown) =>
  all(NAT_GATEWAY).filter((one) => one.properties["vpcId"] === vpc);

const mappedAddresses = (
  id: string,
  users: readonly { readonly id: string; readonly urn: string }[],
): string | undefined =>
  users.length === 0
    ? undefined
    : `DependencyViolation: InternetGateway ${id} cannot be detached: its VPC has mapped public addresses: ` +
      users.map((one) => `${one.id} of ${one.urn}`).join(", ");
