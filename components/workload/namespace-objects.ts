/**
 * Namespaces with Pod Security enforced, pinned to the cluster's version so that an upgrade is a reviewed change. All
 * enforce `restricted`; two exceptions, which read files of their nodes: Velero's node agent, as root, and what ships logs.
 */
import { type Manifest } from "../../graph/manifest";
import { type Graph, servicesOf } from "../../graph/model";
import { serviceNamespace } from "../../graph/conventions";
import { routeTable } from "../../graph/derive/routes";
import { once } from "../../graph/once";
import { type Facts, usesCertificates, usesRollouts } from "../kubernetes/facts";
import { NAMESPACES, ROUTES_LABEL } from "../kubernetes/namespaces";

/** Every namespace of the stack, by name. */
export function namespaceObjects(graph: Graph, facts: Facts): readonly Manifest[] {
  const services = servicesOf(graph).map(({ name }) => serviceNamespace(name));
  return [...services, ...platformNamespaces(facts)].toSorted().map((name) => namespace(graph, facts, name));
}

/** The operator for PostgreSQL comes only where a store runs in the cluster, Argo only where it is used. */
export const platformNamespaces = (facts: Facts): readonly string[] => [
  NAMESPACES.ingress,
  NAMESPACES.data,
  NAMESPACES.platform,
  NAMESPACES.backup,
  ...(usesPostgresOperator(facts) ? [NAMESPACES.postgresOperator] : []),
  ...(usesCertificates(facts) ? [NAMESPACES.certificates] : []),
  ...(facts.broker === undefined ? [] : [NAMESPACES.messagingOperators]),
  ...(facts.monitoring === undefined ? [] : [NAMESPACES.monitoring]),
  ...(facts.logs === undefined ? [] : [NAMESPACES.logs]),
  ...(usesRollouts(facts) ? [NAMESPACES.rollouts] : []),
  ...(facts.delivery.by === "argocd" ? [NAMESPACES.delivery] : []),
];

export const usesPostgresOperator = ({ stores }: Facts): boolean =>
  Object.values(stores).some(({ flavour }) => flavour === "cloudnative-pg");

const namespace = (graph: Graph, facts: Facts, name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name,
    labels: {
      "app.kubernetes.io/part-of": graph.system.name,
      ...(attachesRoutes(graph, name) ? ROUTES_LABEL : {}),
      ...podSecurityLabels(READS_NODES.includes(name) ? "privileged" : "restricted", facts.kubernetes),
    },
  },
});

/** Where a pod mounts a path of its node, which no level below admits. */
const READS_NODES: readonly string[] = [NAMESPACES.backup, NAMESPACES.logs];

/** Routes live with their services; the redirect, the health answer and the dashboard live with the platform. */
const attachesRoutes = (graph: Graph, name: string): boolean =>
  name === NAMESPACES.ingress || name === NAMESPACES.delivery || routedNamespaces(graph).has(name);

const routedNamespaces = once(
  (graph: Graph): ReadonlySet<string> => new Set(routeTable(graph).map(({ namespace }) => namespace)),
);

const podSecurityLabels = (enforce: "restricted" | "privileged", version: string) => ({
  "pod-security.kubernetes.io/enforce": enforce,
  "pod-security.kubernetes.io/enforce-version": `v${version}`,
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/audit-version": `v${version}`,
  "pod-security.kubernetes.io/warn": "restricted",
  "pod-security.kubernetes.io/warn-version": `v${version}`,
});
