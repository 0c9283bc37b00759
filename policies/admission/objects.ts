/**
 * ValidatingAdmissionPolicies generated from the rules: what the pack finds before an object exists, the API server refuses
 * whoever sends it. Pure: rules and a place in, plain objects out. Pod Security's rules are not among them: the labels of
 * namespaces enforce those.
 */
import { enforcement, stageNamed } from "../enforcement";
import type { Rule } from "../rule";
import { RULES } from "../rules/all";
import { exemptNamespaces, type Place } from "./exemptions";
import type { AdmissionForm, Resources, Variable } from "./form";
import { overPods, POD_VARIABLES, podResources } from "./pods";

/** A policy or a binding as the API takes it. A type, not an interface, so that it fits wherever plain objects do. */
export type AdmissionObject = {
  readonly apiVersion: "admissionregistration.k8s.io/v1";
  readonly kind: "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding";
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
};

export type AdmittingRule = Rule & { readonly admission: AdmissionForm };

export const isAdmitting = (rule: Rule): rule is AdmittingRule => rule.admission !== undefined;

/** The rules that the API server can judge too. */
export const ADMITTING_RULES: readonly AdmittingRule[] = RULES.filter(isAdmitting);

/** Policies and bindings of every such rule. */
export const admissionObjects = (place: Place): readonly AdmissionObject[] =>
  ADMITTING_RULES.flatMap((rule) => [policy(rule), ...bindings(rule, place)]);

export const policyName = ({ id }: Pick<Rule, "id">): string => `keelson-${id}`;

const object = (kind: AdmissionObject["kind"], name: string, spec: AdmissionObject["spec"]): AdmissionObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind,
  metadata: { name },
  spec,
});

const resourcesOf = (form: AdmissionForm): readonly Resources[] =>
  form.over === "pods" ? podResources(form) : form.of;

const variablesOf = (form: AdmissionForm): readonly Variable[] =>
  form.over === "pods" ? POD_VARIABLES : form.variables;

const expressionOf = (form: AdmissionForm): string =>
  form.over === "pods" ? overPods("variables.pods", form) : form.holds;

const resourceRule = ({ group, versions, resources, scope }: Resources) => ({
  apiGroups: [group],
  apiVersions: versions,
  operations: ["CREATE", "UPDATE"],
  resources,
  scope: scope ?? "Namespaced",
});

/** An object that is being deleted still changes, when its finalizers go: it must not be held back. */
const STAYS = { name: "stays", expression: "!has(object.metadata.deletionTimestamp)" };

/** A policy that cannot be evaluated refuses: that it can be, for every kind it is asked of, is tested. */
export const policy = (rule: AdmittingRule): AdmissionObject => {
  const variables = variablesOf(rule.admission);
  const made = object("ValidatingAdmissionPolicy", policyName(rule), {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: resourcesOf(rule.admission).map(resourceRule) },
    matchConditions: [STAYS],
    ...(variables.length === 0 ? {} : { variables }),
    validations: [
      {
        expression: expressionOf(rule.admission),
        message: `${rule.id}: ${rule.title} To mend it, ${rule.remedy}.`,
        reason: "Forbidden",
      },
    ],
  });
  const annotations = { "keelson.dev/why": rule.why, "keelson.dev/link": rule.link };
  return { ...made, metadata: { ...made.metadata, annotations } };
};

type Action = "Deny" | "Warn" | "Audit";

const SHOW: readonly Action[] = ["Warn", "Audit"];

/**
 * In namespaces, as strict as the stage. What belongs to no namespace cannot be exempt by one, and operators bring roles of
 * their own that are wide: of those the API server only tells.
 */
export function bindings(rule: AdmittingRule, place: Place): readonly AdmissionObject[] {
  const name = policyName(rule);
  const mandatory = enforcement(rule, stageNamed(place.stage)) === "mandatory";
  const namespaceSelector = {
    matchExpressions: [
      { key: "kubernetes.io/metadata.name", operator: "NotIn", values: exemptNamespaces(rule, place) },
    ],
  };
  const all = resourcesOf(rule.admission);
  const wide = all.filter(({ scope, resources }) => scope === "Cluster" && !resources.includes("namespaces"));
  const narrow = { resourceRules: all.filter((each) => !wide.includes(each)).map(resourceRule) };
  const main = binding(name, name, mandatory ? ["Deny"] : SHOW, {
    namespaceSelector,
    ...(wide.length === 0 ? {} : narrow),
  });
  if (wide.length === 0) return [main];
  return [main, binding(`${name}-cluster`, name, SHOW, { resourceRules: wide.map(resourceRule) })];
}

const binding = (
  name: string,
  policyName: string,
  validationActions: readonly Action[],
  matchResources: Readonly<Record<string, unknown>>,
): AdmissionObject =>
  object("ValidatingAdmissionPolicyBinding", name, { policyName, validationActions, matchResources });
