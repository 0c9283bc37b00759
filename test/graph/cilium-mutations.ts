/** Every small damage to emitted CiliumNetworkPolicies: each must make the proof fail. */
import {
  type CiliumEgress,
  type CiliumIngress,
  type CiliumPolicy,
  type CiliumPorts,
} from "../../graph/derive/cilium-policy";

export interface CiliumMutation {
  readonly what: string;
  readonly policies: readonly CiliumPolicy[];
}

export const damagedCilium = (policies: readonly CiliumPolicy[]): readonly CiliumMutation[] =>
  policies.flatMap((policy, index) =>
    damaged(policy).map(({ what, by }) => ({
      what: `${policy.metadata.namespace}/${policy.metadata.name}: ${what}`,
      policies: policies.toSpliced(index, 1, ...by),
    })),
  );

interface Damage {
  readonly what: string;
  readonly by: readonly CiliumPolicy[];
}

/** A lookup's rule repeats what the plain policy says of DNS: without it names have no addresses, which no packet shows. */
const isLookup = (rule: CiliumEgress): boolean => rule.toEndpoints !== undefined;

function damaged(policy: CiliumPolicy): readonly Damage[] {
  const { spec } = policy;
  const { ingress = [], egress = [] } = spec;
  const into = (rules: readonly CiliumIngress[]) => [{ ...policy, spec: { ...spec, ingress: rules } }];
  const out = (rules: readonly CiliumEgress[]) => [{ ...policy, spec: { ...spec, egress: rules } }];
  return [
    { what: "dropped", by: [] },
    ...ingress.flatMap((rule, at) => [
      ...(repeats(rule, ingress) ? [] : [{ what: `ingress[${at}] dropped`, by: into(ingress.toSpliced(at, 1)) }]),
      { what: `ingress[${at}] on another port`, by: into(ingress.toSpliced(at, 1, moved(rule))) },
    ]),
    ...egress.flatMap((rule, at) =>
      isLookup(rule)
        ? []
        : [
            ...(repeats(rule, egress) ? [] : [{ what: `egress[${at}] dropped`, by: out(egress.toSpliced(at, 1)) }]),
            { what: `egress[${at}] on another port`, by: out(egress.toSpliced(at, 1, moved(rule))) },
            ...opened(rule).map((by) => ({ what: `egress[${at}] opened`, by: out(egress.toSpliced(at, 1, by)) })),
          ],
    ),
  ];
}

/** Two nodes of one name, or two on the nodes' network, may be let through by either's rule. */
const repeats = (rule: CiliumEgress | CiliumIngress, rules: readonly (CiliumEgress | CiliumIngress)[]): boolean =>
  rules.some(
    (other) => other !== rule && shares(peersOf(rule), peersOf(other)) && shares(portsOf(rule), portsOf(other)),
  );

const shares = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.includes(one));

const peersOf = (rule: CiliumEgress | CiliumIngress): readonly string[] =>
  ("fromEntities" in rule ? rule.fromEntities : [...(rule.toEntities ?? []), ...(rule.toFQDNs ?? [])]).map((each) =>
    JSON.stringify(each),
  );

const portsOf = ({ toPorts }: CiliumEgress | CiliumIngress): readonly string[] =>
  toPorts.flatMap(({ ports }) => ports.map((each) => JSON.stringify(each)));

const moved = <R extends { readonly toPorts: readonly CiliumPorts[] }>(rule: R): R => ({
  ...rule,
  toPorts: [{ ports: [...(rule.toPorts[0]?.ports ?? []), { port: "61111", protocol: "TCP" }] }],
});

/** Any name of three labels, whoever has it. */
const opened = (rule: CiliumEgress): readonly CiliumEgress[] =>
  rule.toFQDNs === undefined ? [] : [{ ...rule, toFQDNs: [{ matchPattern: "*.*.*" }] }];
