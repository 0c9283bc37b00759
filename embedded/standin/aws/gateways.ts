/** Addresses, NAT gateways, endpoints, flow logs and launch templates. Sources as in `ec2.ts`. */
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import { EIP, ENDPOINT, INTERNET_GATEWAY, NAT_GATEWAY, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC } from "./ec2";
import { block, ec2Arn, hexId, input, publicIp } from "./identifiers";

const owner = ({ account }: Minting) => ({ ownerId: account });

export const gatewayTypes: TypeTable = {
  [EIP]: {
    checks: "checked",
    id: hexId("eipalloc"),
    arn: ec2Arn("elastic-ip"),
    outputs: (m) => ({
      ...{ allocationId: m.id, publicIp: publicIp(m), domain: "vpc", networkBorderGroup: m.region },
      ...{
        publicIpv4Pool: "amazon",
        publicDns: `ec2-${publicIp(m).replaceAll(".", "-")}.${m.region}.compute.amazonaws.com`,
      },
      ...{ associationId: "", carrierIp: "", customerOwnedIp: "", privateDns: "", privateIp: "", ptrRecord: "" },
    }),
    forceNew: ["domain", "networkBorderGroup", "publicIpv4Pool", "customerOwnedIpv4Pool", "address", "ipamPoolId"],
    valid: { domain: ["vpc"] },
    quota: { limit: 5, code: "AddressLimitExceeded" },
  },
  [NAT_GATEWAY]: {
    checks: "checked",
    id: hexId("nat"),
    defaults: { connectivityType: "public" },
    outputs: (m) => ({
      ...{ publicIp: m.find(EIP, m.inputs["allocationId"])?.properties["publicIp"] ?? "", availabilityMode: "zonal" },
      ...{ networkInterfaceId: `eni-0${m.hex(16, "eni")}`, associationId: `eipassoc-0${m.hex(16, "association")}` },
      ...{ vpcId: m.find(SUBNET, m.inputs["subnetId"])?.properties["vpcId"] ?? "", privateIp: "" },
    }),
    forceNew: ["allocationId", "connectivityType", "privateIp", "subnetId", "vpcId", "availabilityMode"],
    refs: { allocationId: blocks(EIP), subnetId: blocks(SUBNET), vpcId: blocks(VPC) },
    valid: { connectivityType: ["public", "private"] },
    unique: [{ in: "region", by: ["allocationId"] }],
    refuse: natProblem,
  },
  [ENDPOINT]: {
    checks: "checked",
    id: hexId("vpce"),
    arn: ec2Arn("vpc-endpoint"),
    defaults: { vpcEndpointType: "Gateway" },
    outputs: (m) => ({
      ...{ ...owner(m), state: "available", requesterManaged: false, prefixListId: `pl-${m.hex(8, "prefix list")}` },
      ...{ cidrBlocks: [], dnsEntries: endpointNames(m), networkInterfaceIds: [], serviceRegion: m.region },
      ...{ privateDnsEnabled: false, routeTableIds: [], securityGroupIds: [], subnetIds: [], ipAddressType: "ipv4" },
    }),
    forceNew: [
      "vpcId",
      "serviceName",
      "vpcEndpointType",
      "serviceRegion",
      "resourceConfigurationArn",
      "serviceNetworkArn",
    ],
    refs: {
      vpcId: blocks(VPC),
      "routeTableIds[]": weak(ROUTE_TABLE),
      "subnetIds[]": blocks(SUBNET),
      "securityGroupIds[]": blocks(SECURITY_GROUP),
    },
    valid: {
      serviceName: /^(com|cn|aws)\./,
      vpcEndpointType: ["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"],
      policy: "json",
    },
    quota: { limit: 50, per: "vpcId", code: "VpcEndpointLimitExceeded" },
  },
  "aws:ec2/flowLog:FlowLog": {
    checks: "checked",
    id: hexId("fl"),
    arn: ec2Arn("vpc-flow-log"),
    defaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
    forceNew:
      "vpcId subnetId eniId trafficType logDestination logDestinationType logFormat iamRoleArn maxAggregationInterval".split(
        " ",
      ),
    refs: {
      vpcId: follows(VPC),
      subnetId: follows(SUBNET),
      iamRoleArn: weak("aws:iam/role:Role"),
      logDestination: weak("aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucket:Bucket"),
    },
    valid: {
      trafficType: ["ACCEPT", "REJECT", "ALL"],
      logDestinationType: ["cloud-watch-logs", "s3", "kinesis-data-firehose"],
      maxAggregationInterval: ["60", "600"],
    },
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    checks: "passed through",
    id: hexId("lt"),
    arn: ec2Arn("launch-template"),
    name: { property: "name", prefix: "namePrefix", max: 125 },
    outputs: () => ({ latestVersion: 1, defaultVersion: 1 }),
    unstable: ["latestVersion"],
    forceNew: ["name", "namePrefix"],
    refs: {
      "vpcSecurityGroupIds[]": weak(SECURITY_GROUP),
      "blockDeviceMappings[].ebs.kmsKeyId": weak("aws:kms/key:Key"),
    },
    unique: [{ in: "region", by: ["name"] }],
    handles: ({ inputs }) => [String(inputs["name"] ?? "")],
  },
};

function natProblem({ inputs, find, all }: Minting): string | undefined {
  if (inputs["connectivityType"] === "private") return undefined;
  if (inputs["allocationId"] === undefined) return "MissingParameter: a public NAT gateway needs allocationId";
  const vpc = find(SUBNET, inputs["subnetId"])?.properties["vpcId"];
  const attached = all(INTERNET_GATEWAY).some((one) => one.properties["vpcId"] === vpc);
  return attached ? undefined : `Gateway.NotAttached: ${String(vpc)} has no internet gateway yet (dependsOn it)`;
}

function endpointNames(m: Minting) {
  if (input("vpcEndpointType")(m) !== "Interface") return [];
  const service = String(m.inputs["serviceName"]).split(".").pop() ?? "";
  return [
    block({
      dnsName: `${m.id}-${m.hex(8, "dns")}.${service}.${m.region}.vpce.amazonaws.com`,
      hostedZoneId: "Z7HUB22UULQXV",
    }),
  ];
}
