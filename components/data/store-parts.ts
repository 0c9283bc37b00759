/** Parts that managed stores share: who may knock at the door, where the log goes, and the passwords. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as vpcRules from "@pulumi/aws/vpc";
import * as random from "@pulumi/random";
import { days, type Duration } from "../../graph/units";
import { type Children } from "../component";
import { type Key } from "../keys/key";
import { type Network } from "../network/network";
import { type Credential, type Grants } from "./store";

/**
 * Lets the pods' subnets in and nothing out. The source is the subnets' ranges: the nodes' security group would also let
 * in whatever else ever joins it. Which pod may connect is for NetworkPolicies, and then for the store's own users.
 */
export function createStoreGroup(child: Children, network: Network, store: string, port: number): ec2.SecurityGroup {
  const [id, options] = child("group");
  const description = `Store ${store}: its own port from the subnets of pods`;
  const group = new ec2.SecurityGroup(id, { vpcId: network.id, description, tags: { Name: id } }, options);
  for (const { zone, range } of network.subnets("private")) {
    const [ruleId, ruleOptions] = child(`ingress-${zone}`);
    const from = { cidrIpv4: range, ipProtocol: "tcp", fromPort: port, toPort: port };
    const about = `Pods in ${zone} to store ${store}`;
    new vpcRules.SecurityGroupIngressRule(
      ruleId,
      { securityGroupId: group.id, ...from, description: about },
      ruleOptions,
    );
  }
  return group;
}

export interface StoreLogArgs {
  readonly name: string;
  readonly key: Key;
  readonly retention: Duration;
}

/** Made before the store, which would otherwise make one that keeps everything for ever. */
export function createStoreLog(child: Children, role: string, log: StoreLogArgs): cloudwatch.LogGroup {
  const [id, options] = child(role);
  const retentionInDays = days(log.retention);
  return new cloudwatch.LogGroup(id, { name: log.name, retentionInDays, kmsKeyId: log.key.arn }, options);
}

/** Letters and digits only: a password travels through connection URLs, where other characters would need escaping. */
export function createPassword(child: Children, role: string, generation: number): random.RandomPassword {
  const [id, options] = child(role);
  const keepers = { generation: String(generation) };
  return new random.RandomPassword(id, { length: 40, special: false, keepers }, options);
}

/** One credential for each service, under the service's name. */
export const createCredentials = (
  child: Children,
  grants: Grants,
  generation: number,
): Readonly<Record<string, Credential>> =>
  Object.fromEntries(
    Object.keys(grants).map((service) => {
      const { result } = createPassword(child, `password-${service}`, generation);
      return [service, { username: service, password: result }];
    }),
  );
