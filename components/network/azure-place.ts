/** Where things are made on Azure: a resource group in a region. Made once for a stack, handed to every component. */
import * as resources from "@pulumi/azure-native/resources/resourceGroup";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { mandatoryTags, type Scope } from "../names";
import { groupName } from "./group-name";
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
}

export class ResourceGroup extends Component {
  readonly id: pulumi.Output<string>;
  readonly place: AzurePlace;

  constructor(name: string, { scope, protection }: ResourceGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("network:ResourceGroup", name, options);
    const [id, groupOptions] = this.child("group", protectionOptions(protection));
    const tags = { ...mandatoryTags(scope) };
    const args = { resourceGroupName: groupName(scope), location: scope.region, tags };
    const group = new resources.ResourceGroup(id, args, groupOptions);
    this.id = group.id;
    this.place = { resourceGroupName: group.name, location: scope.region, tags };
    this.registerOutputs({ id: this.id });
  }
}
