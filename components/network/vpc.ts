/**
 * The network on AWS: a VPC with the subnets of a plan, ways out for nodes and pods only, and a log of its flows. The data
 * and intra tiers have no route to the internet. Refuses to lend the default security group: it is closed.
 */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as vpcRules from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { days, type Duration } from "../../graph/units";
import { type Children, Component } from "../component";
import { createRole } from "../identity/statement";
import { type Key } from "../keys/key";
import { arn, physicalName, type Scope } from "../names";
import { type Network, type Subnet } from "./network";
import { type NetworkPlan, type PlannedSubnet, type Tier } from "./plan";

/** Services reached through interface endpoints, by the name AWS gives them. */
export type EndpointService = "ecr.api" | "ecr.dkr" | "sts" | "eks-auth" | "logs" | "kms" | "ec2";

export interface VpcArgs {
  readonly scope: Scope;
  /** From `planNetwork`. Zones are zone names such as `eu-central-1a`. */
  readonly plan: NetworkPlan;
  /**
   * Ways out: one NAT gateway for all zones, or one in each. With one, its zone's failure cuts off every zone, and the
   * other zones' traffic crosses zones, which is charged. About 35 USD a month each.
   */
  readonly nat: "single" | "per-zone";
  /** How long flow logs are kept. One of the periods CloudWatch knows. @default "90 days" */
  readonly flowLogRetention?: Duration;
  /** Encrypts the flow logs; must admit the logs service. */
  readonly logKey: Key;
  /**
   * Interface endpoints, besides S3's gateway which is free: nodes then pull images without NAT. About 8 USD a month and
   * zone each. @default ["ecr.api", "ecr.dkr"]
   */
  readonly endpoints?: readonly EndpointService[];
}

interface Built {
  readonly planned: PlannedSubnet;
  readonly subnet: ec2.Subnet;
}

export class Vpc extends Component implements Network {
  readonly id: pulumi.Output<string>;
  readonly range: Cidr;
  readonly zones: readonly string[];
  readonly egress: readonly pulumi.Resource[];
  readonly egressAddresses: readonly pulumi.Output<string>[];
  private readonly built: readonly Built[];

  constructor(name: string, args: VpcArgs, options?: pulumi.ComponentResourceOptions) {
    super("network:Vpc", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { plan } = args;
    const vpc = createVpc(child, args);
    closeDefaultGroup(child, vpc);
    this.built = plan.subnets.map((planned) => createSubnet(child, vpc, planned));
    const gateway = createInternetGateway(child, vpc);
    const publicRoutes = createPublicRoutes(child, vpc, gateway, this.of("public"));
    const exits = createExits(child, args, gateway, this.of("public"));
    const tables = createPrivateRoutes(child, vpc, exits, this.of("private"));
    createClosedRoutes(child, vpc, this.built);
    createS3Endpoint(child, args, vpc, tables);
    createInterfaceEndpoints(child, args, vpc, this.of("private"));
    createFlowLog(child, args, vpc);
    this.id = vpc.id;
    this.range = plan.range;
    this.zones = plan.zones;
    this.egress = [...publicRoutes, ...tables.flatMap(({ ready }) => ready)];
    this.egressAddresses = exits.map(({ address }) => address);
    this.registerOutputs({ id: this.id });
  }

  subnets(tier: Tier, store?: string): readonly Subnet[] {
    const wanted = this.of(tier).filter(({ planned }) => planned.store === store);
    return wanted.map(({ planned, subnet }) => ({ id: subnet.id, zone: planned.zone, range: planned.range }));
  }

  ranges(tier: Tier, store?: string): readonly Cidr[] {
    return this.subnets(tier, store).map(({ range }) => range);
  }

  private of(tier: Tier): readonly Built[] {
    return this.built.filter(({ planned }) => planned.tier === tier);
  }
}

function createVpc(child: Children, { plan }: VpcArgs): ec2.Vpc {
  const [id, options] = child("vpc");
  const names = { enableDnsSupport: true, enableDnsHostnames: true };
  return new ec2.Vpc(id, { cidrBlock: plan.range, ...names, tags: { Name: id } }, options);
}

/** The default group would let everything in it talk to everything in it; without rules it lends nothing. */
function closeDefaultGroup(child: Children, vpc: ec2.Vpc): void {
  const [id, options] = child("default-group");
  new ec2.DefaultSecurityGroup(id, { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${id}-closed` } }, options);
}

/**
 * The load balancer controller finds subnets by these tags.
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
 */
const ROLE_TAGS: Readonly<Record<Tier, Readonly<Record<string, string>>>> = {
  public: { "kubernetes.io/role/elb": "1" },
  private: { "kubernetes.io/role/internal-elb": "1" },
  data: {},
  intra: {},
};

function createSubnet(child: Children, vpc: ec2.Vpc, planned: PlannedSubnet): Built {
  const { tier, zone, range, store } = planned;
  const [id, options] = child([tier, ...(store === undefined ? [] : [store]), zone].join("-"));
  const tags = { Name: id, tier, ...ROLE_TAGS[tier] };
  const place = { vpcId: vpc.id, cidrBlock: range, availabilityZone: zone };
  return { planned, subnet: new ec2.Subnet(id, { ...place, mapPublicIpOnLaunch: false, tags }, options) };
}

function createInternetGateway(child: Children, vpc: ec2.Vpc): ec2.InternetGateway {
  const [id, options] = child("internet");
  return new ec2.InternetGateway(id, { vpcId: vpc.id, tags: { Name: id } }, options);
}

function createTable(child: Children, role: string, vpc: ec2.Vpc): ec2.RouteTable {
  const [id, options] = child(role);
  return new ec2.RouteTable(id, { vpcId: vpc.id, tags: { Name: id } }, options);
}

function associate(child: Children, role: string, table: ec2.RouteTable, subnet: ec2.Subnet) {
  const [id, options] = child(role);
  return new ec2.RouteTableAssociation(id, { routeTableId: table.id, subnetId: subnet.id }, options);
}

const EVERYWHERE = "0.0.0.0/0";

function createPublicRoutes(
  child: Children,
  vpc: ec2.Vpc,
  gateway: ec2.InternetGateway,
  subnets: readonly Built[],
): readonly pulumi.Resource[] {
  const table = createTable(child, "public-table", vpc);
  const [id, options] = child("public-route");
  const target = { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, gatewayId: gateway.id };
  const joined = subnets.map(({ planned, subnet }) => associate(child, `public-join-${planned.zone}`, table, subnet));
  return [new ec2.Route(id, target, options), ...joined];
}

interface Exit {
  readonly zone: string;
  readonly gateway: ec2.NatGateway;
  readonly address: pulumi.Output<string>;
}

/** A NAT gateway is refused while its VPC has no internet gateway, which no property says: hence the dependency. */
function createExits(
  child: Children,
  { nat }: VpcArgs,
  internet: ec2.InternetGateway,
  subnets: readonly Built[],
): readonly Exit[] {
  const chosen = nat === "single" ? subnets.slice(0, 1) : subnets;
  return chosen.map(({ planned: { zone }, subnet }) => {
    const [addressId, addressOptions] = child(`nat-address-${zone}`);
    const address = new ec2.Eip(addressId, { domain: "vpc", tags: { Name: addressId } }, addressOptions);
    const [id, options] = child(`nat-${zone}`, { dependsOn: [internet] });
    const place = { subnetId: subnet.id, allocationId: address.id };
    const gateway = new ec2.NatGateway(id, { ...place, tags: { Name: id } }, options);
    return { zone, gateway, address: address.publicIp };
  });
}

interface PrivateTable {
  readonly table: ec2.RouteTable;
  readonly ready: readonly pulumi.Resource[];
}

function createPrivateRoutes(
  child: Children,
  vpc: ec2.Vpc,
  exits: readonly Exit[],
  subnets: readonly Built[],
): readonly PrivateTable[] {
  return exits.map(({ zone, gateway }) => {
    const table = createTable(child, `private-table-${zone}`, vpc);
    const [id, options] = child(`private-route-${zone}`);
    const target = { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: gateway.id };
    const own = subnets.filter(({ planned }) => exits.length === 1 || planned.zone === zone);
    const joined = own.map(({ planned, subnet }) => associate(child, `private-join-${planned.zone}`, table, subnet));
    return { table, ready: [new ec2.Route(id, target, options), ...joined] };
  });
}

/** Data and intra subnets share a table without routes: their own table, so that the main one can change nothing here. */
function createClosedRoutes(child: Children, vpc: ec2.Vpc, built: readonly Built[]): void {
  const table = createTable(child, "closed-table", vpc);
  const closed = built.filter(({ planned: { tier } }) => tier === "data" || tier === "intra");
  for (const { planned, subnet } of closed) {
    const role = [planned.tier, ...(planned.store === undefined ? [] : [planned.store]), "join", planned.zone].join(
      "-",
    );
    associate(child, role, table, subnet);
  }
}

const serviceName = ({ region }: Scope, service: string): string => `com.amazonaws.${region}.${service}`;

/** Image layers come from S3: without this endpoint each pull would pass, and pay for, NAT. */
function createS3Endpoint(child: Children, { scope }: VpcArgs, vpc: ec2.Vpc, tables: readonly PrivateTable[]): void {
  const [id, options] = child("s3-endpoint");
  const routeTableIds = tables.map(({ table }) => table.id);
  const kind = { serviceName: serviceName(scope, "s3"), vpcEndpointType: "Gateway" };
  new ec2.VpcEndpoint(id, { vpcId: vpc.id, ...kind, routeTableIds, tags: { Name: id } }, options);
}

function createInterfaceEndpoints(child: Children, args: VpcArgs, vpc: ec2.Vpc, subnets: readonly Built[]): void {
  const services = args.endpoints ?? ["ecr.api", "ecr.dkr"];
  if (services.length === 0) return;
  const group = createEndpointGroup(child, vpc, subnets);
  for (const service of services) {
    const [id, options] = child(`${service.replace(".", "-")}-endpoint`);
    const kind = {
      serviceName: serviceName(args.scope, service),
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
    };
    const place = { subnetIds: subnets.map(({ subnet }) => subnet.id), securityGroupIds: [group.id] };
    new ec2.VpcEndpoint(id, { vpcId: vpc.id, ...kind, ...place, tags: { Name: id } }, options);
  }
}

function createEndpointGroup(child: Children, vpc: ec2.Vpc, subnets: readonly Built[]): ec2.SecurityGroup {
  const [id, options] = child("endpoint-group");
  const description = "Interface endpoints: HTTPS from nodes and pods";
  const group = new ec2.SecurityGroup(id, { vpcId: vpc.id, description, tags: { Name: id } }, options);
  for (const { planned } of subnets) {
    const [rule, ruleOptions] = child(`endpoint-ingress-${planned.zone}`);
    const from = { cidrIpv4: planned.range, ipProtocol: "tcp", fromPort: 443, toPort: 443 };
    const about = `HTTPS from the private subnet in ${planned.zone}`;
    new vpcRules.SecurityGroupIngressRule(
      rule,
      { securityGroupId: group.id, ...from, description: about },
      ruleOptions,
    );
  }
  return group;
}

function createFlowLog(child: Children, { scope, flowLogRetention, logKey }: VpcArgs, vpc: ec2.Vpc): void {
  const group = physicalName("log", scope, "flows");
  const [groupId, groupOptions] = child("flow-log-group");
  const retentionInDays = days(flowLogRetention ?? "90 days");
  const logs = new cloudwatch.LogGroup(groupId, { name: group, retentionInDays, kmsKeyId: logKey.arn }, groupOptions);
  const writer = createRole(child, "flow-log-role", scope, {
    service: "vpc-flow-logs.amazonaws.com",
    trustedWhen: { StringEquals: { "aws:SourceAccount": scope.account } },
    description: "Writes the network's flow logs",
    statements: [flowLogWriter(arn(scope, "logs", `log-group:${group}`))],
  });
  const [id, options] = child("flow-log", { dependsOn: [...writer.policies] });
  const destination = { logDestinationType: "cloud-watch-logs", logDestination: logs.arn };
  new ec2.FlowLog(id, { vpcId: vpc.id, trafficType: "ALL", iamRoleArn: writer.role.arn, ...destination }, options);
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, bounded to the one group */
const flowLogWriter = (group: string) => ({
  sid: "WriteFlows",
  actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"] as const,
  resources: [group, `${group}:*`],
});
