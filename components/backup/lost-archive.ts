/**
 * What is left of the archives or backups of a lost region on Azure: their copy in its pair, made by geo-redundant storage. Reached
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
import { blobAccount, type BlobPurpose } from "./blob-names";

export interface LostArchiveArgs {
  /** Of the lost stack. */
  readonly scope: Scope;
  /** @default "archive" */
  readonly purpose?: BlobPurpose;
  /** Of the network it is read from. */
  readonly endpoints: PrivateEndpoints;
}

export class LostArchive extends Component {
  readonly ready: readonly pulumi.Resource[];
  private readonly container: string;

  constructor(
    name: string,
    { scope, endpoints, purpose = "archive" }: LostArchiveArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("backup:LostArchive", name, options);
    const account = accountId(scope, purpose);
    this.container = `${account}/blobServices/default/containers/${purpose}`;
    this.ready = endpoints.connect([this.child("endpoint"), this.child("endpoint-names")], "blobCopy", account);
    this.registerOutputs();
  }

  reader(): readonly RoleGrant[] {
    return [{ role: "Storage Blob Data Reader", on: this.container }];
  }
}

/** Known from settings: the region that made it answers nothing any more. */
const accountId = (scope: Scope, purpose: BlobPurpose): string =>
  [
    `/subscriptions/${scope.account}/resourceGroups/${groupName(scope)}`,
    `providers/Microsoft.Storage/storageAccounts/${blobAccount(scope, purpose)}`,
  ].join("/");
