/**
 * Private addresses of services that Azure runs elsewhere: the key vault, the registry, the store of backups. One private
 * zone for each kind of service, linked to the network, so that the public name leads to the private address.
 */
import * as zoneGroups from "@pulumi/azure-native/network/privateDnsZoneGroup";
import * as endpoints from "@pulumi/azure-native/network/privateEndpoint";
import * as zones from "@pulumi/azure-native/privatedns/privateZone";
import * as links from "@pulumi/azure-native/privatedns/virtualNetworkLink";
import type * as pulumi from "@pulumi/pulumi";
import { type Child, type Children, Component } from "../component";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "./azure-place";
import { ENDPOINTS } from "./azure-plan";
import { type Network } from "./network";

/** Zones of private names. @see https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-dns */
const ZONES = {
  vault: "privatelink.vaultcore.azure.net",
  blob: "privatelink.blob.core.windows.net",
  registry: "privatelink.azurecr.io",
  redis: "privatelink.redis.azure.net",
} as const;

type ZoneName = keyof typeof ZONES;

/** What Azure calls a service's endpoint, and the zone its private names are in. */
const SERVICES = {
  vault: { group: "vault", zone: "vault" },
  blob: { group: "blob", zone: "blob" },
  /** What the pair of a lost region still answers. */
  blobCopy: { group: "blob_secondary", zone: "blob" },
  registry: { group: "registry", zone: "registry" },
  redis: { group: "redisEnterprise", zone: "redis" },
} as const satisfies Readonly<Record<string, { readonly group: string; readonly zone: ZoneName }>>;

export type PrivateService = keyof typeof SERVICES;

/** What every stack reaches by private address. */
const ALWAYS: readonly ZoneName[] = ["vault", "blob", "registry"];

export interface PrivateEndpointsArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly network: Network;
  /** What a stack reaches besides the vault, the registry and the store of backups. @default - nothing */
  readonly also?: readonly ZoneName[];
}

interface EndpointPlace {
  readonly service: PrivateService;
  /** The store whose own subnet it lies in. @default - the subnet of the platform's own endpoints */
  readonly store?: string;
}

export class PrivateEndpoints extends Component {
  private readonly zones: ReadonlyMap<ZoneName, zones.PrivateZone>;

  constructor(
    name: string,
    private readonly args: PrivateEndpointsArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("network:PrivateEndpoints", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const names = [...ALWAYS, ...(args.also ?? [])];
    this.zones = new Map(names.map((zone) => [zone, createZone(child, args, zone)]));
    this.registerOutputs();
  }

  /** Gives a resource a private address. Both children are the caller's; depend on both before the name is resolved. */
  connect(
    [endpointChild, groupChild]: readonly [Child, Child],
    service: PrivateService,
    target: pulumi.Input<string>,
    store?: string,
  ): readonly pulumi.Resource[] {
    const at = { service, ...(store === undefined ? {} : { store }) };
    const endpoint = createEndpoint(endpointChild, this.args, at, target);
    const { resourceGroupName } = this.args.place;
    const zone = this.zones.get(SERVICES[service].zone);
    if (zone === undefined) throw new Error(`no private zone for ${service}`);
    const [id, options] = groupChild;
    const configs = { privateDnsZoneConfigs: [{ name: service, privateDnsZoneId: zone.id }] };
    const place = { resourceGroupName, privateEndpointName: endpoint.name, privateDnsZoneGroupName: "default" };
    return [endpoint, new zoneGroups.PrivateDnsZoneGroup(id, { ...place, ...configs }, options)];
  }
}

/** Private zones are in no region. */
const GLOBAL = "global";

function createZone(child: Children, args: PrivateEndpointsArgs, name: ZoneName): zones.PrivateZone {
  const { place, network, scope } = args;
  const common = { resourceGroupName: place.resourceGroupName, location: GLOBAL, tags: place.tags };
  const [id, options] = child(`${name}-zone`);
  const zone = new zones.PrivateZone(id, { ...common, privateZoneName: ZONES[name] }, options);
  const [linkId, linkOptions] = child(`${name}-link`);
  const link = {
    privateZoneName: zone.name,
    virtualNetworkLinkName: physicalName("virtualNetwork", scope, "link"),
    virtualNetwork: { id: network.id },
    registrationEnabled: false,
  };
  new links.VirtualNetworkLink(linkId, { ...common, ...link }, linkOptions);
  return zone;
}

function createEndpoint(
  [id, options]: Child,
  { scope, place, network }: PrivateEndpointsArgs,
  { service, store = ENDPOINTS.name }: EndpointPlace,
  target: pulumi.Input<string>,
): endpoints.PrivateEndpoint {
  const [subnet] = network.subnets("data", store);
  if (subnet === undefined) throw new Error("the network has no subnet for private endpoints");
  const connection = { name: service, privateLinkServiceId: target, groupIds: [SERVICES[service].group] };
  const privateEndpointName = physicalName("privateEndpoint", scope, id);
  const shape = { subnet: { id: subnet.id }, privateLinkServiceConnections: [connection] };
  return new endpoints.PrivateEndpoint(id, { ...place, privateEndpointName, ...shape }, options);
}
