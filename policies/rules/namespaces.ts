/** Namespaces enforce Pod Security themselves, so that what a pack never sees is held to a level too. */
import { clusterWide, objects, text, texts } from "../admission/form";
import { isKind } from "../object";
import { violatedIf, type Rule } from "../rule";

/** The label by which a namespace enforces a level. */
export const ENFORCE = "pod-security.kubernetes.io/enforce";
const VERSION = "^v1\\.[0-9]+$";
const LEVELS = ["restricted", "baseline"];

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
    admission: objects(
      [clusterWide("", "namespaces")],
      `object.metadata.?labels[?${text(ENFORCE)}].orValue("") in ${texts(LEVELS)}`,
    ),
    check: ({ props }) => {
      const level = props.at("metadata", "labels", ENFORCE);
      return violatedIf(!LEVELS.includes(level.text ?? ""), level, `wants restricted or baseline, got ${level.shape}`);
    },
  },
  {
    id: "pod-namespace-pins-version",
    category: "pod",
    scope: "object",
    severity: "medium",
    standards: [],
    title: "A namespace must say of which version the Pod Security level is that it enforces.",
    why: "An upgrade of the cluster would otherwise change what is admitted, on a day that nobody chose.",
    remedy: `set the label ${ENFORCE}-version to the cluster's version, such as v1.36`,
    link: "https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces",
    applies: (object) => isKind(object, "", "Namespace"),
    admission: objects(
      [clusterWide("", "namespaces")],
      `!object.metadata.?labels[?${text(ENFORCE)}].hasValue() || object.metadata.labels[?${text(`${ENFORCE}-version`)}].orValue("").matches(${text(VERSION)})`,
    ),
    check: ({ props }) => {
      const [level, version] = [ENFORCE, `${ENFORCE}-version`].map((key) => props.at("metadata", "labels", key));
      if (version === undefined || level?.isSet !== true) return [];
      return violatedIf(
        !new RegExp(VERSION).test(version.text ?? ""),
        version,
        `wants a version, got ${version.shape}`,
      );
    },
  },
];
