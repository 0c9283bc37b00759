/** What every workload should state of itself beyond Pod Security: its identity, its needs, and how to tell that it works. */
import { eachPod, namespaced, objects, ofContainers } from "../admission/form";
import { perStack } from "../joins";
import { borrowsTemplate, containers, hasTemplate, makesPods, podsOf } from "../kubernetes/pods";
import { group, isKind, type PolicyObject } from "../object";
import { decide, each, unchecked, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import { cluster, type Stack } from "../stack";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

const CONCEPTS = "https://kubernetes.io/docs/concepts/";
const RBAC = "rbac.authorization.k8s.io";

/** Service accounts that some binding names: `<cluster> <namespace>/<name>`. */
const boundAccounts = perStack((stack) => {
  const bindings = [...stack.kind(RBAC, "RoleBinding"), ...stack.kind(RBAC, "ClusterRoleBinding")];
  return new Set(bindings.flatMap((binding) => accountsOf(binding, stack)));
});

function accountsOf(binding: PolicyObject, stack: Stack): readonly string[] {
  const subjects = binding.props.at("subjects");
  if (!subjects.isKnown) return [];
  return subjects.items
    .filter((subject) => subject.at("kind").isKnown && subject.at("kind").is("ServiceAccount"))
    .filter((subject) => subject.at("name").isKnown && subject.at("namespace").isKnown)
    .map((subject) => {
      const namespace = subject.at("namespace").text ?? stack.namespace(binding);
      return `${cluster(binding)} ${namespace}/${subject.at("name").text}`;
    });
}

const accounts = perStack(
  (stack) =>
    new Map(
      stack
        .kind("", "ServiceAccount")
        .map((account) => [`${cluster(account)} ${stack.namespace(account)}/${account.name}`, account]),
    ),
);

/** A pod's own word counts before its account's; nobody's word means that the token is mounted. */
function token(workload: PolicyObject, template: Field, stack: Stack): readonly Finding[] {
  const spec = template.at("spec");
  const own = spec.at("automountServiceAccountToken");
  if (own.is(false)) return [];
  const place = `${cluster(workload)} ${stack.namespace(workload)}/${spec.at("serviceAccountName").text ?? "default"}`;
  const account = accounts(stack).get(place);
  if (!own.isSet && account?.props.at("automountServiceAccountToken").is(false) === true) return [];
  if (boundAccounts(stack).has(place)) return [];
  if (own.isSet && account === undefined)
    return [unchecked(own, "asks for a token whose rights are given outside this stack")];
  return [violated(own, "a token for the Kubernetes API is mounted, and nothing is bound to its account")];
}

const perPod = (workload: PolicyObject, check: (template: Field) => readonly Finding[]): readonly Finding[] =>
  hasTemplate(workload) && !borrowsTemplate(workload)
    ? podsOf(workload).flatMap((template) => decide(() => check(template)))
    : [];

/** Ephemeral containers cannot ask for anything. */
const asking = (spec: Field): readonly Field[] =>
  containers(spec).filter(({ path }) => !path.includes("ephemeralContainers"));

const NEEDS = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

/** A pod may state them as a whole, or each container for itself. A limit stands for a request that is missing. */
const resources = (spec: Field): readonly Finding[] =>
  each(asking(spec), (container) =>
    NEEDS.flatMap(([side, what]) =>
      decide(() => {
        const field = container.at("resources", side, what);
        const stated = [field, spec.at("resources", side, what), ...limitFor(container, side, what)];
        return violatedIf(
          !stated.some(({ isSet }) => isSet),
          field,
          `${side} no ${what}`.replace("limits no", "no limit of").replace("requests no", "no request for"),
        );
      }),
    ),
  );

/** The same of a container `c` of a pod `s`. The API server knows no type for quantities: `dyn`. */
const STATED = NEEDS.map(([side, what]) => {
  const places = [
    `dyn(c).?resources.?${side}`,
    `dyn(s).?resources.?${side}`,
    ...(side === "requests" ? [`dyn(c).?resources.?limits`] : []),
  ];
  return `(${places.map((place) => `${place}[?"${what}"].hasValue()`).join(" || ")})`;
}).join(" && ");

const limitFor = (container: Field, side: string, what: string): readonly Field[] =>
  side === "requests" ? [container.at("resources", "limits", what)] : [];

const LONG_RUNNING: Readonly<Record<string, readonly string[]>> = {
  apps: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
  "argoproj.io": ["Rollout"],
  "": ["ReplicationController"],
};

const runsForever = (object: PolicyObject): boolean =>
  object.apiVersion !== "" && LONG_RUNNING[group(object)]?.includes(object.kind) === true;

const PROBES = ["readinessProbe", "livenessProbe"] as const;

/** Only of the containers that do the work: init containers end. */
const probes = (spec: Field): readonly Finding[] =>
  each(spec.at("containers").items, (container) =>
    PROBES.flatMap((probe) => violatedIf(!container.at(probe).isSet, container.at(probe), `no ${probe}`)),
  );

const isOwned = ({ props }: PolicyObject): boolean => props.at("metadata", "ownerReferences").items.length > 0;

const IDENTITY_RULES: readonly Rule[] = [
  {
    id: "pod-no-idle-token",
    category: "pod",
    scope: "stack",
    severity: "medium",
    standards: ["nsa", "cis-eks", "cis-aks"],
    title: "No pod may carry a token for the Kubernetes API that nothing is bound to.",
    why: "It is of no use but to an intruder, who learns with it what the cluster holds.",
    remedy: "set automountServiceAccountToken: false on the pod, or bind a role to its account",
    link: `${CONCEPTS}security/service-accounts/`,
    applies: makesPods,
    check: (workload, stack) => perPod(workload, (template) => token(workload, template, stack)),
  },
  podRule(
    {
      id: "pod-own-account",
      severity: "low",
      standards: ["cis-eks", "cis-aks"],
      title: "Every pod must have a service account of its own.",
      why: "Rights given to the default account are given to everything in the namespace.",
      remedy: "set serviceAccountName",
      link: `${CONCEPTS}security/service-accounts/`,
      admission: eachPod(`s.?serviceAccountName.orValue("default") != "default"`),
    },
    (spec) => {
      const name = spec.at("serviceAccountName");
      return violatedIf(["", "default"].includes(name.text ?? ""), name, "shares the namespace's default account");
    },
  ),
  {
    id: "pod-no-default-namespace",
    category: "pod",
    scope: "stack",
    severity: "low",
    standards: ["cis-eks", "cis-aks"],
    title: "No workload may be in the namespace default.",
    why: "It enforces nothing and is where everything lands that nobody placed.",
    remedy: "set metadata.namespace",
    link: `${CONCEPTS}overview/working-with-objects/namespaces/`,
    applies: makesPods,
    check: (workload, stack) => {
      const at = workload.props.at("metadata", "namespace");
      const namespace = stack.namespace(workload);
      if (namespace === undefined) return at.isKnown ? [] : [undecided(at)];
      return violatedIf(namespace === "default", at, "is in the namespace default");
    },
  },
];

export const POD_WORKLOAD_RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  podRule(
    {
      id: "pod-resources",
      severity: "medium",
      standards: ["nsa"],
      title: "Every container must say how much CPU and memory it needs, and how much memory at most.",
      why: "Without requests the scheduler guesses; without a limit one leak takes the node down.",
      remedy: "set resources.requests.cpu, resources.requests.memory and resources.limits.memory",
      link: `${CONCEPTS}configuration/manage-resources-containers/`,
      admission: eachPod(ofContainers(STATED, ["initContainers", "containers"])),
    },
    resources,
  ),
  {
    ...podRule(
      {
        id: "pod-probes",
        severity: "medium",
        standards: [],
        title: "Every container that runs for ever must say how to ask whether it works.",
        why: "Requests are otherwise sent to a container that cannot answer, and one that hangs stays.",
        remedy: "set readinessProbe and livenessProbe",
        link: `${CONCEPTS}configuration/liveness-readiness-startup-probes/`,
        admission: eachPod(
          ofContainers(PROBES.map((probe) => `has(c.${probe})`).join(" && "), ["containers"]),
          "long-running",
        ),
      },
      probes,
    ),
    applies: runsForever,
  },
  {
    id: "pod-not-naked",
    category: "pod",
    scope: "object",
    severity: "low",
    standards: [],
    title: "Every pod must have a controller.",
    why: "A bare pod is not replaced when its node goes.",
    remedy: "use a Deployment, StatefulSet, DaemonSet or Job",
    link: `${CONCEPTS}workloads/pods/`,
    applies: (object) => isKind(object, "", "Pod", "ReplicationController") || isKind(object, "apps", "ReplicaSet"),
    admission: objects(
      [namespaced("", "pods", "replicationcontrollers"), namespaced("apps", "replicasets")],
      "size(object.metadata.?ownerReferences.orValue([])) > 0",
    ),
    check: (object) =>
      violatedIf(!isOwned(object), object.props.at("metadata", "ownerReferences"), "nobody replaces it"),
  },
];
