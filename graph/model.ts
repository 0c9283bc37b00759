/** The graph: frozen, validated, the one thing every consequence is derived from. Shapes only; `compile.ts` makes it. */
import { type CallSite } from "./call-site";
import { type Entity, type Face, type Landscape, type Place } from "./landscape";
import { type Labels } from "./manifest";
import { once } from "./once";
import { type Port } from "./port";
import { type AnyService, type Capability } from "./service";
import { type Store } from "./store";
import { type System } from "./system";

export type NodeKind = "service" | "store" | "broker" | "external" | "edge" | "platform";

export interface Node {
  /** `service/order`, `store/orders`, `platform/dns`: unique in a graph. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly place: Place;
  readonly serves: readonly Port[];
  readonly faces: readonly Face[];
  readonly service?: AnyService;
  readonly store?: Store;
  /** What it is to a network that knows identities. */
  readonly entity?: Entity;
  /** Host names it answers under; `*` stands for one label. */
  readonly names?: readonly string[];
  /** Set where the place is wider than what the node stands for. */
  readonly widerThan?: string;
  /** Its namespace is the platform's own: no default policy of ours there. */
  readonly sharedNamespace: boolean;
  /** It holds a cloud identity. */
  readonly identity: boolean;
}

export type EdgeKind = "store" | "topic" | "call" | "route" | "external" | "platform" | "self";

/** One node may reach another on these ports, because somebody said so. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly ports: readonly Port[];
  /** The capability it comes from, with the caller's alias. Platform edges have none. */
  readonly capability?: Capability;
  readonly alias?: string;
  /** Where it was declared. */
  readonly site?: CallSite;
}

export interface Graph {
  readonly system: System;
  readonly landscape: Landscape;
  /** By id, in the order of ids. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** In the order of `from`, `to`, `kind`. */
  readonly edges: readonly Edge[];
}

/** The node of an id that came out of this graph. */
export function nodeOf(graph: Graph, id: string): Node {
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph has no node ${id}`);
  return node;
}

export const servicesOf = once((graph: Graph): readonly (Node & { readonly service: AnyService })[] =>
  [...graph.nodes.values()].flatMap((node) => (node.service === undefined ? [] : [{ ...node, service: node.service }])),
);

export const storesOf = once((graph: Graph): readonly (Node & { readonly store: Store })[] =>
  [...graph.nodes.values()].flatMap((node) => (node.store === undefined ? [] : [{ ...node, store: node.store }])),
);

/** The broker, if any service has topics. */
export const brokersOf = once((graph: Graph): readonly Node[] =>
  [...graph.nodes.values()].filter(({ kind }) => kind === "broker"),
);

/** A node's namespace, if it runs in pods. */
export const namespaceOf = ({ place }: Node): string | undefined => (place.at === "pods" ? place.namespace : undefined);

export const labelsOf = ({ place }: Node): Labels | undefined => (place.at === "pods" ? place.labels : undefined);
