/** No role reaches everything, and nobody is bound to one that does. */
import { clusterWide, namespaced, objects, text, texts } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { decide, each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";

const GROUP = "rbac.authorization.k8s.io";
const GUIDE = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";
const WIDE_SUBJECTS = ["system:masters", "system:anonymous", "system:unauthenticated", "system:authenticated"];
const EVERYTHING = "cluster-admin";
const WILDCARD_PARTS = ["apiGroups", "resources", "verbs"];

const wildcards = (rule: Field): readonly Finding[] =>
  each(
    WILDCARD_PARTS.map((part) => rule.at(part)),
    (part) =>
      violatedIf(
        part.items.some((item) => item.is("*")),
        part,
        'wants names, got "*"',
      ),
  );

const binding = ({ props }: PolicyObject): readonly Finding[] => [
  ...decide(() =>
    violatedIf(props.at("roleRef", "name").is(EVERYTHING), props.at("roleRef", "name"), "this role may do everything"),
  ),
  ...each(props.at("subjects").items, (subject) =>
    violatedIf(
      WIDE_SUBJECTS.includes(subject.at("name").text ?? ""),
      subject.at("name"),
      "this subject is everybody, or past all checks",
    ),
  ),
];

export const RBAC_RULES: readonly Rule[] = [
  {
    id: "rbac-no-wildcards",
    category: "rbac",
    scope: "object",
    severity: "critical",
    standards: ["cis-eks", "cis-aks"],
    title: "No role may use wildcards.",
    why: "A wildcard grants what does not exist yet, and usually Secrets today.",
    remedy: "list the API groups, resources and verbs that are needed",
    link: GUIDE,
    applies: (object) => isKind(object, GROUP, "Role", "ClusterRole"),
    admission: objects(
      [namespaced(GROUP, "roles"), clusterWide(GROUP, "clusterroles")],
      `object.?rules.orValue([]).all(r, ${WILDCARD_PARTS.map((part) => `!("*" in r.?${part}.orValue([]))`).join(" && ")})`,
    ),
    check: ({ props }) => each(props.at("rules").items, wildcards),
  },
  {
    id: "rbac-no-cluster-admin",
    category: "rbac",
    scope: "object",
    severity: "critical",
    standards: ["cis-eks", "cis-aks"],
    title: "Nobody may be bound to cluster-admin, and no binding may name everybody.",
    why: "One stolen token would then be the whole cluster.",
    remedy: "bind a role of its own; an operator that needs everything gets a waiver that names it",
    link: GUIDE,
    applies: (object) => isKind(object, GROUP, "RoleBinding", "ClusterRoleBinding"),
    admission: objects(
      [namespaced(GROUP, "rolebindings"), clusterWide(GROUP, "clusterrolebindings")],
      `object.roleRef.name != ${text(EVERYTHING)} && !object.?subjects.orValue([]).exists(s, s.name in ${texts(WIDE_SUBJECTS)})`,
    ),
    check: binding,
  },
];
