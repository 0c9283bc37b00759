/**
 * The registry of a stack's own images on Azure: over zones, reached by private address by its nodes, without an
 * administrator's password and without anonymous pulls.
 */
import * as registries from "@pulumi/azure-native/containerregistry/registry";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { Component } from "../component";
import { type RoleGrant } from "../identity/azure-roles";
import { type Scope, worldName } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type PrivateEndpoints } from "../network/private-endpoints";
import { type Protection, protectionOptions } from "../protection";

export interface AcrArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly endpoints: PrivateEndpoints;
  /** Public ranges that may push: pipelines outside the network. @default - none: pushes come from inside */
  readonly pushFrom?: readonly Cidr[];
  readonly protection: Protection;
}

export class Acr extends Component {
  readonly id: pulumi.Output<string>;
  /** Host that image references begin with. */
  readonly host: pulumi.Output<string>;
  readonly pull: RoleGrant;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AcrArgs, options?: pulumi.ComponentResourceOptions) {
    super("registry:Acr", name, options);
    const [id, registryOptions] = this.child("registry", protectionOptions(args.protection));
    const registry = new registries.Registry(id, { ...args.place, ...shapeOf(args) }, registryOptions);
    const children = [this.child("endpoint"), this.child("endpoint-names")] as const;
    this.ready = [registry, ...args.endpoints.connect(children, "registry", registry.id)];
    this.id = registry.id;
    this.host = registry.loginServer;
    this.pull = { role: "AcrPull", on: registry.id };
    this.registerOutputs({ host: this.host });
  }
}

/** Premium: the only tier with private addresses and zones. */
const shapeOf = ({ scope, pushFrom = [] }: AcrArgs) => ({
  registryName: worldName("registry", scope, "images"),
  sku: { name: "Premium" },
  adminUserEnabled: false,
  anonymousPullEnabled: false,
  zoneRedundancy: "Enabled",
  publicNetworkAccess: pushFrom.length === 0 ? "Disabled" : "Enabled",
  networkRuleBypassOptions: "None",
  networkRuleSet: {
    defaultAction: "Deny",
    ipRules: pushFrom.map((iPAddressOrRange) => ({ action: "Allow", iPAddressOrRange })),
  },
});
