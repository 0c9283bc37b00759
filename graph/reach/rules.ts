/** The rules of emitted policies of either kind, in one shape: whom a rule names, and on which ports. */
import {
  type CiliumEgress,
  type CiliumIngress,
  type CiliumName,
  type CiliumPolicy,
  type CiliumPorts,
} from "../derive/cilium-policy";
import { type LabelSelector, type NetworkPolicy, type Peer } from "../derive/network-policy";
import { type Labels } from "../manifest";
import { type Port } from "../port";

export type AnyPolicy = NetworkPolicy | CiliumPolicy;
export type Direction = "ingress" | "egress";

/** One of whom a rule names. */
export type AnyPeer =
  | { readonly is: "plain"; readonly peer: Peer }
  | { readonly is: "entity"; readonly entity: string }
  | { readonly is: "name"; readonly pattern: string }
  | { readonly is: "endpoints"; readonly labels: Labels };

export interface RuleView {
  /** Empty: everybody, in a plain rule. */
  readonly peers: readonly AnyPeer[];
  /** Empty: every port. */
  readonly ports: readonly Port[];
}

export const isCilium = (policy: AnyPolicy): policy is CiliumPolicy => policy.kind === "CiliumNetworkPolicy";

/** The pods a policy is about, and the directions in which it denies what no rule allows. */
export const subjectOf = (policy: AnyPolicy): LabelSelector =>
  isCilium(policy) ? policy.spec.endpointSelector : policy.spec.podSelector;

export const directionsOf = (policy: AnyPolicy): readonly Direction[] =>
  isCilium(policy)
    ? (["ingress", "egress"] as const).filter((direction) => policy.spec[direction] !== undefined)
    : policy.spec.policyTypes.map((type) => (type === "Ingress" ? "ingress" : "egress"));

export const rulesOf = (policy: AnyPolicy, direction: Direction): readonly RuleView[] =>
  isCilium(policy) ? ciliumRules(policy, direction) : plainRules(policy, direction);

const plainRules = ({ spec }: NetworkPolicy, direction: Direction): readonly RuleView[] =>
  direction === "ingress"
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from.map(plain), ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to.map(plain), ports }));

const plain = (peer: Peer): AnyPeer => ({ is: "plain", peer });

const ciliumRules = ({ spec }: CiliumPolicy, direction: Direction): readonly RuleView[] =>
  direction === "ingress" ? (spec.ingress ?? []).map(ingressRule) : (spec.egress ?? []).map(egressRule);

const ingressRule = ({ fromEntities, toPorts }: CiliumIngress): RuleView => ({
  peers: fromEntities.map((entity) => ({ is: "entity", entity })),
  ports: portsOf(toPorts),
});

const egressRule = ({ toEntities = [], toFQDNs = [], toEndpoints = [], toPorts }: CiliumEgress): RuleView => ({
  peers: [
    ...toEntities.map((entity): AnyPeer => ({ is: "entity", entity })),
    ...toFQDNs.map((name): AnyPeer => ({ is: "name", pattern: patternOf(name) })),
    ...toEndpoints.map(({ matchLabels }): AnyPeer => ({ is: "endpoints", labels: matchLabels })),
  ],
  ports: portsOf(toPorts),
});

const patternOf = (name: CiliumName): string => ("matchName" in name ? name.matchName : name.matchPattern);

const portsOf = (all: readonly CiliumPorts[]): readonly Port[] =>
  all.flatMap(({ ports }) => ports.map(({ port, protocol }) => ({ port: Number(port), protocol })));
