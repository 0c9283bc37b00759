/**
 * `compile(system, landscape)`: from typed values to the frozen graph. Collects nodes and edges, checks everything the
 * types cannot say, and throws once with all problems. Nothing is registered anywhere yet.
 */
import { checkGraph } from "./checks";
import { serviceFace, serviceLabels, serviceNamespace, servicePorts } from "./conventions";
import {
  type Actor,
  EVERY_SERVICE,
  IDENTITY_AGENT,
  KUBERNETES_API,
  type Landscape,
  type Reach,
  type StorePlacement,
} from "./landscape";
import { type Edge, type Graph, type Node } from "./model";
import { groupedBy, once } from "./once";
import { brokerNode, placementOf, storePorts, topicTarget } from "./placed";
import { distinctPorts, type Port, tcp } from "./port";
import { refuse } from "./problems";
import { type AnyService, type Capability } from "./service";
import { type Store } from "./store";
import { type BrokerFor, type EdgeFor, type StorePlacements, type System } from "./system";

/** A landscape that has what these services need: a placement per store, a broker for topics, an edge for every route. */
export type LandscapeFor<S extends readonly AnyService[]> = Landscape &
  BrokerFor<S> & {
    readonly stores: StorePlacements<S>;
    readonly edge: EdgeFor<S>;
  };

/** @throws InvalidInput with every problem of the system on this landscape. */
export function compile<const S extends readonly AnyService[]>(
  system: System<S>,
  landscape: LandscapeFor<NoInfer<S>>,
): Graph {
  const nodes = collectNodes(system, landscape);
  const known = byId(nodes);
  const edges = collectEdges(system, landscape, nodes).filter(({ from, to }) => known.has(from) && known.has(to));
  const graph: Graph = { system, landscape, nodes: known, edges: edges.toSorted(inOrder) };
  refuse(checkGraph(graph));
  return Object.freeze(graph);
}

const byId = (nodes: readonly Node[]): ReadonlyMap<string, Node> =>
  new Map(nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((node) => [node.id, Object.freeze(node)]));

const edgeKey = ({ from, to, kind, alias }: Edge): string => [from, to, kind, alias ?? ""].join(" ");

const inOrder = (a: Edge, b: Edge): number => (edgeKey(a) < edgeKey(b) ? -1 : 1);

// Nodes

function collectNodes(system: System, landscape: Landscape): readonly Node[] {
  const capabilities = system.services.flatMap(capabilitiesOf).map(([, capability]) => capability);
  const stores = distinct(capabilities.flatMap((lent) => (lent.lends === "store" ? [lent.store] : [])));
  const externals = distinct(capabilities.flatMap((lent) => (lent.lends === "external" ? [lent.external] : [])));
  return [
    ...system.services.map((service) => serviceNode(system.name, service)),
    ...stores.flatMap((store) => storeNode(store, landscape.stores[store.name])),
    ...(capabilities.some(({ lends }) => lends === "topic") ? brokerNode(landscape.broker) : []),
    ...externals.map(({ name, args }): Node => ({
      ...BARE,
      id: `external/${name}`,
      kind: "external",
      name,
      place: landscape.internet,
      serves: [tcp(args.port ?? 443)],
      names: args.hosts,
      widerThan: args.hosts.join(", "),
    })),
    edgeNode(landscape),
    ...landscape.actors.map(actorNode),
  ];
}

const BARE = { serves: [], faces: [], sharedNamespace: false, identity: false } as const;

const distinct = <T extends { readonly name: string }>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [value.name, value])).values(),
];

const serviceNode = (system: string, service: AnyService): Node => ({
  ...BARE,
  id: `service/${service.name}`,
  kind: "service",
  name: service.name,
  place: { at: "pods", namespace: serviceNamespace(service.name), labels: serviceLabels(system, service.name) },
  serves: servicePorts(service.args.listens),
  faces: [serviceFace(system, service)],
  service,
});

/** A store without a placement is a problem of its own, reported by the checks; it gets no node. */
const storeNode = (store: Store, placement: StorePlacement | undefined): readonly Node[] =>
  placement === undefined
    ? []
    : [
        {
          ...BARE,
          id: `store/${store.name}`,
          kind: "store",
          name: store.name,
          place: placement.place,
          serves: storePorts(store, placement),
          faces: placement.faces ?? [],
          identity: placement.identity ?? false,
          store,
        },
      ];

const edgeNode = ({ edge }: Landscape): Node => ({
  ...BARE,
  id: `edge/${edge.name}`,
  kind: "edge",
  name: edge.name,
  place: edge.place,
  serves: edge.serves ?? [],
});

const actorNode = (actor: Actor): Node => ({
  ...BARE,
  id: `platform/${actor.name}`,
  kind: "platform",
  name: actor.name,
  place: actor.place,
  serves: distinctPorts([...(actor.serves ?? []), ...(actor.webhooks ?? []), ...(actor.routed ?? [])]),
  faces: actor.faces ?? [],
  sharedNamespace: actor.sharedNamespace ?? false,
  identity: actor.identity ?? false,
  ...(actor.entity === undefined ? {} : { entity: actor.entity }),
  ...(actor.names === undefined ? {} : { names: actor.names }),
  ...(actor.widerThan === undefined ? {} : { widerThan: actor.widerThan }),
});

// Edges

export const capabilitiesOf = ({ args }: AnyService): readonly (readonly [string, Capability])[] => [
  ...Object.entries(args.uses ?? {}),
  ...(args.messages ?? []).map((lent): [string, Capability] => [lent.topic.name, lent]),
];

function collectEdges(system: System, landscape: Landscape, nodes: readonly Node[]): readonly Edge[] {
  return [
    ...system.services.flatMap((service) => serviceEdges(service, landscape)),
    ...system.services.flatMap((service) => routeEdges(service, landscape)),
    ...memberEdges(landscape, nodes),
    ...storeEdges(landscape, nodes),
    ...reachEdges(`edge/${landscape.edge.name}`, landscape.edge.reaches ?? [], landscape, nodes),
    ...landscape.actors.flatMap((actor) => actorEdges(actor, landscape, nodes)),
    ...identityEdges(landscape, nodes),
  ].filter((edge) => edge.ports.length > 0);
}

const serviceEdges = (service: AnyService, landscape: Landscape): readonly Edge[] =>
  capabilitiesOf(service).map(([alias, capability]) => ({
    from: `service/${service.name}`,
    ...target(capability, landscape),
    alias,
    capability,
    site: capability.site,
  }));

function target(lent: Capability, landscape: Landscape): Pick<Edge, "to" | "kind" | "ports"> {
  switch (lent.lends) {
    case "store":
      return {
        to: `store/${lent.store.name}`,
        kind: "store",
        ports: storePorts(lent.store, landscape.stores[lent.store.name]),
      };
    case "external":
      return { to: `external/${lent.external.name}`, kind: "external", ports: [tcp(lent.external.args.port ?? 443)] };
    case "call":
      return { to: `service/${lent.service.name}`, kind: "call", ports: portOf(lent.service, lent.port) };
    case "topic":
      return topicTarget(landscape.broker);
  }
}

const portOf = (service: AnyService, name: string): readonly Port[] => {
  const port = service.args.listens[name];
  return port === undefined ? [] : [tcp(port)];
};

const routeEdges = (service: AnyService, { edge }: Landscape): readonly Edge[] =>
  (service.args.routes ?? []).length === 0
    ? []
    : [
        {
          from: `edge/${edge.name}`,
          to: `service/${service.name}`,
          kind: "route",
          ports: portOf(service, "http"),
          site: service.site,
        },
      ];

/** Members of a store, and of the broker, talk among themselves. */
const memberEdges = (landscape: Landscape, nodes: readonly Node[]): readonly Edge[] =>
  nodes.map((node) => ({
    from: node.id,
    to: node.id,
    kind: "self",
    ports: placementOf(landscape, node)?.members ?? [],
  }));

/** What the members of a store or the broker in the cluster talk to by themselves. */
const storeEdges = (landscape: Landscape, nodes: readonly Node[]): readonly Edge[] =>
  nodes.flatMap((node) => reachEdges(node.id, placementOf(landscape, node)?.reaches ?? [], landscape, nodes));

const reachEdges = (
  from: string,
  reaches: readonly Reach[],
  landscape: Landscape,
  nodes: readonly Node[],
): readonly Edge[] =>
  reaches.flatMap((reach) =>
    reachedNodes(reach, landscape, nodes).map((to): Edge => ({
      from,
      to: to.id,
      kind: to.id === from ? "self" : "platform",
      ports: reach.ports ?? to.serves,
    })),
  );

function actorEdges(actor: Actor, landscape: Landscape, nodes: readonly Node[]): readonly Edge[] {
  const from = `platform/${actor.name}`;
  const reached = reachEdges(from, actor.reaches ?? [], landscape, nodes);
  const called = (actor.webhooks ?? []).length === 0 ? [] : [webhookEdge(from, actor.webhooks ?? [])];
  const everyone = actor.forAll === true ? nodes.filter(runsInPods).filter(({ id }) => id !== from) : [];
  const routed = (actor.routed ?? []).length === 0 ? [] : [dashboardEdge(from, actor.routed ?? [], landscape)];
  return [
    ...reached,
    ...called,
    ...routed,
    ...everyone.map(({ id }): Edge => ({ from: id, to: from, kind: "platform", ports: actor.serves ?? [] })),
  ];
}

/** Admission webhooks and aggregated APIs are called by the API server. */
const webhookEdge = (to: string, ports: readonly Port[]): Edge => ({
  from: `platform/${KUBERNETES_API}`,
  to,
  kind: "platform",
  ports,
});

const dashboardEdge = (to: string, ports: readonly Port[], { edge }: Landscape): Edge => ({
  from: `edge/${edge.name}`,
  to,
  kind: "route",
  ports,
});

function reachedNodes({ to }: Reach, landscape: Landscape, nodes: readonly Node[]): readonly Node[] {
  if (to === EVERY_SERVICE) return nodes.filter(({ kind }) => kind === "service");
  if (!to.startsWith("stores:")) return byIds(nodes).get(to.includes("/") ? to : `platform/${to}`) ?? [];
  const flavour = to.slice("stores:".length);
  return nodes.filter(({ kind, name }) => kind === "store" && landscape.stores[name]?.flavour === flavour);
}

const byIds = once((nodes: readonly Node[]) => groupedBy(nodes, ({ id }) => id));

const identityEdges = ({ actors }: Landscape, nodes: readonly Node[]): readonly Edge[] => {
  const agent = actors.find(({ name }) => name === IDENTITY_AGENT);
  if (agent === undefined) return [];
  const to = `platform/${IDENTITY_AGENT}`;
  return nodes
    .filter(({ identity }) => identity)
    .map(({ id }) => ({ from: id, to, kind: "platform", ports: agent.serves ?? [] }));
};

export const runsInPods = ({ place }: Node): boolean => place.at === "pods";
