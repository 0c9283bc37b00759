/**
 * A cloud identity for one service account, by AKS workload identity: a managed identity that trusts tokens of this account
 * of this cluster's issuer, and the roles it holds. Its pods carry a label and its account the identity's client id.
 */
import * as federation from "@pulumi/azure-native/managedidentity/federatedIdentityCredential";
import * as identities from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { grantAll, type RoleGrant } from "../identity/azure-roles";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type Identity, type IdentityMarks, type ServiceAccountRef } from "./cluster";
import { CLIENT_ID, USES_IDENTITY } from "./identity-marks";

export interface WorkloadIdentityArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** Of the cluster's tokens. */
  readonly issuer: pulumi.Input<string>;
  readonly account: ServiceAccountRef;
  readonly grants: readonly RoleGrant[];
}

export class WorkloadIdentity extends Component implements Identity {
  readonly account: ServiceAccountRef;
  readonly marks: IdentityMarks;
  readonly clientId: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkloadIdentityArgs, options?: pulumi.ComponentResourceOptions) {
    super("cluster:WorkloadIdentity", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const identity = createManagedIdentity(child, args.scope, args.place, "identity");
    const grants = Object.fromEntries(args.grants.map((given, index) => [`role-${index + 1}`, given]));
    const principal = { id: identity.principalId, is: "ServicePrincipal" } as const;
    this.account = args.account;
    this.clientId = identity.clientId;
    this.marks = { account: { [CLIENT_ID]: identity.clientId }, pods: USES_IDENTITY };
    this.ready = [trust(child, args, identity), ...grantAll(child, args.scope, principal, grants)];
    this.registerOutputs({ clientId: identity.clientId });
  }
}

export function createManagedIdentity(
  child: Children,
  scope: Scope,
  place: AzurePlace,
  role: string,
): identities.UserAssignedIdentity {
  const [id, options] = child(role);
  return new identities.UserAssignedIdentity(
    id,
    { ...place, resourceName: physicalName("managedIdentity", scope, id) },
    options,
  );
}

/** Audience that Entra wants of a token it is to exchange. */
const AUDIENCE = "api://AzureADTokenExchange";

function trust(
  child: Children,
  { place, issuer, account }: WorkloadIdentityArgs,
  identity: identities.UserAssignedIdentity,
): pulumi.Resource {
  const [id, options] = child("trust");
  return new federation.FederatedIdentityCredential(
    id,
    {
      resourceGroupName: place.resourceGroupName,
      resourceName: identity.name,
      federatedIdentityCredentialResourceName: `${account.namespace}-${account.name}`,
      issuer,
      subject: `system:serviceaccount:${account.namespace}:${account.name}`,
      audiences: [AUDIENCE],
    },
    options,
  );
}
