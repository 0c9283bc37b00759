/** What RDS and ElastiCache have alike: named lists of subnets and of settings. */
import { blocks, type Minting, type TypeRow, type Unique } from "../types";
import { SUBNET } from "./ec2";
import { input } from "./identifiers";

const named = (lower = true) => ({ property: "name", prefix: "namePrefix", max: 255, lower });

export const BY_NAME: readonly Unique[] = [{ in: "region", by: ["name"] }];

/** A named list of subnets of one VPC. */
export const subnetGroup = (arn: TypeRow["arn"]): TypeRow => ({
  checks: "checked",
  id: input("name"),
  ...(arn === undefined ? {} : { arn }),
  name: named(),
  outputs: (m) => ({ vpcId: vpcOf(m), description: "Managed by Pulumi", supportedNetworkTypes: ["IPV4"] }),
  forceNew: ["name", "namePrefix"],
  refs: { "subnetIds[]": blocks(SUBNET) },
  unique: BY_NAME,
});

/** A named list of settings for one engine family. */
export const parameterGroup = (arn: TypeRow["arn"]): TypeRow => ({
  checks: "checked",
  id: input("name"),
  ...(arn === undefined ? {} : { arn }),
  name: named(),
  outputs: () => ({ description: "Managed by Pulumi" }),
  forceNew: ["name", "namePrefix", "family", "description"],
  refs: {},
  unique: BY_NAME,
});

const vpcOf = ({ inputs, find }: Minting): string => {
  const ids = inputs["subnetIds"];
  return String((Array.isArray(ids) ? find(SUBNET, String(ids[0])) : undefined)?.properties["vpcId"] ?? "");
};
