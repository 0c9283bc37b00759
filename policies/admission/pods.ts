/** Where the API server finds the pod in each kind that has one: the same table as `kubernetes/pods.ts`, in its words. */
import { namespaced, type PodForm, type Resources, type Variable } from "./form";

export interface PodShape {
  readonly of: Resources;
  readonly kinds: PodForm["kinds"];
  /** The pod's spec in such an object. */
  readonly spec: string;
}

const shape = (of: Resources, spec: string, kinds: PodForm["kinds"] = "all"): PodShape => ({ of, spec, kinds });

const TEMPLATE = "object.spec.template.spec";

export const POD_SHAPES: readonly PodShape[] = [
  shape(namespaced("", "pods", "pods/ephemeralcontainers"), "object.spec"),
  shape(namespaced("", "podtemplates"), "object.template.spec"),
  shape(namespaced("batch", "cronjobs"), "object.spec.jobTemplate.spec.template.spec"),
  shape(namespaced("batch", "jobs"), TEMPLATE),
  shape(namespaced("apps", "deployments", "statefulsets", "daemonsets", "replicasets"), TEMPLATE, "long-running"),
  shape(namespaced("", "replicationcontrollers"), TEMPLATE, "long-running"),
];

/** Only a Rollout may have no template: it then borrows a Deployment's, which is judged by itself. */
const ROLLOUTS: Resources = { group: "argoproj.io", versions: ["v1alpha1"], resources: ["rollouts"] };

export const podResources = ({ kinds }: PodForm): readonly Resources[] => [
  ...POD_SHAPES.filter((each) => kinds === "all" || each.kinds === kinds).map(({ of }) => of),
  ROLLOUTS,
];

/**
 * One policy for all kinds: `dyn` is what lets one expression read several. What it hides from the type checker is checked
 * by tests, which give each expression the type of each kind.
 */
const PODS = [
  `request.kind.kind == "Pod" ? [dyn(object).spec]`,
  `request.kind.kind == "PodTemplate" ? [dyn(object).template.spec]`,
  `request.kind.kind == "CronJob" ? [dyn(object).spec.jobTemplate.spec.template.spec]`,
  `has(dyn(object).spec.template) ? [dyn(object).spec.template.spec]`,
  `[]`,
].join(" : ");

export const POD_VARIABLES: readonly Variable[] = [{ name: "pods", expression: PODS }];

/** The check over a list of specs: the product's variable, or one typed spec in tests. */
export const overPods = (pods: string, { eachPod }: PodForm): string => `${pods}.all(s, ${eachPod})`;
