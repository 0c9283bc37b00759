/** Rights that lead to more rights, and bindings that give a role to more than was meant. Roles are joined with their bindings. */
import { perStack } from "../joins";
import { clusterWide, namespaced, objects, text, texts } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { each, unchecked, violated, violatedIf, type Finding, type Rule } from "../rule";
import { cluster, type Stack } from "../stack";
import type { Field } from "../value";

const GROUP = "rbac.authorization.k8s.io";
const GUIDE = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";

interface Danger {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly message: string;
}

const WRITES = ["create", "update", "patch"] as const;

/** Each of these is, in one step or two, everything else. Wildcards have a rule of their own. */
const DANGERS: readonly Danger[] = [
  { resources: ["roles", "clusterroles"], verbs: ["escalate", "bind"], message: "may give itself any right" },
  { resources: ["rolebindings", "clusterrolebindings"], verbs: WRITES, message: "may bind anybody to a role" },
  { resources: ["users", "groups", "serviceaccounts"], verbs: ["impersonate"], message: "may act as somebody else" },
  { resources: ["serviceaccounts/token"], verbs: ["create"], message: "may make tokens of any account" },
  { resources: ["pods/exec", "pods/attach"], verbs: ["create", "get"], message: "may run commands in any pod" },
  { resources: ["pods/ephemeralcontainers"], verbs: ["update", "patch"], message: "may put a container into any pod" },
  { resources: ["nodes/proxy"], verbs: ["create", "get"], message: "may talk to the kubelet past the API server" },
  {
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: WRITES,
    message: "may read and change every object on its way",
  },
  { resources: ["certificatesigningrequests/approval"], verbs: ["update", "patch"], message: "may issue certificates" },
  { resources: ["secrets"], verbs: ["list", "watch"], message: "may read every Secret" },
];

const includes = (list: Field, wanted: readonly string[]): boolean =>
  list.items.some((item) => wanted.includes(item.text ?? ""));

/** A rule that names its objects reaches no others; `list` and `watch` need no name to be useful, so they stay dangerous. */
const isNamed = (rule: Field): boolean => rule.at("resourceNames").items.length > 0;

const dangers = (rule: Field): readonly Finding[] =>
  DANGERS.filter(
    ({ resources, verbs }) => includes(rule.at("resources"), resources) && includes(rule.at("verbs"), verbs),
  )
    .filter(() => !isNamed(rule))
    .map(({ message }) => violated(rule, message));

/** The same of a rule `r`. */
const HARMLESS = `size(r.?resourceNames.orValue([])) > 0 || !(${DANGERS.map(({ resources, verbs }) =>
  [
    `r.?resources.orValue([]).exists(x, x in ${texts(resources)})`,
    `r.?verbs.orValue([]).exists(x, x in ${texts(verbs)})`,
  ].join(" && "),
).join(" || ")})`;

/** Roles by cluster, kind, namespace and name. */
const roles = perStack((stack) => {
  const wide = stack.kind(GROUP, "ClusterRole").map((role) => [`${cluster(role)} ${role.name}`, role] as const);
  const named = stack.kind(GROUP, "Role").map((role) => [`${stack.place(role)} ${role.name}`, role] as const);
  return new Map([...wide, ...named]);
});

function roleOf(binding: PolicyObject, stack: Stack): PolicyObject | undefined {
  const reference = binding.props.at("roleRef");
  const place = reference.at("kind").is("Role") ? stack.place(binding) : cluster(binding);
  return roles(stack).get(`${place} ${reference.at("name").text}`);
}

const READS = ["get", "list", "watch", "*"] as const;

/** In the whole cluster, by one binding. */
function wideSecrets(binding: PolicyObject, stack: Stack): readonly Finding[] {
  const name = binding.props.at("roleRef", "name");
  const role = roleOf(binding, stack);
  if (role === undefined) return [unchecked(name, "its role is not of this stack: what it grants is not seen here")];
  const reads = role.props
    .at("rules")
    .items.some(
      (rule) => !isNamed(rule) && includes(rule.at("resources"), ["secrets", "*"]) && includes(rule.at("verbs"), READS),
    );
  return violatedIf(reads, name, "this role reads Secrets, here in every namespace");
}

const defaultAccounts = ({ props }: PolicyObject): readonly Finding[] =>
  each(props.at("subjects").items, (subject) =>
    violatedIf(
      subject.at("kind").is("ServiceAccount") && subject.at("name").is("default"),
      subject.at("name"),
      "every pod that names no account gets these rights",
    ),
  );

const facts = { category: "rbac", standards: ["cis-eks", "cis-aks"], link: GUIDE } as const;

export const RBAC_ESCALATION_RULES: readonly Rule[] = [
  {
    ...facts,
    id: "rbac-no-escalation",
    scope: "object",
    severity: "high",
    title: "No role may hold rights that lead to all others.",
    why: "Whoever takes over one such account has the cluster in two steps.",
    remedy:
      "remove the verb or resource, or name the objects in resourceNames; an operator that needs it gets a waiver",
    applies: (object) => isKind(object, GROUP, "Role", "ClusterRole"),
    admission: objects(
      [namespaced(GROUP, "roles"), clusterWide(GROUP, "clusterroles")],
      `object.?rules.orValue([]).all(r, ${HARMLESS})`,
    ),
    check: ({ props }) => each(props.at("rules").items, dangers),
  },
  {
    ...facts,
    id: "rbac-no-cluster-wide-secrets",
    scope: "stack",
    severity: "high",
    title: "No role that reads Secrets may be bound in the whole cluster.",
    why: "Every password of every namespace is then one stolen token away.",
    remedy: "use a RoleBinding in each namespace that is meant",
    applies: (object) => isKind(object, GROUP, "ClusterRoleBinding"),
    check: wideSecrets,
  },
  {
    ...facts,
    id: "rbac-no-default-account",
    scope: "object",
    severity: "medium",
    title: "Nobody may be bound by the name of the default service account.",
    why: "It is every pod's that names no account of its own.",
    remedy: "make a service account and bind that",
    applies: (object) => isKind(object, GROUP, "RoleBinding", "ClusterRoleBinding"),
    admission: objects(
      [namespaced(GROUP, "rolebindings"), clusterWide(GROUP, "clusterrolebindings")],
      `object.?subjects.orValue([]).all(s, s.kind != ${text("ServiceAccount")} || s.name != ${text("default")})`,
    ),
    check: defaultAccounts,
  },
];
