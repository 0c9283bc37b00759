/** Which subnets the internet reaches: those that hand out public addresses, and those routed to an internet gateway. */
import { companions, perStack } from "../joins";
import type { PolicyObject } from "../object";
import { type Finding, violated } from "../rule";
import type { Stack } from "../stack";

export const SUBNET = "aws:ec2/subnet:Subnet";

const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ROUTE = "aws:ec2/route:Route";
const TABLE = "aws:ec2/routeTable:RouteTable";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";

/** Route tables with a route through an internet gateway, by URN; inside a table or as a resource of its own. */
const openTables = perStack((stack) => {
  const viaGateway = (route: PolicyObject): boolean =>
    stack.sources(route, "gatewayId").some(({ type }) => type === GATEWAY);
  const separate = stack.type(ROUTE).filter(viaGateway);
  const inline = stack
    .type(TABLE)
    .filter((table) => stack.sources(table, "routes").some(({ type }) => type === GATEWAY));
  return new Set([...separate.flatMap((route) => stack.sources(route, "routeTableId")), ...inline]);
});

const isRoutedOut = (subnet: PolicyObject, stack: Stack): boolean =>
  companions(subnet, stack, { types: [ASSOCIATION], property: "subnetId", names: [] }).found.some((join) =>
    stack.sources(join, "routeTableId").some((table) => openTables(stack).has(table)),
  );

/** Violated for each public subnet that the subnet list of an object was computed from. */
export const inPrivateSubnets = (owner: PolicyObject, stack: Stack): readonly Finding[] =>
  stack
    .sources(owner, "subnetIds")
    .filter(({ type }) => type === SUBNET)
    .filter((subnet) => isRoutedOut(subnet, stack))
    .map(({ name }) => violated(owner.props.at("subnetIds"), `subnet ${name} is routed to the internet`));
