/**
 * What is left of the archives of a lost region on Azure: their copy in its pair, made by geo-redundant storage. Reached
 * from the region that stands in by a private address of its own. Lends reading only: the copy takes no other request.
 *
 * @see https://learn.microsoft.com/en-us/azure/storage/common/storage-private-endpoints
 */
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { type RoleGrant } from "../identity/azure-roles";
import { type Scope } from "../names";
import { groupName } from "../network/group-name";
import { type PrivateEndpoints } from "../network/private-endpoints";
import { blobAccount } from "./blob-names";

export interface LostArchiveArgs {
  /** Of the lost stack. */
  readonly scope: Scope;
  /** Of the network it is read from. */
  readonly endpoints: PrivateEndpoints;
}

export class LostArchive extends Component {
  readonly ready: readonly pulumi.Resource[];
  private readonly account: string;

  constructor(name: string, { scope, endpoints }: LostArchiveArgs, options?: pulumi.ComponentResourceOptions) {
    super("backup:LostArchive", name, options);
    this.account = accountId(scope);
    this.ready = endpoints.connect([this.child("endpoint"), this.child("endpoint-names")], "blobCopy", this.account);
    this.registerOutputs();
  }

  reader(): readonly RoleGrant[] {
    const container = `${this.account}/blobServices/default/containers/archive`;
    return [{ role: "Storage Blob Data Reader", on: container }];
  }
}

/** Known from settings: the region that made it answers nothing any more. */
const accountId = (scope: Scope): string =>
  [
    `/subscriptions/${scope.account}/resourceGroups/${groupName(scope)}`,
    `providers/Microsoft.Storage/storageAccounts/${blobAccount(scope, "archive")}`,
  ].join("/");
