/** Namespaces enforce Pod Security themselves, so that what a pack never sees is held to a level too. */
import { isKind } from "../object";
import { violatedIf, type Rule } from "../rule";

const ENFORCE = "pod-security.kubernetes.io/enforce";

export const NAMESPACE_RULES: readonly Rule[] = [
  {
    id: "pod-namespace-enforces-level",
    category: "pod",
    scope: "object",
    severity: "high",
    standards: ["cis-eks", "cis-aks"],
    title: "Every namespace must enforce a Pod Security level.",
    why: "Pods that controllers and charts make later are then held to it at admission.",
    remedy: `set the label ${ENFORCE} to restricted, or baseline where node agents run`,
    link: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    applies: (object) => isKind(object, "", "Namespace"),
    check: ({ props }) => {
      const level = props.at("metadata", "labels", ENFORCE);
      return violatedIf(
        !["restricted", "baseline"].includes(level.text ?? ""),
        level,
        `wants restricted or baseline, got ${level.shape}`,
      );
    },
  },
];
