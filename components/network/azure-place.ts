/** Where things are made on Azure: a resource group in a region. Made once for a stack, handed to every component. */
import * as resources from "@pulumi/azure-native/resources/resourceGroup";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { mandatoryTags, type Scope } from "../names";
import { copiesGroupName, groupName } from "./group-name";
import { type Protection, protectionOptions } from "../protection";

/** What every resource in the group is told. The provider has no tags by default, so each carries them. */
export interface AzurePlace {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly location: string;
  readonly tags: Record<string, string>;
}

export interface ResourceGroupArgs {
  readonly scope: Scope;
  /** A group takes everything in it along. @default retain */
  readonly protection: Protection;
  /** A further group, in another region, for what must outlive this one. @default - the group of the stack itself */
  readonly copies?: { readonly region: string };
}

export class ResourceGroup extends Component {
  readonly id: pulumi.Output<string>;
  readonly place: AzurePlace;

  constructor(name: string, args: ResourceGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("network:ResourceGroup", name, options);
    const { scope, protection, copies } = args;
    const [id, groupOptions] = this.child("group", protectionOptions(protection));
    const tags = { ...mandatoryTags(scope) };
    const location = copies?.region ?? scope.region;
    const resourceGroupName = copies === undefined ? groupName(scope) : copiesGroupName(scope);
    const group = new resources.ResourceGroup(id, { resourceGroupName, location, tags }, groupOptions);
    this.id = group.id;
    this.place = { resourceGroupName: group.name, location, tags };
    this.registerOutputs({ id: this.id });
  }
}
