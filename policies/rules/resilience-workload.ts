/** Workloads that outlive a node, a zone and an upgrade: enough pods, apart from each other, and a budget that lets nodes drain. */
import { perStack, push } from "../joins";
import { borrowsTemplate, podOf } from "../kubernetes/pods";
import { selectedPods, selectorsOf } from "../kubernetes/selector-index";
import { selects } from "../kubernetes/selectors";
import { any, type Maybe } from "../logic";
import { isKind, type PolicyObject } from "../object";
import { decide, undecided, violated, violatedIf, type Finding, type Rule, type StackRule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";

const TASKS = "https://kubernetes.io/docs/tasks/run-application/";
const ZONE = "topology.kubernetes.io/zone";
const FEWEST = 2;

const isScaled = (object: PolicyObject): boolean =>
  isKind(object, "apps", "Deployment", "StatefulSet") || isKind(object, "argoproj.io", "Rollout");

const isAutoscaler = (object: PolicyObject): boolean => isKind(object, "autoscaling", "HorizontalPodAutoscaler");

/** Autoscalers by the place, kind and name of what they scale. */
const autoscalers = perStack((stack) => {
  const byTarget = new Map<string, PolicyObject[]>();
  for (const scaler of stack.kind("autoscaling", "HorizontalPodAutoscaler").filter(isAutoscaler)) {
    const target = scaler.props.at("spec", "scaleTargetRef");
    if (target.isKnown && target.at("kind").isKnown && target.at("name").isKnown)
      push(byTarget, `${stack.place(scaler)} ${target.at("kind").text} ${target.at("name").text}`, scaler);
  }
  return byTarget;
});

const scalersOf = (workload: PolicyObject, stack: Stack): readonly PolicyObject[] =>
  autoscalers(stack).get(`${stack.place(workload)} ${workload.kind} ${workload.name}`) ?? [];

/** How many pods there are at least, and where that is said. */
function fewest(workload: PolicyObject, stack: Stack): { readonly at: Field; readonly count: number } {
  const [scaler] = scalersOf(workload, stack);
  const at = scaler?.props.at("spec", "minReplicas") ?? workload.props.at("spec", "replicas");
  return { at: scaler === undefined ? at : workload.props.at("spec", "replicas"), count: Number(at.text ?? 1) };
}

const replicas = (workload: PolicyObject, stack: Stack): readonly Finding[] => {
  const { at, count } = fewest(workload, stack);
  return violatedIf(count < FEWEST, at, `wants at least ${FEWEST} pods`);
};

const BUDGETS = {
  group: "policy",
  kind: "PodDisruptionBudget",
  selector: ({ props }: PolicyObject): Field => props.at("spec", "selector"),
};

/** Only where there is more than one pod: a budget for a single one would keep its node from ever draining. */
function budget(workload: PolicyObject, stack: Stack): readonly Finding[] {
  const { at, count } = fewest(workload, stack);
  if (count < FEWEST || borrowsTemplate(workload)) return [];
  const labels = podOf(workload).at("metadata", "labels");
  const near = selectorsOf(workload, labels, stack, BUDGETS);
  const answer: Maybe = any(
    near.map(
      (found) => () =>
        stack.together(found, workload) === true ? selects(BUDGETS.selector(found), labels) : undefined,
    ),
  );
  if (answer === undefined) return [undecided(at, "waits for a budget that is not known yet")];
  return answer ? [] : [violated(at, "no PodDisruptionBudget selects its pods")];
}

/** A share counts as the pods it stands for, rounded up, as in Kubernetes. */
const pods = (amount: Field, of: number): number => {
  const text = amount.text ?? "";
  return text.endsWith("%") ? Math.ceil((Number.parseFloat(text) / 100) * of) : Number(text);
};

function evicts(object: PolicyObject, stack: Stack): readonly Finding[] {
  const [most, least] = [object.props.at("spec", "maxUnavailable"), object.props.at("spec", "minAvailable")];
  if (most.isSet) return violatedIf(pods(most, 100) === 0, most, "no pod may ever be evicted: nodes do not drain");
  if (!least.isSet) return [];
  const selected = selectedPods(BUDGETS.selector(object), stack.place(object), stack).filter(({ owner }) =>
    isScaled(owner),
  );
  const counts = selected.map(({ owner }) => fewest(owner, stack).count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const wanted = pods(least, counts.length === 0 ? 100 : total);
  return violatedIf(
    counts.length === 0 ? wanted >= 100 && least.text?.endsWith("%") === true : wanted >= total,
    least,
    "no pod may ever be evicted: nodes do not drain",
  );
}

const isZoned = (term: Field): boolean => term.at("topologyKey").is(ZONE);

function spread(workload: PolicyObject, stack: Stack): readonly Finding[] {
  if (fewest(workload, stack).count < FEWEST || borrowsTemplate(workload)) return [];
  const spec = podOf(workload).at("spec");
  const constraints = spec.at("topologySpreadConstraints");
  const apart = spec.at("affinity", "podAntiAffinity");
  const answer = any([
    () => constraints.items.some(isZoned),
    () => apart.at("requiredDuringSchedulingIgnoredDuringExecution").items.some(isZoned),
    () =>
      apart
        .at("preferredDuringSchedulingIgnoredDuringExecution")
        .items.some((term) => isZoned(term.at("podAffinityTerm"))),
  ]);
  if (answer === undefined) return [undecided(constraints)];
  return answer ? [] : [violated(constraints, "all its pods may be in one zone")];
}

/** One field, one writer: whoever states replicas beside an autoscaler undoes its work at every update. */
function oneWriter(workload: PolicyObject, stack: Stack): readonly Finding[] {
  const stated = workload.props.at("spec", "replicas");
  const ignored = workload.options.ignoreChanges.some((path) => path === "spec.replicas" || path === "spec");
  return violatedIf(
    scalersOf(workload, stack).length > 0 && stated.isSet && !ignored,
    stated,
    "an autoscaler writes this field too",
  );
}

const rule = (facts: Omit<StackRule, "category" | "scope" | "standards">): StackRule => ({
  ...facts,
  category: "resilience",
  scope: "stack",
  standards: [],
  check: (object, stack) => decide(() => facts.check(object, stack)),
});

export const RESILIENCE_WORKLOAD_RULES: readonly Rule[] = [
  rule({
    id: "resilience-replicas",
    severity: "medium",
    title: "Every service must run as two pods at least.",
    why: "One pod is away whenever its node is, and during every update of the node.",
    remedy: "set spec.replicas, or the autoscaler's minReplicas, to 2 or more",
    link: `${TASKS}run-stateless-application-deployment/`,
    applies: isScaled,
    check: replicas,
  }),
  rule({
    id: "resilience-budget",
    severity: "medium",
    title: "Every workload of several pods must have a disruption budget.",
    why: "Draining two nodes at once may otherwise take all its pods at once.",
    remedy: "add a PodDisruptionBudget whose selector matches the pods, with maxUnavailable 1",
    link: `${TASKS}configure-pdb/`,
    applies: isScaled,
    check: budget,
  }),
  rule({
    id: "resilience-budget-evicts",
    severity: "medium",
    title: "Every disruption budget must let at least one pod go.",
    why: "A node that cannot be drained cannot be patched.",
    remedy: "set maxUnavailable to 1 or more, or minAvailable below the smallest number of pods",
    link: `${TASKS}configure-pdb/`,
    applies: (object) => isKind(object, "policy", "PodDisruptionBudget"),
    check: evicts,
  }),
  rule({
    id: "resilience-zones",
    severity: "medium",
    title: "The pods of a workload must be spread over zones.",
    why: "Two pods in one zone are one pod when the zone fails.",
    remedy: `add topologySpreadConstraints with topologyKey ${ZONE}`,
    link: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    applies: isScaled,
    check: spread,
  }),
  rule({
    id: "resilience-one-scaler",
    severity: "medium",
    title: "A workload with an autoscaler must not state how many pods it has.",
    why: "Every update would set the number back, in the middle of the load.",
    remedy: "leave spec.replicas out, or add it to ignoreChanges",
    link: `${TASKS}horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling`,
    applies: isScaled,
    check: oneWriter,
  }),
];
