/**
 * What emitted policies allow, by the documented semantics of Kubernetes, of the VPC CNI and of Cilium. Reads objects only;
 * it knows nothing of the graph, so that the two can be compared.
 *
 * Cilium knows pods, nodes and the API server by identity: an address range means none of them, whatever their addresses,
 * and only addresses outside the cluster. What a host name means is what DNS answers for it.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 * @see https://docs.cilium.io/en/stable/security/policy/language/
 */
import { includes, interval } from "../cidr";
import { CILIUM_NAMESPACE } from "../derive/cilium-policy";
import { type LabelSelector, type Peer } from "../derive/network-policy";
import { nameMatches } from "../host-name";
import { type Dialect, type Face } from "../landscape";
import { type Labels } from "../manifest";
import { type Port, samePort } from "../port";
import { type AnyPeer, type AnyPolicy, type Direction, directionsOf, type RuleView, rulesOf, subjectOf } from "./rules";

export { type AnyPolicy, type Direction } from "./rules";

/** One side of a connection: an address, and the pod behind it if there is one. */
export interface Endpoint {
  readonly address: number;
  readonly pod?: Pod;
  /** What it is besides an address, to a network that knows identities: `remote-node`, `kube-apiserver`. */
  readonly entity?: string;
  /** The host name whose lookup led to the address. */
  readonly name?: string;
}

export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
}

/** Whether a connection passes both sides. An address outside the cluster has no policy of its own. */
export const connects = (rules: PolicyIndex, from: Endpoint, to: Endpoint, port: Port): boolean =>
  rules.allows("egress", from, to, port) && rules.allows("ingress", to, from, port);

/** Policies by namespace, with the network's reading of address ranges. */
export class PolicyIndex {
  readonly #byNamespace = new Map<string, AnyPolicy[]>();
  readonly #isolating = { ingress: new WeakMap<Pod, AnyPolicy[]>(), egress: new WeakMap<Pod, AnyPolicy[]>() };

  constructor(
    policies: readonly AnyPolicy[],
    readonly dialect: Pick<Dialect, "rangesMatchPods" | "judgesServices" | "entities">,
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
  selecting(direction: Direction, { pod }: Endpoint): readonly AnyPolicy[] {
    if (pod === undefined) return [];
    const known = this.#isolating[direction].get(pod);
    if (known !== undefined) return known;
    const found = (this.#byNamespace.get(pod.namespace) ?? []).filter(
      (policy) => directionsOf(policy).includes(direction) && selects(subjectOf(policy), pod.labels),
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
          peers.some(
            (one) =>
              one.is === "plain" &&
              carries(one.peer, face.selector) &&
              podsMatch(one.peer, policy.metadata.namespace, service),
          ),
      ),
    );
  }

  #policyAllows(policy: AnyPolicy, direction: Direction, other: Endpoint, port: Port): boolean {
    return rulesOf(policy, direction).some((rule) => this.#ruleAllows(rule, policy.metadata.namespace, other, port));
  }

  #ruleAllows({ peers, ports }: RuleView, namespace: string, other: Endpoint, port: Port): boolean {
    return (
      opens(ports, port) && (peers.length === 0 || peers.some((peer) => this.#peerMatches(peer, namespace, other)))
    );
  }

  #peerMatches(named: AnyPeer, namespace: string, other: Endpoint): boolean {
    if (named.is === "entity") return other.entity === named.entity;
    if (named.is === "name") return other.name !== undefined && nameMatches(named.pattern, other.name);
    if (named.is === "endpoints")
      return other.pod !== undefined && selects({ matchLabels: named.labels }, known(other.pod));
    const { peer } = named;
    if (peer.ipBlock === undefined) return podsMatch(peer, namespace, other);
    if (other.pod !== undefined && !this.dialect.rangesMatchPods) return false;
    if (other.entity !== undefined && this.dialect.entities) return false;
    const { cidr, except = [] } = peer.ipBlock;
    return includes(interval(cidr), other.address) && !except.some((hole) => includes(interval(hole), other.address));
  }
}

/** A pod's labels as Cilium knows them: its namespace is one. */
const known = ({ namespace, labels }: Pod): Labels => ({ ...labels, [CILIUM_NAMESPACE]: namespace });

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
  readonly policy: AnyPolicy;
  readonly rule: number;
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
