/** The common part of every rule over pods: which kinds it knows, and that a borrowed template is judged where it stands. */
import { adapterOf, asFarAsStated } from "../kubernetes/adapters/all";
import { borrowsTemplate, containers, makesPods, podsOf } from "../kubernetes/pods";
import { decide, unchecked, type Finding, type ObjectRule, type RuleFacts } from "../rule";
import type { Field } from "../value";

export type PodFacts = Omit<RuleFacts, "category" | "applies" | "link"> & { readonly link?: string };

/** Pod Security Standards, the source of most rules over pods. */
export const POD_SECURITY = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

/** A rule over a pod's spec; the second argument is the whole template with its metadata. */
export const podRule = (facts: PodFacts, check: (spec: Field, template: Field) => readonly Finding[]): ObjectRule => ({
  link: POD_SECURITY,
  ...facts,
  category: "pod",
  scope: "object",
  applies: makesPods,
  check: (object) => {
    if (borrowsTemplate(object))
      return [unchecked(object.props.at("spec", "workloadRef"), "takes its pods from the workload it names")];
    const adapter = adapterOf(object);
    const findings = podsOf(object).flatMap((template) => decide(() => check(template.at("spec"), template)));
    return adapter === undefined ? findings : asFarAsStated(object, adapter, findings);
  },
});

/** The pod's own security context, then each container's. */
export const securityContexts = (spec: Field): readonly Field[] => [
  spec.at("securityContext"),
  ...containers(spec).map((container) => container.at("securityContext")),
];
