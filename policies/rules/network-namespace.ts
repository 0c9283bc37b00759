/** What a namespace needs besides a policy for each pod: denial by default, names that resolve, no policy that selects nobody. */
import { type Direction, isolates, policiesOf, selectsAll } from "../kubernetes/network-policies";
import { hasTemplate, borrowsTemplate, makesPods, podsOf } from "../kubernetes/pods";
import { allPods, type Pod, selectedPods, selectsSome } from "../kubernetes/selector-index";
import { selects } from "../kubernetes/selectors";
import { perStack } from "../joins";
import { all, any, type Maybe } from "../logic";
import { isKind, type PolicyObject } from "../object";
import {
  decide,
  each,
  unchecked,
  undecided,
  violated,
  violatedIf,
  type Finding,
  type Rule,
  type StackRule,
} from "../rule";
import { cluster, type Stack } from "../stack";
import type { Field } from "../value";
import { CHART } from "./charts";

const POLICIES = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";
const POLICY = ["networking.k8s.io", "NetworkPolicy"] as const;

const isPolicy = (object: PolicyObject): boolean => isKind(object, ...POLICY);

/** Namespaces in which something runs that this stack does not show: charts, operators' pods, a cluster's own add-ons. */
const unseen = perStack((stack) => {
  const charts = stack.type(CHART).map((chart) => placeOf(chart, chart.props.at("namespace")));
  return new Set(charts);
});

/** A chart is a component, of which the engine may not say in which cluster it is: then it is in any. */
const isUnseen = (object: PolicyObject, namespace: string, stack: Stack): boolean =>
  [cluster(object), ""].some((place) => unseen(stack).has(`${place} ${namespace}`));

/** While a cluster is not known, the engine shows of a chart that it is there, and none of its inputs. */
const hidesAnywhere = perStack((stack) =>
  stack.type(CHART).some(({ props }) => props.at("chart").isKnown && !props.at("chart").isSet),
);

const placeOf = (object: PolicyObject, namespace: Field): string =>
  `${cluster(object)} ${namespace.isKnown ? (namespace.text ?? "default") : ""}`;

const SYSTEM = "kube-system";

/** Whether pods may be there that nobody sees here. */
export const hidesPods = (object: PolicyObject, namespace: string | undefined, stack: Stack): boolean =>
  namespace === undefined || namespace === SYSTEM || hidesAnywhere(stack) || isUnseen(object, namespace, stack);

const podPlaces = perStack((stack) => new Set(allPods(stack).map(({ owner }) => stack.place(owner))));

/** By one policy or by several: empty selector, and no rule in the direction. */
const denies = (policy: PolicyObject, direction: Direction): Maybe =>
  all([
    () => selectsAll(policy),
    () => isolates(policy, direction),
    () => policy.props.at("spec", direction.toLowerCase()).items.length === 0,
  ]);

function deniedByDefault(namespace: PolicyObject, stack: Stack): readonly Finding[] {
  const at = namespace.props.at("metadata", "name");
  const name = at.isKnown && at.isSet ? namespace.name : (namespace.urn ?? ""); // as `Stack.namespace` calls it
  const place = `${cluster(namespace)} ${name}`;
  const policies = stack.inNamespace(namespace, name, POLICY);
  if (policies.length === 0 && !podPlaces(stack).has(place) && !isUnseen(namespace, name, stack))
    return [unchecked(at, "nothing of this stack runs in it: who delivers its pods is judged with them")];
  return (["Ingress", "Egress"] as const).flatMap((direction) => {
    const answer = any(policies.map((policy) => () => denies(policy, direction)));
    if (answer === undefined) return [undecided(at, "waits for a policy that is not known yet")];
    return violatedIf(!answer, at, `no policy denies ${direction.toLowerCase()} to all its pods by default`);
  });
}

const DNS = "53";
const PROTOCOLS = ["UDP", "TCP"] as const;

/** A port of a rule, with the API's defaults: without a port every port, without a protocol TCP. */
const opens = (port: Field, protocol: string): boolean =>
  (port.at("protocol").text ?? "TCP") === protocol &&
  (!port.at("port").isSet ||
    port.at("port").text === DNS ||
    port.at("port").is("dns") ||
    port.at("port").is("dns-tcp"));

function allowsDns(policy: PolicyObject, protocol: string): Maybe {
  const rules = policy.props.at("spec", "egress").items;
  return any(
    rules.map((rule) => () => {
      const ports = rule.at("ports");
      return ports.items.length === 0 || any(ports.items.map((port) => () => opens(port, protocol)));
    }),
  );
}

/** Only pods that ask the cluster's DNS: others state a resolver of their own, or the node's. */
function resolves(pod: Pod, stack: Stack): readonly Finding[] {
  const spec = pod.template.at("spec");
  const asks = ["ClusterFirst", "ClusterFirstWithHostNet"].includes(spec.at("dnsPolicy").text ?? "ClusterFirst");
  if (!asks || spec.at("hostNetwork").is(true)) return [];
  const mine = policiesOf(pod, stack).filter((policy) => isolates(policy, "Egress"));
  if (mine.length === 0) return []; // not isolated: another rule says so
  return PROTOCOLS.flatMap((protocol) => {
    const answer = any(
      mine.map(
        (policy) => () =>
          all([() => selects(policy.props.at("spec", "podSelector"), pod.labels), () => allowsDns(policy, protocol)]),
      ),
    );
    if (answer === undefined) return [undecided(pod.labels, "waits for a policy that is not known yet")];
    return violatedIf(!answer, pod.labels, `no policy lets these pods ask the cluster's DNS over ${protocol}`);
  });
}

/** A selector that meets nobody is a typing error, unless somebody is there whom this stack does not show. */
function targets(policy: PolicyObject, stack: Stack): readonly Finding[] {
  const selector = policy.props.at("spec", "podSelector");
  const namespace = stack.namespace(policy);
  if (selectsAll(policy)) return [];
  const answer = selectsSome(policy, selector, stack);
  if (answer === true) return [];
  if (hidesPods(policy, namespace, stack) || !podPlaces(stack).has(stack.place(policy)))
    return [unchecked(selector, "selects no pod of this stack: the pods it is for are not seen here")];
  return answer === undefined ? [undecided(selector)] : [violated(selector, "selects no pod")];
}

/** Peers of the policy's own namespace; those of others may be of a stack that is not this one. */
function peers(policy: PolicyObject, stack: Stack): readonly Finding[] {
  const { props } = policy;
  if (hidesPods(policy, stack.namespace(policy), stack) || !podPlaces(stack).has(stack.place(policy))) return [];
  const all = [
    ...props.at("spec", "ingress").items.flatMap((rule) => rule.at("from").items),
    ...props.at("spec", "egress").items.flatMap((rule) => rule.at("to").items),
  ];
  return each(all, (peer) => {
    const selector = peer.at("podSelector");
    if (!selector.isSet || peer.at("namespaceSelector").isSet) return [];
    return violatedIf(selectedPods(selector, stack.place(policy), stack).length === 0, selector, "selects no pod");
  });
}

const rule = (facts: Omit<StackRule, "category" | "scope" | "link">): StackRule => ({
  ...facts,
  category: "network",
  scope: "stack",
  link: POLICIES,
});

export const NETWORK_NAMESPACE_RULES: readonly Rule[] = [
  rule({
    id: "network-default-deny",
    severity: "high",
    standards: ["nsa", "cis-eks", "cis-aks"],
    title: "Every namespace must deny all traffic that no other policy allows, in both directions.",
    why: "A pod that nobody thought of is then closed, not open.",
    remedy: "add a NetworkPolicy with podSelector {}, policyTypes Ingress and Egress, and no rules",
    applies: (object) => isKind(object, "", "Namespace"),
    check: deniedByDefault,
  }),
  rule({
    id: "network-dns-egress",
    severity: "medium",
    standards: [],
    title: "Pods that ask the cluster's DNS must be let out to port 53, over UDP and TCP.",
    why: "Long answers come over TCP only: without it names fail now and then, and nobody finds out why.",
    remedy: "add an egress rule to kube-dns in kube-system with port 53 for UDP and TCP",
    applies: makesPods,
    check: (workload, stack) =>
      hasTemplate(workload) && borrowsTemplate(workload)
        ? []
        : podsOf(workload).flatMap((template) =>
            decide(() => resolves({ owner: workload, template, labels: template.at("metadata", "labels") }, stack)),
          ),
  }),
  rule({
    id: "network-policy-selects",
    severity: "low",
    standards: [],
    title: "Every NetworkPolicy must select pods, and allow peers, that exist.",
    why: "One that meets nobody was meant for somebody who is now open, or cut off.",
    remedy: "correct the labels in podSelector, or remove the policy",
    applies: isPolicy,
    check: (policy, stack) => [...decide(() => targets(policy, stack)), ...decide(() => peers(policy, stack))],
  }),
];
