/** What a packet alone does not open: the login at a store, the key of an external, the cloud identity. */
import { credentialName, serviceNamespace } from "../conventions";
import { grantsOf } from "../derive/grants";
import { brokerLogins } from "../derive/topics";
import { IDENTITY_AGENT } from "../landscape";
import { type Graph, type Node } from "../model";

export interface AccessFact {
  readonly what: "grant" | "credential" | "identity";
  readonly says: string;
}

export const accessOf = (graph: Graph, from: Node, to: Node): readonly AccessFact[] => [
  ...grantFacts(graph, from, to),
  ...brokerFacts(graph, from, to),
  ...externalFacts(from, to),
  ...identityFacts(from),
];

function grantFacts(graph: Graph, from: Node, to: Node): readonly AccessFact[] {
  if (from.kind !== "service" || to.kind !== "store") return [];
  const grant = grantsOf(graph, from.name).find(({ store }) => store === to.name);
  if (grant === undefined) return [];
  const rights = grant.access === "read" ? "reads only" : "reads and writes";
  return [
    { what: "grant", says: `role ${grant.role} ${rights} in ${to.id}` },
    { what: "credential", says: `Secret ${serviceNamespace(from.name)}/${grant.secret}` },
  ];
}

function brokerFacts(graph: Graph, from: Node, to: Node): readonly AccessFact[] {
  if (from.kind !== "service" || to.kind !== "broker") return [];
  const login = brokerLogins(graph).find(({ service }) => service === from.name);
  if (login === undefined) return [];
  const rights = [
    ...login.publishes.map((exchange) => `publishes to ${exchange}`),
    ...login.consumes.map((queue) => `consumes from ${queue}`),
  ];
  return [
    { what: "grant", says: `user ${login.service} ${rights.join(", ")} in ${to.id}, and declares nothing` },
    { what: "credential", says: `Secret ${serviceNamespace(from.name)}/${login.secret}` },
  ];
}

const externalFacts = (from: Node, to: Node): readonly AccessFact[] =>
  from.kind === "service" && to.kind === "external"
    ? [{ what: "credential", says: `Secret ${serviceNamespace(from.name)}/${credentialName(from.name, to.name)}` }]
    : [];

const identityFacts = (from: Node): readonly AccessFact[] => [
  {
    what: "identity",
    says: from.identity
      ? `${from.id} holds a cloud identity, from platform/${IDENTITY_AGENT}`
      : `${from.id} holds no cloud identity`,
  },
];
