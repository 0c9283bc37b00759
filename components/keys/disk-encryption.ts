/** What encrypts disks on Azure, of nodes and volumes: a set that stands for a key of ours, and follows it when it is rotated. */
import * as sets from "@pulumi/azure-native/compute/diskEncryptionSet";
import type * as pulumi from "@pulumi/pulumi";
import { createManagedIdentity } from "../cluster/workload-identity";
import { type Children, Component } from "../component";
import { grantAll, type RoleGrant } from "../identity/azure-roles";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type KeyVault } from "./key-vault";

export interface DiskEncryptionArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly keys: KeyVault;
}

export class DiskEncryption extends Component {
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: DiskEncryptionArgs, options?: pulumi.ComponentResourceOptions) {
    super("keys:DiskEncryption", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, place, keys } = args;
    const identity = createManagedIdentity(child, scope, place, "identity");
    const principal = { id: identity.principalId, is: "ServicePrincipal" } as const;
    const roles = grantAll(child, scope, principal, { key: keys.wrap() });
    const [id, setOptions] = this.child("set", { dependsOn: [...roles, ...keys.ready] });
    const set = new sets.DiskEncryptionSet(
      id,
      {
        ...place,
        diskEncryptionSetName: physicalName("diskEncryptionSet", scope, "volumes"),
        encryptionType: "EncryptionAtRestWithPlatformAndCustomerKeys",
        rotationToLatestKeyVersionEnabled: true,
        activeKey: { keyUrl: keys.key("volumes").uriWithVersion, sourceVault: { id: keys.id } },
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      },
      setOptions,
    );
    this.id = set.id;
    this.registerOutputs({ id: this.id });
  }

  /** See it: Azure refuses a disk that names a set which its maker may not read. */
  read(): RoleGrant {
    return { role: "Reader", on: this.id };
  }
}
