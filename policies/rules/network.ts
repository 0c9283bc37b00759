/** Every pod is isolated in both directions, and no policy lets everybody in or out. */
import { namespaced, objects } from "../admission/form";
import { isOpen, OPEN_PREFIX } from "../cidr";
import { isCovered, isEmptySelector, type Direction } from "../kubernetes/network-policies";
import { borrowsTemplate, hasTemplate, makesPods, podsOf } from "../kubernetes/pods";
import type { Pod } from "../kubernetes/selector-index";
import { isKind, type PolicyObject } from "../object";
import {
  decide,
  each,
  unchecked,
  undecided,
  violated,
  violatedIf,
  type Finding,
  type ObjectRule,
  type Rule,
  type StackRule,
} from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";

const POLICIES = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

/** What excuses a workload from a NetworkPolicy of its own, if anything does. */
function excuse(workload: PolicyObject, spec: Field): string | undefined {
  if (hasTemplate(workload) && borrowsTemplate(workload)) return "takes its pods from the workload it names";
  if (spec.at("hostNetwork").is(true)) return "is on the host network, where no NetworkPolicy applies";
  return undefined;
}

const covered = (workload: PolicyObject, direction: Direction, stack: Stack): readonly Finding[] =>
  podsOf(workload).flatMap((template) =>
    decide(() =>
      coveredPod({ owner: workload, template, labels: template.at("metadata", "labels") }, direction, stack),
    ),
  );

function coveredPod(pod: Pod, direction: Direction, stack: Stack): readonly Finding[] {
  const { labels } = pod;
  const reason = excuse(pod.owner, pod.template.at("spec"));
  if (reason !== undefined) return [unchecked(labels, reason)];
  const answer = isCovered(pod, direction, stack);
  if (answer === undefined)
    return [undecided(labels, "waits for a namespace, label or selector that is not known yet")];
  return violatedIf(
    !answer,
    labels,
    `no NetworkPolicy of its namespace isolates these pods for ${direction.toLowerCase()}`,
  );
}

const coverage = (direction: Direction): StackRule => ({
  id: `network-${direction.toLowerCase()}-covered`,
  category: "network",
  scope: "stack",
  severity: "critical",
  standards: ["nsa", "cis-eks", "cis-aks"],
  title: `Every pod must be selected by a NetworkPolicy that isolates it for ${direction.toLowerCase()}.`,
  why: "Kubernetes allows every pod to talk to every other until a policy selects it.",
  remedy: `add a NetworkPolicy in the same namespace whose podSelector matches the pod's labels and whose policyTypes include ${direction}`,
  link: POLICIES,
  applies: makesPods,
  check: (workload, stack) => covered(workload, direction, stack),
});

/** An absent or empty peer list allows everybody; so does an empty namespace selector with no pod selector. */
function openPeers(rule: Field, side: "from" | "to"): readonly Finding[] {
  const peers = rule.at(side);
  if (peers.items.length === 0) return [violated(peers, "a rule without peers allows everybody")];
  return each(peers.items, (peer) => violatedIf(isEverybody(peer), peer, "this peer is everybody"));
}

function isEverybody(peer: Field): boolean {
  if (peer.at("ipBlock").isSet)
    return isOpen(peer.at("ipBlock", "cidr").text) && peer.at("ipBlock", "except").items.length === 0;
  return !peer.at("podSelector").isSet && isEmptySelector(peer.at("namespaceSelector"));
}

const NO_SELECTOR = ["matchLabels.orValue({})", "matchExpressions.orValue([])"]
  .map((part) => `size(p.?namespaceSelector.?${part}) == 0`)
  .join(" && ");

/** The same of a peer `p`. */
const EVERYBODY = `has(p.ipBlock) ? ${[
  `int(p.ipBlock.cidr.split("/")[1]) <= ${OPEN_PREFIX} && size(p.ipBlock.?except.orValue([])) == 0`,
  `!has(p.podSelector) && ${NO_SELECTOR}`,
].join(" : ")}`;

const closed = (rules: string, side: string): string =>
  `object.spec.?${rules}.orValue([]).all(r, size(r.?${side}.orValue([])) > 0 && r.${side}.all(p, !(${EVERYBODY})))`;

const noAllowAll: ObjectRule = {
  id: "network-no-allow-all",
  category: "network",
  scope: "object",
  severity: "high",
  standards: ["nsa"],
  title: "No rule of a NetworkPolicy may allow everybody.",
  why: "A pod that everybody reaches counts as covered and is not protected.",
  remedy: "name the peers by podSelector and namespaceSelector, or the narrowest address range with its exceptions",
  link: POLICIES,
  applies: (object) => isKind(object, "networking.k8s.io", "NetworkPolicy"),
  admission: objects(
    [namespaced("networking.k8s.io", "networkpolicies")],
    `${closed("ingress", "from")} && ${closed("egress", "to")}`,
  ),
  check: ({ props }) => [
    ...each(props.at("spec", "ingress").items, (rule) => openPeers(rule, "from")),
    ...each(props.at("spec", "egress").items, (rule) => openPeers(rule, "to")),
  ],
};

export const NETWORK_RULES: readonly Rule[] = [coverage("Ingress"), coverage("Egress"), noAllowAll];
