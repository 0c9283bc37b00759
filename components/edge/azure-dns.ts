/** The public zone of a stack's hosts on Azure, and who may write its records. */
import * as zones from "@pulumi/azure-native/dns/zone";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { type RoleGrant } from "../identity/azure-roles";
import { type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Protection, protectionOptions } from "../protection";

/** A zone made with the stack, or one that exists already in another resource group. */
export type AzureZoneChoice =
  | { readonly mode: "create"; readonly name: string }
  | { readonly mode: "adopt"; readonly name: string; readonly resourceGroup: string };

export interface AzureDnsArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly zone: AzureZoneChoice;
  /** Of a zone of ours. */
  readonly protection: Protection;
}

export class AzureDns extends Component {
  readonly zoneId: pulumi.Output<string>;
  /** Name of the group the zone lies in. */
  readonly resourceGroup: pulumi.Output<string>;

  constructor(name: string, args: AzureDnsArgs, options?: pulumi.ComponentResourceOptions) {
    super("edge:AzureDns", name, options);
    const { scope, place, zone, protection } = args;
    this.resourceGroup = zone.mode === "adopt" ? pulumi.output(zone.resourceGroup) : place.resourceGroupName;
    this.zoneId = zone.mode === "adopt" ? pulumi.output(adoptedId(scope, zone)) : this.create(args, protection);
    this.registerOutputs({ zoneId: this.zoneId });
  }

  /** Write records of this zone and no other. */
  records(): readonly RoleGrant[] {
    return [{ role: "DNS Zone Contributor", on: this.zoneId }];
  }

  private create({ place, zone }: AzureDnsArgs, protection: Protection): pulumi.Output<string> {
    const [id, options] = this.child("zone", protectionOptions(protection));
    const { resourceGroupName, tags } = place;
    return new zones.Zone(id, { resourceGroupName, tags, zoneName: zone.name, location: "global" }, options).id;
  }
}

const adoptedId = (
  { account }: Scope,
  { name, resourceGroup }: { readonly name: string; readonly resourceGroup: string },
) => `/subscriptions/${account}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/dnsZones/${name}`;
