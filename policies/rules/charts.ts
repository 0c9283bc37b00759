/** What hides its objects. A Release is opaque for ever; a Chart shows its objects once its cluster is known. */
import { isType } from "../object";
import { violated, type Rule } from "../rule";

export const RELEASE = "kubernetes:helm.sh/v3:Release";
export const CHART = "kubernetes:helm.sh/v4:Chart";

export const CHART_RULES: readonly Rule[] = [
  {
    id: "pod-no-opaque-release",
    category: "pod",
    scope: "object",
    severity: "critical",
    standards: [],
    title: "No chart may be installed as one opaque Release.",
    why: "Nothing inside a helm.v3.Release can be judged before it runs.",
    remedy: "use helm.v4.Chart, whose objects are judged one by one, or a waiver that names the Release",
    link: "https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v4/chart/",
    applies: (object) => isType(object, RELEASE),
    check: ({ props }) => [violated(props.at("chart"), "its objects cannot be seen")],
  },
];
