/** Identities and what they may do. Azure checks the rights of what it runs when it makes it, and so does the stand-in. */
import { follows, weak, type Minting, type TypeTable } from "../types";
import { type Value } from "../values";
import { groupId, resource, uuid } from "./identifiers";
import * as names from "./names";

const { FEDERATION, IDENTITY, ROLE_ASSIGNMENT } = names;

/** Everything a role may be assigned on. */
const SCOPES = Object.values(names).filter((type) => ![ROLE_ASSIGNMENT, names.SUBNET].includes(type));

const DEFINITION =
  /^\/subscriptions\/[0-9a-f-]{36}\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/;

export const roleTypes: TypeTable = {
  [IDENTITY]: resource({
    provider: "Microsoft.ManagedIdentity",
    path: [["userAssignedIdentities", "resourceName"]],
    outputs: (m) => ({ ...principal(m), tenantId: "" }),
    valid: { resourceName: /^[A-Za-z0-9][\w-]{2,127}$/ },
    handles: (m) => [String(m.inputs["resourceName"]), principal(m).principalId],
  }),
  [FEDERATION]: resource({
    provider: "Microsoft.ManagedIdentity",
    path: [
      ["userAssignedIdentities", "resourceName"],
      ["federatedIdentityCredentials", "federatedIdentityCredentialResourceName"],
    ],
    refs: { resourceName: follows(IDENTITY) },
    valid: {
      issuer: /^https:\/\//,
      federatedIdentityCredentialResourceName: /^[A-Za-z0-9][\w-]{2,119}$/,
      subject: /^system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+$/,
    },
    unique: [
      { in: "account", by: ["resourceName", "federatedIdentityCredentialResourceName"] },
      { in: "account", by: ["resourceName", "issuer", "subject"] },
    ],
    quota: { limit: 20, per: "resourceName", code: "TooManyFederatedIdentityCredentials" },
  }),
  [ROLE_ASSIGNMENT]: {
    checks: "checked",
    global: true,
    id: ({ inputs }) =>
      `${String(inputs["scope"])}/providers/Microsoft.Authorization/roleAssignments/${String(inputs["roleAssignmentName"])}`,
    outputs: ({ inputs, created }) => ({
      name: String(inputs["roleAssignmentName"]),
      type: "Microsoft.Authorization/roleAssignments",
      createdOn: created,
      createdBy: "",
      updatedOn: created,
      updatedBy: "",
    }),
    forceNew: ["principalId", "principalType", "roleAssignmentName", "roleDefinitionId", "scope"],
    refs: { scope: { types: SCOPES, kind: "follows", except: /^\/subscriptions\/[^/]+$/ } },
    valid: {
      roleDefinitionId: DEFINITION,
      roleAssignmentName: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      principalType: ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"],
    },
    unique: [
      { in: "account", by: ["principalId", "roleDefinitionId", "scope"] },
      { in: "account", by: ["roleAssignmentName"] },
    ],
    quota: { limit: 4_000, code: "RoleAssignmentLimitExceeded" },
    refuse: (m) => unknownPrincipal(m),
  },
};

const principal = (m: Minting) => ({ principalId: uuid(m, "principal"), clientId: uuid(m, "client") });

/** People and groups are the directory's, which is not in here; identities are ours to make first. */
const unknownPrincipal = ({ inputs, find }: Minting): string | undefined =>
  inputs["principalType"] === "ServicePrincipal" && find(IDENTITY, inputs["principalId"]) === undefined
    ? `PrincipalNotFound: principal ${String(inputs["principalId"])} does not exist in the directory`
    : undefined;

/** Ids of role definitions that the stand-in asks about. */
export const ROLE = {
  network: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  cryptoUser: "12338af0-0e69-4776-bea7-57ae8d297424",
  wrap: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  vaultContributor: "f25e0fa2-a7c8-4377-a976-54943a77a395",
  identityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
} as const;

interface Right {
  /** Id of the identity. */
  readonly identity: Value | undefined;
  readonly role: keyof typeof ROLE;
  readonly on: string;
}

/** The refusal, when an identity does not hold the role on the resource or on what it lies in. */
export function lacks(m: Minting, { identity, role, on }: Right): string | undefined {
  const holder = m.find(IDENTITY, identity);
  const held = m.all(ROLE_ASSIGNMENT).some(({ properties }) => {
    const { principalId, roleDefinitionId, scope } = properties;
    const covers = on === scope || on.startsWith(`${String(scope)}/`) || groupId(m) === scope;
    return covers && principalId === holder?.properties["principalId"] && String(roleDefinitionId).endsWith(ROLE[role]);
  });
  return held
    ? undefined
    : `LinkedAuthorizationFailed: ${String(identity)} has no role ${ROLE[role]} (${role}) on ${on} yet (dependsOn its RoleAssignment)`;
}

/** A use of an identity that Azure does not count. */
export const identityRef = weak(IDENTITY);
