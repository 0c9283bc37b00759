/**
 * The cloud's half of the edge on Kong: the DNS zone, and the permissions of three controllers. The load balancer is made
 * by its controller from Kong's Service; the certificate by cert-manager, which proves the host in this zone.
 */
import type * as pulumi from "@pulumi/pulumi";
import { ACCOUNTS } from "../cluster/accounts";
import { type Cluster, type Identities } from "../cluster/cluster";
import { type Statement } from "../identity/statement";
import { type Children, Component } from "../component";
import { dnsStatements, loadBalancerStatements } from "./alb-permissions";
import { createZone, type ZoneArgs } from "./dns-zone";
import { type AwsEdgeCloud } from "./edge-cloud";

export interface KongCloudArgs extends ZoneArgs {
  readonly cluster: Cluster & Identities<Statement>;
}

export class KongCloud extends Component implements AwsEdgeCloud {
  readonly webAclArn = undefined;
  readonly identities: Required<AwsEdgeCloud["identities"]>;
  readonly ready: readonly pulumi.Resource[] = [];

  constructor(name: string, args: KongCloudArgs, options?: pulumi.ComponentResourceOptions) {
    super("edge:KongCloud", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, cluster } = args;
    const zone = createZone(child, args);
    const proofs = [...dnsStatements(zone.arn), CHANGES];
    this.identities = {
      loadBalancer: cluster.identity("alb", ACCOUNTS.loadBalancer, loadBalancerStatements(scope, cluster.name)),
      dns: cluster.identity("dns", ACCOUNTS.dns, dnsStatements(zone.arn)),
      certificates: cluster.identity("certificates", ACCOUNTS.certificates, proofs),
    };
    this.registerOutputs();
  }
}

/** cert-manager waits until its records are everywhere. @see https://cert-manager.io/docs/configuration/acme/dns01/route53/ */
const CHANGES = {
  sid: "FollowChanges",
  actions: ["route53:GetChange"],
  resources: ["arn:aws:route53:::change/*"],
} as const;
