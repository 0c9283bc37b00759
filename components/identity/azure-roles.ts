/**
 * Azure's built-in roles that the platform hands out, and the assignments that hand them out. A grant names one role on one
 * resource; a capability such as `vault.writer()` lends grants, and whoever gets an identity gets exactly these. Roles that
 * may hand out roles (Owner, User Access Administrator) are not in the list, so they cannot be lent.
 */
import * as authorization from "@pulumi/azure-native/authorization/roleAssignment";
import type * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { type Children } from "../component";
import { type Scope } from "../names";

/** Ids of the definitions, the same in every directory. @see https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles */
export const ROLES = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "Azure Kubernetes Service Cluster User Role": "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  "Azure Kubernetes Service RBAC Reader": "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
  "DNS Zone Contributor": "befefa01-2a29-4197-83a8-272ff33ce314",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
} as const;

export type RoleName = keyof typeof ROLES;

/** One role on one resource. */
export interface RoleGrant {
  readonly role: RoleName;
  /** Id of the resource, or of the group it lies in. */
  readonly on: pulumi.Input<string>;
}

export interface Grantee {
  readonly id: pulumi.Input<string>;
  /** Azure looks a principal up unless it is told its kind, and does not find a new one for a while. */
  readonly is: "ServicePrincipal" | "Group";
}

/** Children `<role>-<name of the grant>`, one for each grant. */
export const grantAll = (
  child: Children,
  scope: Scope,
  to: Grantee,
  grants: Readonly<Record<string, RoleGrant>>,
): readonly pulumi.Resource[] =>
  Object.entries(grants).map(([name, given]) => grant(child, scope, { name, to, given }));

interface Assignment {
  readonly name: string;
  readonly to: Grantee;
  readonly given: RoleGrant;
}

function grant(child: Children, scope: Scope, { name, to, given }: Assignment): pulumi.Resource {
  const [id, options] = child(name);
  const roleDefinitionId = `/subscriptions/${scope.account}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[given.role]}`;
  const roleAssignmentName = guid(`${scope.system} ${scope.stage} ${scope.region} ${id} ${given.role}`);
  return new authorization.RoleAssignment(
    id,
    { roleAssignmentName, scope: given.on, roleDefinitionId, principalId: to.id, principalType: to.is },
    options,
  );
}

/** A name in the form Azure wants, the same for the same text: a repeated creation meets the first. */
export function guid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
