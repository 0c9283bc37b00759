/** Who may do what in the account, and who may become whom. Policies arrive as JSON text or as a map. */
import { all } from "../logic";
import { decide, each, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { cloudRule } from "./cloud-rule";
import { isEverybody, statements, texts } from "./policy-document";

const POLICIES = ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy"];
const ROLE = "aws:iam/role:Role";
const ATTACHMENTS = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
];
const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";

const allows = (statement: Field): boolean => statement.at("Effect").is("Allow");

/** Every action, of everything or of the service that hands out rights; or every action but a few. */
const isBoundless = (statement: Field): boolean =>
  statement.at("NotAction").isSet ||
  texts(statement.at("Action")).some((action) => action.is("*") || action.is("iam:*") || action.is("*:*"));

const isEverywhere = (statement: Field): boolean =>
  statement.at("NotResource").isSet || texts(statement.at("Resource")).some((resource) => resource.is("*"));

const boundless = (document: Field): readonly Finding[] =>
  each(statements(document), (statement) =>
    violatedIf(allows(statement) && isBoundless(statement), document, "one statement allows every action"),
  );

const isServiceWide = (action: Field): boolean => /^[a-z0-9-]+:\*$/i.test(action.text ?? "");

const serviceWide = (document: Field): readonly Finding[] =>
  each(statements(document), (statement) =>
    violatedIf(
      allows(statement) && isEverywhere(statement) && texts(statement.at("Action")).some(isServiceWide),
      document,
      "one statement allows every action of a service on everything",
    ),
  );

const BECOMES: ReadonlySet<string | undefined> = new Set(["iam:PassRole", "sts:AssumeRole"]);

const becomesAnybody = (document: Field): readonly Finding[] =>
  each(statements(document), (statement) =>
    violatedIf(
      allows(statement) &&
        isEverywhere(statement) &&
        texts(statement.at("Action")).some(({ text }) => BECOMES.has(text)),
      document,
      "one statement lets it become, or lend, any role",
    ),
  );

const POD_IDENTITY = "pods.eks.amazonaws.com";

/** What a trust policy must bind, by the kind of who is trusted. */
function trust(document: Field): readonly Finding[] {
  return each(statements(document).filter(allows), (statement) => {
    if (isEverybody(statement)) return [violated(document, "everybody may become this role")];
    const principals = statement.at("Principal");
    if (texts(principals.at("Service")).some((service) => service.is(POD_IDENTITY)))
      return judgeBinding(document, statement, [NAMESPACE, ACCOUNT]);
    return principals.at("Federated").isSet ? judgeFederated(document, statement) : [];
  });
}

const NAMESPACE = /^aws:RequestTag\/kubernetes-namespace$/;
const ACCOUNT = /^aws:RequestTag\/kubernetes-service-account$/;
const SUBJECT = /:sub$/;
const AUDIENCE = /:aud$/;

/** SAML has no subject of a pod; only web identities are asked for both. */
const judgeFederated = (document: Field, statement: Field): readonly Finding[] =>
  texts(statement.at("Action")).some((action) => action.is("sts:AssumeRoleWithWebIdentity"))
    ? judgeBinding(document, statement, [SUBJECT, AUDIENCE])
    : [];

/** Each key must stand under StringEquals, where a wildcard is just a character that matches nothing. */
function judgeBinding(document: Field, statement: Field, wanted: readonly RegExp[]): readonly Finding[] {
  const equal = statement.at("Condition", "StringEquals");
  const answer = all(wanted.map((key) => () => equal.entries.some(([name]) => key.test(name))));
  if (answer === undefined) return [undecided(document)];
  return answer ? [] : [violated(document, "not bound to one service account by StringEquals")];
}

const ADMINISTRATOR = /:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

const grantsAll = (arn: Field): readonly Finding[] =>
  decide(() => violatedIf(ADMINISTRATOR.test(arn.text ?? ""), arn, "this policy may do everything"));

const POLICY_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-iam-no-boundless-policy",
      types: POLICIES,
      severity: "critical",
      standards: ["cis-aws"],
      title: "No policy may allow every action.",
      why: "Whoever takes over one identity would own the account.",
      remedy: "list the actions that are needed, on the resources they are needed for",
      link: GUIDE,
    },
    ({ props }) => boundless(props.at("policy")),
  ),
  cloudRule(
    {
      id: "cloud-iam-no-whole-service",
      types: POLICIES,
      severity: "high",
      standards: ["cis-aws"],
      title: "No policy may allow every action of a service on everything.",
      why: "Next year's actions are among them.",
      remedy: "list the actions, or narrow the resources",
      link: GUIDE,
    },
    ({ props }) => serviceWide(props.at("policy")),
  ),
  cloudRule(
    {
      id: "cloud-iam-no-any-role",
      types: POLICIES,
      severity: "high",
      standards: [],
      title: "No policy may let an identity become or lend any role.",
      why: "The most powerful role of the account is then its own.",
      remedy: "name the roles in the statement's Resource",
      link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    },
    ({ props }) => becomesAnybody(props.at("policy")),
  ),
];

export const CLOUD_IAM_RULES: readonly Rule[] = [
  ...POLICY_RULES,
  cloudRule(
    {
      id: "cloud-iam-no-administrator",
      types: ATTACHMENTS,
      severity: "critical",
      standards: ["cis-aws"],
      title: "No identity may carry an administrator's policy.",
      why: "Whoever takes it over would own the account.",
      remedy: "attach a policy that lists what is needed",
      link: GUIDE,
    },
    ({ props }) => grantsAll(props.at("policyArn")),
  ),
  cloudRule(
    {
      id: "cloud-iam-trust",
      types: [ROLE],
      severity: "critical",
      standards: ["cis-eks"],
      title: "A role must trust one service account of one namespace, one service or one account, never everybody.",
      why: "Any other pod of the cluster, or anybody, could become it.",
      remedy:
        "bind sub and aud (OIDC), or kubernetes-namespace and kubernetes-service-account (Pod Identity), by StringEquals",
      link: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html",
    },
    ({ props }) => trust(props.at("assumeRolePolicy")),
  ),
];
