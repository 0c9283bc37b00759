/**
 * From edges to CiliumNetworkPolicies: what the plain NetworkPolicy of the same pods cannot say. Both kinds allow what
 * either allows, so each says its part and the default that denies is the plain one's.
 *
 * Calls of webhooks come from the API server; where it reaches pods through a tunnel they come from a node, so nodes are let
 * in on that port, too, and that is listed as a widening.
 */
import { DNS } from "../landscape";
import { type Edge, type Graph, type Node, nodeOf } from "../model";
import { groupedBy, once } from "../once";
import { distinctPorts, type Port } from "../port";
import {
  CILIUM_NAMESPACE,
  type CiliumEgress,
  type CiliumEntity,
  type CiliumIngress,
  type CiliumName,
  type CiliumPolicy,
  type CiliumPorts,
  type CiliumSelector,
} from "./cilium-policy";
import { type End, meansFor } from "./expressible";

/** Every CiliumNetworkPolicy of the graph; none where plain ones say it all. */
export const ciliumPolicies = once((graph: Graph): readonly CiliumPolicy[] => {
  const { entities, names } = graph.landscape.dialect;
  if (!entities && !names) return [];
  const sides = { from: groupedBy(graph.edges, ({ from }) => from), to: groupedBy(graph.edges, ({ to }) => to) };
  return [...graph.nodes.values()].flatMap((node) => policyOf(graph, node, sides));
});

type Sides = Readonly<Record<End, ReadonlyMap<string, readonly Edge[]>>>;

function policyOf(graph: Graph, node: Node, sides: Sides): readonly CiliumPolicy[] {
  const { place, kind, name } = node;
  if (place.at !== "pods") return [];
  const ingress = ingressOf(graph, sides.to.get(node.id) ?? []);
  const egress = egressOf(graph, sides.from.get(node.id) ?? []);
  if (ingress.length + egress.length === 0) return [];
  return [
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: `${kind}-${name}`, namespace: place.namespace },
      spec: {
        endpointSelector: { matchLabels: place.labels },
        ...(ingress.length === 0 ? {} : { ingress }),
        ...(egress.length === 0 ? {} : { egress }),
      },
    },
  ];
}

interface Other {
  readonly node: Node;
  readonly ports: readonly Port[];
}

/** Nodes at the other end, with the ports of all edges to or from each. */
const others = (graph: Graph, edges: readonly Edge[], end: End): readonly Other[] =>
  [...groupedBy(edges, (edge) => edge[end])].map(([id, between]) => ({
    node: nodeOf(graph, id),
    ports: distinctPorts(between.flatMap(({ ports }) => ports)),
  }));

const NODES: readonly CiliumEntity[] = ["host", "remote-node"];

const entitiesOf = ({ entity }: Node, end: End): readonly CiliumEntity[] => {
  if (entity === undefined) return NODES;
  return end === "from" ? [entity, ...NODES] : [entity];
};

function ingressOf(graph: Graph, edges: readonly Edge[]): readonly CiliumIngress[] {
  return others(graph, edges, "from")
    .filter(({ node }) => meansFor(node, "from", graph.landscape.dialect) === "identity")
    .map(({ node, ports }) => ({ fromEntities: entitiesOf(node, "from"), toPorts: [portsOf(ports)] }));
}

function egressOf(graph: Graph, edges: readonly Edge[]): readonly CiliumEgress[] {
  const all = others(graph, edges, "to");
  const by = (means: "identity" | "name"): readonly Other[] =>
    all.filter(({ node }) => meansFor(node, "to", graph.landscape.dialect) === means);
  const named = by("name");
  return [
    ...by("identity").map(({ node, ports }) => ({ toEntities: entitiesOf(node, "to"), toPorts: [portsOf(ports)] })),
    ...lookups(named, all),
    ...named.map(({ node, ports }) => ({ toFQDNs: namesOf(node), toPorts: [portsOf(ports)] })),
  ];
}

/** Cilium learns the addresses of a name from the answers that pass its proxy, so the pod's questions must pass it. */
function lookups(named: readonly Other[], all: readonly Other[]): readonly CiliumEgress[] {
  const dns = all.find(({ node }) => node.id === `platform/${DNS}`);
  if (named.length === 0 || dns === undefined || dns.node.place.at !== "pods") return [];
  const names = new Map(named.flatMap(({ node }) => namesOf(node)).map((name) => [JSON.stringify(name), name]));
  const { namespace, labels } = dns.node.place;
  const selector: CiliumSelector = { matchLabels: { [CILIUM_NAMESPACE]: namespace, ...labels } };
  return [{ toEndpoints: [selector], toPorts: [{ ...portsOf(dns.ports), rules: { dns: [...names.values()] } }] }];
}

const namesOf = ({ names = [] }: Node): readonly CiliumName[] =>
  names.map((name) => (name.includes("*") ? { matchPattern: name } : { matchName: name }));

const portsOf = (ports: readonly Port[]): CiliumPorts => ({
  ports: ports.map(({ port, protocol }) => ({ port: String(port), protocol })),
});
