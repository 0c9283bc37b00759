/**
 * What emitted NetworkPolicies allow, by the documented semantics of Kubernetes and of the VPC CNI. Reads objects only; it
 * knows nothing of the graph, so that the two can be compared.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { includes, interval } from "../cidr";
import { type LabelSelector, type NetworkPolicy, type Peer } from "../derive/network-policy";
import { type Dialect, type Face } from "../landscape";
import { type Labels } from "../manifest";
import { type Port, samePort } from "../port";

/** One side of a connection: an address, and the pod behind it if there is one. */
export interface Endpoint {
  readonly address: number;
  readonly pod?: Pod;
}

export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
}

export type Direction = "ingress" | "egress";

/** Whether a connection passes both sides. An address outside the cluster has no policy of its own. */
export const connects = (rules: PolicyIndex, from: Endpoint, to: Endpoint, port: Port): boolean =>
  rules.allows("egress", from, to, port) && rules.allows("ingress", to, from, port);

/** Policies by namespace, with the network's reading of address ranges. */
export class PolicyIndex {
  readonly #byNamespace = new Map<string, NetworkPolicy[]>();
  readonly #isolating = { ingress: new WeakMap<Pod, NetworkPolicy[]>(), egress: new WeakMap<Pod, NetworkPolicy[]>() };

  constructor(
    policies: readonly NetworkPolicy[],
    readonly dialect: Pick<Dialect, "rangesMatchPods" | "judgesServices">,
  ) {
    for (const policy of policies) {
      const list = this.#byNamespace.get(policy.metadata.namespace) ?? [];
      this.#byNamespace.set(policy.metadata.namespace, [...list, policy]);
    }
  }

  /** The rules that let `other` through at `self`, or `undefined` when no policy selects `self` in this direction. */
  matching(direction: Direction, self: Endpoint, other: Endpoint, port: Port): readonly Match[] | undefined {
    const policies = this.selecting(direction, self);
    if (policies.length === 0) return undefined;
    return policies.flatMap((policy) =>
      rulesOf(policy, direction).flatMap((view, rule) =>
        this.#ruleAllows(view, policy.metadata.namespace, other, port) ? [{ policy, rule }] : [],
      ),
    );
  }

  allows(direction: Direction, self: Endpoint, other: Endpoint, port: Port): boolean {
    const policies = this.selecting(direction, self);
    return policies.length === 0 || policies.some((policy) => this.#policyAllows(policy, direction, other, port));
  }

  /** Policies that isolate this endpoint in this direction. */
  selecting(direction: Direction, { pod }: Endpoint): readonly NetworkPolicy[] {
    if (pod === undefined) return [];
    const known = this.#isolating[direction].get(pod);
    if (known !== undefined) return known;
    const found = (this.#byNamespace.get(pod.namespace) ?? []).filter(
      ({ spec }) => typesOf(spec).includes(direction) && selects(spec.podSelector, pod.labels),
    );
    this.#isolating[direction].set(pod, found);
    return found;
  }

  /**
   * Whether a connection to a Service's address leaves `from`. The VPC CNI sees that address before it is translated: it
   * opens it to egress rules whose pod selector matches the Service's own selector as if that were labels, on the
   * Service's port. Its documentation asks for more, a pod selector with every label of the Service's: both must hold.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
   */
  allowsThrough(face: Face, from: Endpoint, to: Endpoint, port: Port): boolean {
    const policies = this.selecting("egress", from);
    if (!this.dialect.judgesServices || policies.length === 0) return this.allows("egress", from, to, port);
    if (to.pod === undefined || !face.ports.some((open) => samePort(open, port))) return false;
    const service: Endpoint = { address: to.address, pod: { namespace: to.pod.namespace, labels: face.selector } };
    return policies.some((policy) =>
      rulesOf(policy, "egress").some(
        ({ peers, ports }) =>
          opens(ports, port) &&
          peers.some((peer) => carries(peer, face.selector) && podsMatch(peer, policy.metadata.namespace, service)),
      ),
    );
  }

  #policyAllows(policy: NetworkPolicy, direction: Direction, other: Endpoint, port: Port): boolean {
    return rulesOf(policy, direction).some((rule) => this.#ruleAllows(rule, policy.metadata.namespace, other, port));
  }

  #ruleAllows({ peers, ports }: RuleView, namespace: string, other: Endpoint, port: Port): boolean {
    return (
      opens(ports, port) && (peers.length === 0 || peers.some((peer) => this.#peerMatches(peer, namespace, other)))
    );
  }

  #peerMatches(peer: Peer, namespace: string, other: Endpoint): boolean {
    if (peer.ipBlock === undefined) return podsMatch(peer, namespace, other);
    if (other.pod !== undefined && !this.dialect.rangesMatchPods) return false;
    const { cidr, except = [] } = peer.ipBlock;
    return includes(interval(cidr), other.address) && !except.some((hole) => includes(interval(hole), other.address));
  }
}

/** A rule without ports opens all of them. */
const opens = (ports: readonly Port[], port: Port): boolean =>
  ports.length === 0 || ports.some((open) => samePort(open, port));

/**
 * A namespace selector and a pod selector of one peer must both match; without a namespace selector the policy's own
 * namespace is meant. Of a namespace only its name is known here, by the label that Kubernetes gives every namespace.
 */
function podsMatch({ podSelector = {}, namespaceSelector }: Peer, namespace: string, { pod }: Endpoint): boolean {
  if (pod === undefined) return false;
  const inside =
    namespaceSelector === undefined
      ? pod.namespace === namespace
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": pod.namespace });
  return inside && selects(podSelector, pod.labels);
}

/** A rule of a policy, by its index in the policy's list for the direction asked. */
export interface Match {
  readonly policy: NetworkPolicy;
  readonly rule: number;
}

const typesOf = (spec: NetworkPolicy["spec"]): readonly Direction[] =>
  spec.policyTypes.map((type) => (type === "Ingress" ? "ingress" : "egress"));

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): readonly RuleView[] =>
  direction === "ingress"
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

interface RuleView {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const carries = ({ podSelector }: Peer, selector: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => podSelector?.matchLabels?.[key] === value);

/** Whether a selector matches labels; an empty selector matches everything. */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const listed = value !== undefined && values.includes(value);
    return operator === "In" ? listed : !listed;
  });
