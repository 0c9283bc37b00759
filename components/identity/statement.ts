/**
 * Permissions as data, and the roles that carry them. A statement names its actions one by one; a capability such as
 * `vault.writer()` lends statements, and whoever gets an identity gets exactly these. Refuses the action `*`.
 */
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { type Children } from "../component";
import { physicalName, type Scope } from "../names";

/** Condition operator, condition key, accepted values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  /** What it is for, in letters and digits. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly `${string}:${string}`[];
  /** ARNs; plain ones keep the policy readable at preview. */
  readonly resources: readonly pulumi.Input<string>[];
  /** @default - none */
  readonly conditions?: Conditions;
}

/** A statement of a resource's own policy, which must say who. */
export interface ResourceStatement extends Statement {
  readonly principals: Readonly<Record<string, string | readonly string[]>>;
}

/** The policy document. Plain text when every ARN is plain, so that rules can read it before anything exists. */
export function policyDocument(statements: readonly (Statement | ResourceStatement)[]): pulumi.Input<string> {
  const document = { Version: "2012-10-17", Statement: statements.map(statementJson) };
  const plain = statements.every(({ resources }) => resources.every((resource) => typeof resource === "string"));
  return plain ? JSON.stringify(document) : pulumi.jsonStringify(document);
}

const statementJson = (statement: Statement | ResourceStatement): Readonly<Record<string, unknown>> => ({
  Sid: statement.sid,
  Effect: statement.effect ?? "Allow",
  ...("principals" in statement ? { Principal: statement.principals } : {}),
  Action: statement.actions,
  Resource: statement.resources,
  ...(statement.conditions === undefined ? {} : { Condition: statement.conditions }),
});

export interface RoleArgs {
  /** Who may assume it: an AWS service such as `eks.amazonaws.com`. */
  readonly service: string;
  /** Actions of the trust. @default ["sts:AssumeRole"] */
  readonly trust?: readonly string[];
  /** Bounds of the trust. @default - none */
  readonly trustedWhen?: Conditions;
  /** What the role may do of its own. @default - nothing */
  readonly statements?: readonly Statement[];
  /** Policies AWS maintains, by name below `policy/`. @default - none */
  readonly managed?: readonly string[];
  readonly description: string;
}

/** A role and everything attached to it: depend on all of it where AWS checks permissions at creation. */
export interface RoleWithPolicies {
  readonly role: iam.Role;
  readonly policies: readonly pulumi.Resource[];
}

/** Creates a role with the children `<role>`, `<role>-policy` and `<role>-<managed policy>`. */
export function createRole(child: Children, role: string, scope: Scope, args: RoleArgs): RoleWithPolicies {
  const [id, options] = child(role);
  const created = new iam.Role(
    id,
    {
      name: physicalName("role", scope, id),
      description: args.description,
      assumeRolePolicy: trustPolicy(args),
    },
    options,
  );
  return {
    role: created,
    policies: [...ownPolicy(child, role, created, args), ...managedPolicies(child, role, created, { scope, args })],
  };
}

const trustPolicy = ({ service, trust = ["sts:AssumeRole"], trustedWhen }: RoleArgs): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: trust,
        ...(trustedWhen === undefined ? {} : { Condition: trustedWhen }),
      },
    ],
  });

function ownPolicy(child: Children, role: string, to: iam.Role, { statements = [] }: RoleArgs): iam.RolePolicy[] {
  if (statements.length === 0) return [];
  const [id, options] = child(`${role}-policy`);
  return [new iam.RolePolicy(id, { role: to.name, policy: policyDocument(statements) }, options)];
}

function managedPolicies(
  child: Children,
  role: string,
  to: iam.Role,
  { scope, args }: { scope: Scope; args: RoleArgs },
) {
  return (args.managed ?? []).map((policy) => {
    const [id, options] = child(`${role}-${kebab(policy)}`);
    const policyArn = `arn:${scope.partition ?? "aws"}:iam::aws:policy/${policy}`;
    return new iam.RolePolicyAttachment(id, { role: to.name, policyArn }, options);
  });
}

/** `service-role/AmazonEBSCSIDriverPolicy` becomes `amazon-ebscsidriver-policy`. */
const kebab = (policy: string): string =>
  (policy.split("/").at(-1) ?? policy)
    .replace(/_/g, "-")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
