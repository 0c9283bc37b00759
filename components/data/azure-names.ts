/**
 * The private names of a stack's stores on Azure: the zone of their stable names, and the zone in which Azure itself names
 * servers that run in a subnet of ours. A store restored elsewhere gets another address but keeps its stable name.
 */
import * as records from "@pulumi/azure-native/privatedns/privateRecordSet";
import * as zones from "@pulumi/azure-native/privatedns/privateZone";
import * as links from "@pulumi/azure-native/privatedns/virtualNetworkLink";
import type * as pulumi from "@pulumi/pulumi";
import { type Child, type Children, Component } from "../component";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Network } from "../network/network";
import { privateZoneName } from "./store";

export interface AzureStoreNamesArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** The only network that can resolve these names. */
  readonly network: Network;
}

/** How long a client may keep an address: what a move of a store costs at least. */
const TTL_SECONDS = 60;

/** Private zones are in no region. */
const GLOBAL = "global";

interface LinkedZone {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** Until then nothing resolves its names. */
  readonly link: pulumi.Resource;
}

export class AzureStoreNames extends Component {
  /** Zone that a database server in a subnet of ours is told. Azure wants this ending. */
  readonly servers: LinkedZone;
  private readonly zone: LinkedZone;

  constructor(
    name: string,
    private readonly args: AzureStoreNamesArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("data:AzureStoreNames", name, options);
    const child: Children = (role, more) => this.child(role, more);
    this.zone = createZone(child, args, "stores", privateZoneName(args.scope));
    this.servers = createZone(child, args, "servers", serversZone(args.scope));
    this.registerOutputs({ name: privateZoneName(args.scope) });
  }

  /** Points a store's stable name at its present one. Depend on all of it before the name is resolved. */
  point([id, options]: Child, store: string, cname: pulumi.Input<string>): readonly pulumi.Resource[] {
    const record = new records.PrivateRecordSet(
      id,
      {
        resourceGroupName: this.args.place.resourceGroupName,
        privateZoneName: this.zone.name,
        recordType: "CNAME",
        relativeRecordSetName: store,
        ttl: TTL_SECONDS,
        cnameRecord: { cname },
      },
      options,
    );
    return [record, this.zone.link];
  }
}

/** @see https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-networking-private */
const serversZone = ({ system, stage, region }: Scope): string =>
  `${system}-${stage}-${region}.private.postgres.database.azure.com`;

function createZone(child: Children, args: AzureStoreNamesArgs, role: string, privateZoneName: string): LinkedZone {
  const { scope, place, network } = args;
  const common = { resourceGroupName: place.resourceGroupName, location: GLOBAL, tags: place.tags };
  const [id, options] = child(`${role}-zone`);
  const zone = new zones.PrivateZone(id, { ...common, privateZoneName }, options);
  const [linkId, linkOptions] = child(`${role}-link`);
  const where = {
    privateZoneName: zone.name,
    virtualNetworkLinkName: physicalName("virtualNetwork", scope, "link"),
    virtualNetwork: { id: network.id },
    registrationEnabled: false,
  };
  return {
    id: zone.id,
    name: zone.name,
    link: new links.VirtualNetworkLink(linkId, { ...common, ...where }, linkOptions),
  };
}
