/**
 * The private DNS zone of a stack's stores. A store restored elsewhere gets another address but keeps its name. The one
 * owner of the records in it are the stores themselves.
 */
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { type Child, Component } from "../component";
import { type Scope } from "../names";
import { type Network } from "../network/network";
import { privateZoneName, storeHost } from "./store";

export interface PrivateZoneArgs {
  readonly scope: Scope;
  /** The only network that can resolve these names. */
  readonly network: Network;
}

/** How long a client may keep an address: what a move of a store costs at least. */
const TTL_SECONDS = 60;

export class PrivateZone extends Component {
  readonly zoneName: string;
  private readonly id: pulumi.Output<string>;
  private readonly scope: Scope;

  constructor(name: string, { scope, network }: PrivateZoneArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:PrivateZone", name, options);
    this.scope = scope;
    this.zoneName = privateZoneName(scope);
    const [id, zoneOptions] = this.child("zone");
    const comment = `Stores of ${scope.system} ${scope.stage}`;
    const zone = new route53.Zone(id, { name: this.zoneName, vpcs: [{ vpcId: network.id }], comment }, zoneOptions);
    this.id = zone.zoneId;
    this.registerOutputs({ name: this.zoneName });
  }

  /** Points a store's private name at its present address. */
  point([id, options]: Child, store: string, address: pulumi.Input<string>): route53.Record {
    const record = { name: storeHost(this.scope, store), type: "CNAME", ttl: TTL_SECONDS, records: [address] };
    return new route53.Record(id, { zoneId: this.id, ...record }, options);
  }
}
