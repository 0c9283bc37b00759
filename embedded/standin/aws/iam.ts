/** IAM. Limits: "IAM and STS quotas": 1,000 roles an account, 10 managed policies a role (by default). */
import { blocks, unless, type TypeTable } from "../types";
import { globalArn, input, joined } from "./identifiers";

export const ROLE = "aws:iam/role:Role";
const MANAGED = /^arn:aws[\w-]*:iam::aws:policy\//;

/** Trusts nobody: enough for a role that is only referred to. */
export const iamTrust = JSON.stringify({ Version: "2012-10-17", Statement: [] });

export const iamTypes: TypeTable = {
  [ROLE]: {
    checks: "checked",
    global: true,
    id: input("name"),
    arn: globalArn("iam", ({ inputs, id }) => `role${String(inputs["path"] ?? "/")}${id}`),
    name: { property: "name", prefix: "namePrefix", max: 64 },
    defaults: { path: "/", maxSessionDuration: 3_600, forceDetachPolicies: false },
    outputs: ({ hex, created }) => ({
      ...{ createDate: created, uniqueId: `AROA${hex(17).toUpperCase()}`, inlinePolicies: [], managedPolicyArns: [] },
    }),
    forceNew: ["name", "namePrefix", "path"],
    refs: { "managedPolicyArns[]": unless(MANAGED, blocks("aws:iam/policy:Policy")) },
    valid: {
      name: /^[\w+=,.@-]{1,64}$/,
      assumeRolePolicy: "json",
      maxSessionDuration: { min: 3_600, max: 43_200 },
      permissionsBoundary: "arn",
    },
    unique: [{ in: "account", by: ["name"] }],
    quota: { limit: 1_000, code: "LimitExceeded" },
  },
  "aws:iam/policy:Policy": {
    checks: "checked",
    global: true,
    id: ({ inputs, account }) =>
      `arn:aws:iam::${account}:policy${String(inputs["path"] ?? "/")}${String(inputs["name"])}`,
    arn: ({ id }) => id,
    name: { property: "name", prefix: "namePrefix", max: 128 },
    defaults: { path: "/" },
    outputs: ({ hex }) => ({ policyId: `ANPA${hex(17).toUpperCase()}`, attachmentCount: 0 }),
    forceNew: ["name", "namePrefix", "path", "description"],
    valid: { policy: "json" },
    unique: [{ in: "account", by: ["name"] }],
    quota: { limit: 1_500, code: "LimitExceeded" },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    checks: "checked",
    global: true,
    id: joined(":", "role", "name"),
    name: { property: "name", prefix: "namePrefix", max: 128 },
    forceNew: ["name", "namePrefix", "role"],
    refs: { role: blocks(ROLE) },
    valid: { policy: "json" },
    unique: [{ in: "account", by: ["role", "name"] }],
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    checks: "checked",
    global: true,
    id: ({ inputs, hex }) => `${String(inputs["role"])}-${parseInt(hex(12), 16)}`,
    forceNew: ["role", "policyArn"],
    refs: { role: blocks(ROLE), policyArn: unless(MANAGED, blocks("aws:iam/policy:Policy")) },
    valid: { policyArn: "arn" },
    unique: [{ in: "account", by: ["role", "policyArn"] }],
    quota: { limit: 10, per: "role", code: "LimitExceeded" },
  },
};
