/**
 * What must hold of a landscape so that policies can say what the graph means: names that lead somewhere, pods that can be
 * told apart, ranges that hold an address, no more ports per range than the network takes.
 */
import { encloses, interval } from "./cidr";
import { addressesOf, networkPolicies } from "./derive/network";
import { type NetworkPolicy, type Peer } from "./derive/network-policy";
import { type Cidr, EVERY_SERVICE, KUBERNETES_API, type Landscape, type Reach } from "./landscape";
import { type Labels } from "./manifest";
import { type Graph, type Node } from "./model";
import { nearest } from "./nearest";
import { groupedBy } from "./once";
import { distinctPorts, type Port } from "./port";
import { type Problem } from "./problems";

export const landscapeProblems = (graph: Graph): readonly Problem[] => [
  ...actorProblems(graph),
  ...[...graph.nodes.values()].flatMap(placeProblems),
  ...neighbourProblems(graph),
  ...rangePortProblems(graph),
];

// Actors: a name that leads nowhere would silently mean no edge.

function actorProblems({ landscape, nodes }: Graph): readonly Problem[] {
  const names = landscape.actors.map(({ name }) => name);
  const known = [...names, ...[...nodes.keys()].filter((id) => !id.startsWith("platform/"))];
  return landscape.actors.flatMap(({ name, reaches = [], webhooks = [] }, index) => [
    ...(names.indexOf(name) === index ? [] : [twice(name)]),
    ...reaches.filter((reach) => !leads(reach, landscape, known)).map(({ to }) => nowhere(name, to, known)),
    ...(webhooks.length > 0 && !names.includes(KUBERNETES_API) ? [uncalled(name)] : []),
  ]);
}

/** Stores of a flavour may be none; a store of the landscape that no service uses has a problem of its own. */
const leads = ({ to }: Reach, { stores }: Landscape, known: readonly string[]): boolean =>
  to === EVERY_SERVICE ||
  to.startsWith("stores:") ||
  known.includes(to.replace(/^platform\//, "")) ||
  stores[to.replace("store/", "")] !== undefined;

const twice = (name: string): Problem => ({
  where: `platform ${name}`,
  got: "two actors of this name",
  want: "one",
  mend: "join them or rename one",
});

function nowhere(name: string, to: string, known: readonly string[]): Problem {
  const close = nearest(to, known);
  return {
    where: `platform ${name}: reaches`,
    got: `"${to}", which the stack does not have`,
    want: `one of ${known.join(", ")}, services, or stores:<flavour>`,
    mend: close === undefined ? `add an actor ${to} or remove the reach` : `write ${close}`,
  };
}

const uncalled = (name: string): Problem => ({
  where: `platform ${name}: webhooks`,
  got: "webhooks that nothing calls",
  want: `an actor named ${KUBERNETES_API}, from which they are called`,
  mend: `add the actor ${KUBERNETES_API} with the API server's ranges`,
});

// Places

const placeProblems = (node: Node): readonly Problem[] =>
  node.place.at === "pods" ? node.faces.flatMap((face) => faceProblems(node, face)) : rangeProblems(node);

/** A Service that selects less than the node's labels may also stand in front of somebody else's pods. */
const faceProblems = ({ id, place }: Node, { name, selector }: Node["faces"][number]): readonly Problem[] =>
  place.at !== "pods" || contains(selector, place.labels)
    ? []
    : [
        {
          where: `${id}: Service ${name}`,
          got: `the selector ${written(selector)}`,
          want: `at least the labels of its pods, ${written(place.labels)}`,
          mend: "add the missing labels to the Service's selector",
        },
      ];

const rangeProblems = ({ id, place }: Node): readonly Problem[] =>
  addressesOf(place).length > 0
    ? []
    : [
        {
          where: `${id}: place`,
          got: "ranges without a single address",
          want: "at least one range that its exceptions leave something of",
          mend: 'give it its range, for example ranges: ["10.20.48.0/20"]',
        },
      ];

const contains = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

const written = (labels: Labels): string => labelTexts(labels).join(",") || "(none)";

// Neighbours: a policy selects pods by labels, so the labels of one node must not select another node's pods.

function neighbourProblems({ nodes }: Graph): readonly Problem[] {
  const placed = [...nodes.values()].filter(({ place }) => place.at === "pods");
  return [...groupedBy(placed, ({ place }) => (place.at === "pods" ? place.namespace : ""))].flatMap(
    ([namespace, list]) => [...confusions(list), ...ownership(namespace, list)],
  );
}

/** Whoever has all of a node's labels has the rarest of them: only those are looked at. */
function confusions(list: readonly Node[]): readonly Problem[] {
  const entries = list.flatMap((node) => labelsOn(node).map((label) => ({ label, node })));
  const holders = groupedBy(entries, ({ label }) => label);
  return list.flatMap((node) => {
    const labels = node.place.at === "pods" ? labelTexts(node.place.labels) : [];
    const [rarest] = labels
      .map((label) => (holders.get(label) ?? []).map((entry) => entry.node))
      .toSorted((a, b) => a.length - b.length);
    return (rarest ?? list).flatMap((other) => confusion(node, other));
  });
}

const labelTexts = (labels: Labels): readonly string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`);

/** All labels that a node's pods carry, or that a Service in front of them selects by. */
const labelsOn = ({ place, faces }: Node): readonly string[] => [
  ...new Set(
    [...(place.at === "pods" ? [place.labels] : []), ...faces.map((face) => face.selector)].flatMap(labelTexts),
  ),
];

function confusion(node: Node, other: Node): readonly Problem[] {
  if (node.id === other.id || node.place.at !== "pods" || other.place.at !== "pods") return [];
  const labels = node.place.labels;
  const caught = [other.place.labels, ...other.faces.map(({ selector }) => selector)].find((all) =>
    contains(all, labels),
  );
  if (caught === undefined) return [];
  return [
    {
      where: `${node.id}: labels in namespace ${node.place.namespace}`,
      got: `${written(labels)}, which also selects ${other.id} (${written(caught)}): its pods would get both policies`,
      want: "labels that no other node's pods carry",
      mend: `add a label to ${node.id} that ${other.id} lacks, for example app.kubernetes.io/name=${node.name}`,
    },
  ];
}

const ownership = (namespace: string, list: readonly Node[]): readonly Problem[] => {
  const [shared, owned] = [list.find((each) => each.sharedNamespace), list.find((each) => !each.sharedNamespace)];
  if (shared === undefined || owned === undefined) return [];
  return [
    {
      where: `namespace ${namespace}`,
      got: `${shared.id}, which shares it with the platform, beside ${owned.id}, whose default denies all in it`,
      want: "a namespace that is either shared or ours",
      mend: `place ${owned.id} in a namespace of its own`,
    },
  ];
};

// Ports per range: the VPC CNI counts the pairs of every range together with those of the ranges around it.

function rangePortProblems(graph: Graph): readonly Problem[] {
  const most = graph.landscape.dialect.portsPerRange;
  return networkPolicies(graph).flatMap((policy) =>
    directionsOf(policy).flatMap(([direction, rules]) =>
      crowded(rules, most).map(({ cidr, ports }) => ({
        where: `NetworkPolicy ${policy.metadata.namespace}/${policy.metadata.name}: ${direction}`,
        got: `${ports} port and protocol pairs for ${cidr}`,
        want: `at most ${most} per address range, which is all that ${graph.landscape.dialect.name} enforces`,
        mend: "let fewer ports share the range: give the nodes behind it ranges of their own",
      })),
    ),
  );
}

interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const directionsOf = ({ spec }: NetworkPolicy): readonly (readonly [string, readonly Rule[]])[] => [
  ["ingress", (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))],
  ["egress", (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))],
];

function crowded(rules: readonly Rule[], most: number): readonly { readonly cidr: Cidr; readonly ports: number }[] {
  if (rules.reduce((sum, { ports }) => sum + ports.length, 0) <= most) return [];
  const cidrs = [...new Set(rules.flatMap(({ peers }) => peers.flatMap(({ ipBlock }) => ipBlock?.cidr ?? [])))];
  return cidrs
    .map((cidr) => ({ cidr, ports: distinctPorts(rules.filter((rule) => around(rule, cidr)).flatMap(portsOf)).length }))
    .filter(({ ports }) => ports > most);
}

const portsOf = ({ ports }: Rule): readonly Port[] => ports;

const around = ({ peers }: Rule, cidr: Cidr): boolean =>
  peers.some(({ ipBlock }) => ipBlock !== undefined && surrounds(ipBlock.cidr, cidr));

const surrounds = (outer: Cidr, inner: Cidr): boolean => encloses(interval(outer), interval(inner));
