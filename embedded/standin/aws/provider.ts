/** The stand-in AWS provider: its configuration, the account guard, and the closed list of functions it answers. */
import { accountId } from "../cloud";
import { ManagedProvider } from "../managed";
import { partitionOf } from "../minting";
import { Refused, type ConfigureRequest, type InvokeRequest, type InvokeResult } from "../provider";
import { isProperties, reveal, text, type Properties, type Value } from "../values";
import { zoneIdsOf, zonesOf } from "./regions";

export class AwsProvider extends ManagedProvider {
  configure({ args }: ConfigureRequest): void {
    this.region = regionFrom(args);
    const tags = json(args["defaultTags"]);
    this.defaultTags = isProperties(tags) && isProperties(tags["tags"]) ? tags["tags"] : {};
    refuseAccount(args);
  }

  async invoke({ token, args }: InvokeRequest): Promise<InvokeResult> {
    const answer = INVOKES[token];
    if (answer === undefined) throw new Refused(unknownInvoke(token));
    const region = text(args["region"]) ?? this.region;
    const result = answer(region, args);
    return this.hasCloud ? this.call("invoke", { type: token, region }, () => ({ result })) : { result };
  }
}

const INVOKES: Readonly<Record<string, (region: string, args: Properties) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (region) => ({
    accountId: accountId(),
    arn: `arn:${partitionOf(region)}:iam::${accountId()}:user/standin`,
    id: accountId(),
    userId: "AIDASTANDIN0000000000",
  }),
  "aws:index/getPartition:getPartition": (region) => ({
    partition: partitionOf(region),
    id: partitionOf(region),
    dnsSuffix: dnsSuffix(region),
    reverseDnsPrefix: dnsSuffix(region).split(".").reverse().join("."),
  }),
  "aws:index/getRegion:getRegion": (region) => ({
    ...{ id: region, name: region, region, description: region },
    endpoint: `ec2.${region}.${dnsSuffix(region)}`,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (region) => ({
    ...{ id: region, region, names: zonesOf(region), zoneIds: zoneIdsOf(region), groupNames: [region] },
  }),
};

const dnsSuffix = (region: string): string => (region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com");

const unknownInvoke = (token: string): string =>
  `the stand-in AWS does not answer ${token}: add it to INVOKES in embedded/standin/aws/provider.ts`;

function regionFrom(args: Properties): string {
  const region = text(args["region"]) ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (region === undefined)
    throw new Refused("no region: set aws:region, for example  pulumi config set aws:region eu-west-1");
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new Refused(`aws:region is ${region}, want one such as eu-west-1`);
  return region;
}

function refuseAccount(args: Properties): void {
  const [allowed, forbidden] = [json(args["allowedAccountIds"]), json(args["forbiddenAccountIds"])];
  const refused = Array.isArray(forbidden) && forbidden.includes(accountId());
  if (refused || (Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(accountId())))
    throw new Refused(
      `AWS account ID not allowed: ${accountId()}; aws:allowedAccountIds has ${JSON.stringify(allowed)}`,
    );
}

/** Nested provider settings arrive as JSON text. */
function json(value: Value | undefined): Value | undefined {
  const open = value === undefined ? undefined : reveal(value);
  return typeof open === "string" && /^[[{]/.test(open) ? reveal(JSON.parse(open) as Value) : open;
}
