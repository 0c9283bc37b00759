/** Every small damage to emitted policies: each must make the proof fail, or the proof would not be one. */
import { interval } from "../../graph/cidr";
import { type LabelSelector, type NetworkPolicy, type Peer } from "../../graph/derive/network-policy";
import { type Cidr } from "../../graph/landscape";
import { type Port } from "../../graph/port";

export interface Mutation {
  readonly what: string;
  readonly policies: readonly NetworkPolicy[];
}

interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const DIRECTIONS = ["ingress", "egress"] as const;
type Direction = (typeof DIRECTIONS)[number];

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): readonly Rule[] =>
  direction === "ingress"
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

const withRules = (policy: NetworkPolicy, direction: Direction, rules: readonly Rule[]): NetworkPolicy => ({
  ...policy,
  spec: {
    ...policy.spec,
    [direction]: rules.map(({ peers, ports }) =>
      direction === "ingress" ? { from: peers, ports } : { to: peers, ports },
    ),
  },
});

const replaced = <T>(list: readonly T[], index: number, by: readonly T[]): readonly T[] =>
  list.toSpliced(index, 1, ...by);

/** Drops a policy: all but those without a rule, which repeat what their namespace's default says. */
export const droppedPolicies = (policies: readonly NetworkPolicy[]): readonly Mutation[] =>
  policies.flatMap((policy, index) =>
    isSpoken(policy) || policy.metadata.name === "default-deny"
      ? [{ what: `without ${nameOf(policy)}`, policies: replaced(policies, index, []) }]
      : [],
  );

const isSpoken = (policy: NetworkPolicy): boolean =>
  DIRECTIONS.some((direction) => rulesOf(policy, direction).length > 0);

const nameOf = ({ metadata }: NetworkPolicy): string => `${metadata.namespace}/${metadata.name}`;

/** Drops or widens one rule, peer, port, range, exception or label. */
export const damagedRules = (policies: readonly NetworkPolicy[]): readonly Mutation[] =>
  policies.flatMap((policy, index) =>
    DIRECTIONS.flatMap((direction) => {
      const rules = rulesOf(policy, direction);
      return rules.flatMap((rule, at) =>
        damaged(rule, rules).map(({ what, by }) => ({
          what: `${nameOf(policy)} ${direction}[${at}]: ${what}`,
          policies: replaced(policies, index, [withRules(policy, direction, replaced(rules, at, by))]),
        })),
      );
    }),
  );

interface Damage {
  readonly what: string;
  readonly by: readonly Rule[];
}

const damaged = (rule: Rule, rules: readonly Rule[]): readonly Damage[] => [
  { what: "dropped", by: [] },
  { what: "any peer", by: [{ ...rule, peers: [] }] },
  { what: "any port", by: [{ ...rule, ports: [] }] },
  ...(rule.ports.length < 2 ? [] : rule.ports).map((port) => ({
    what: `without ${port.protocol}/${port.port}`,
    by: [{ ...rule, ports: rule.ports.filter((each) => each !== port) }],
  })),
  ...rule.peers.flatMap((peer, at) => [
    ...(rule.peers.length < 2 || within(peer, rule.peers)
      ? []
      : [{ what: "without a peer", by: [{ ...rule, peers: replaced(rule.peers, at, []) }] }]),
    ...damagedPeer(peer, rules).map(({ what, by }) => ({
      what,
      by: [{ ...rule, peers: replaced(rule.peers, at, [by]) }],
    })),
  ]),
];

/** A peer that another one of its rule covers: kept for Services only. */
const within = ({ podSelector }: Peer, peers: readonly Peer[]): boolean =>
  peers.some(
    (other) =>
      other.podSelector !== podSelector &&
      Object.entries(other.podSelector?.matchLabels ?? { none: "" }).every(
        ([key, value]) => podSelector?.matchLabels?.[key] === value,
      ),
  );

interface DamagedPeer {
  readonly what: string;
  readonly by: Peer;
}

function damagedPeer(peer: Peer, rules: readonly Rule[]): readonly DamagedPeer[] {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined)
    return [
      ...(ipBlock.except === undefined
        ? []
        : [{ what: "without exceptions", by: { ipBlock: { cidr: ipBlock.cidr } } }]),
      ...(ipBlock.cidr.endsWith("/0")
        ? []
        : [{ what: "a wider range", by: { ipBlock: { ...ipBlock, cidr: doubled(ipBlock.cidr) } } }]),
    ];
  const lone = podSelector === undefined || !rules.some(({ peers }) => peers.includes(peer) && peers.length > 1);
  return [
    ...(podSelector === undefined || namespaceSelector === undefined
      ? []
      : [{ what: "any namespace", by: { podSelector, namespaceSelector: {} } }]),
    ...(lone
      ? unlabelled(podSelector).map((by) => ({ what: "one label less", by: { ...peer, podSelector: by } }))
      : []),
  ];
}

const unlabelled = (selector: LabelSelector | undefined): readonly LabelSelector[] =>
  Object.keys(selector?.matchLabels ?? {}).map((missing) => ({
    matchLabels: Object.fromEntries(Object.entries(selector?.matchLabels ?? {}).filter(([key]) => key !== missing)),
  }));

function doubled(cidr: Cidr): Cidr {
  const prefix = Number(cidr.split("/")[1]) - 1;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(interval(cidr).first / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${prefix}`;
}

/** Adds a policy that allows everything, once per namespace. */
export const addedAllowAlls = (policies: readonly NetworkPolicy[]): readonly Mutation[] =>
  [...new Set(policies.map(({ metadata }) => metadata.namespace))].map((namespace) => ({
    what: `with an allow-all in ${namespace}`,
    policies: [
      ...policies,
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "allow-all", namespace },
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [], ports: [] }],
          egress: [{ to: [], ports: [] }],
        },
      },
    ],
  }));

/** Takes a direction from a policy that has rules for it. */
export const halvedPolicies = (policies: readonly NetworkPolicy[]): readonly Mutation[] =>
  policies.flatMap((policy, index) =>
    DIRECTIONS.flatMap((direction) => {
      if (rulesOf(policy, direction).length === 0 && policy.metadata.name !== "default-deny") return [];
      const policyTypes = policy.spec.policyTypes.filter((type) => type.toLowerCase() !== direction);
      const by = { ...policy, spec: { ...policy.spec, policyTypes } };
      return [{ what: `${nameOf(policy)} without ${direction}`, policies: replaced(policies, index, [by]) }];
    }),
  );
