/**
 * What an object is for, so that objects compare whose names differ by cloud or edge: its kind, and the part of the system
 * or of the platform that it belongs to.
 */
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { BROKER } from "../../components/messaging/placement";
import { serviceNamespace } from "../../graph/conventions";
import { type Manifest } from "../../graph/manifest";
import { type Graph, servicesOf, storesOf } from "../../graph/model";

/** `service payment`, `store sessions`, `broker`, `edge`, `monitoring`: the part that a namespace or a name stands for. */
export function partOf(graph: Graph, { kind, metadata: { name, namespace } }: Manifest): string {
  if (namespace !== undefined) return partIn(graph, namespace, name);
  if (kind === "Namespace") return partIn(graph, name, "");
  return CLUSTER_WIDE.find(({ kinds }) => kinds.test(kind))?.part ?? `cluster's ${name}`;
}

/** `Deployment of service payment` */
export const roleOf = (graph: Graph, manifest: Manifest): string => `${manifest.kind} of ${partOf(graph, manifest)}`;

/** Kinds without a namespace, by whom they serve. */
const CLUSTER_WIDE: readonly { readonly kinds: RegExp; readonly part: string }[] = [
  { kinds: /^(GatewayClass|Kong.*)$/, part: "edge" },
  { kinds: /^ClusterIssuer$/, part: "certificates" },
  { kinds: /^ValidatingAdmission/, part: "admission" },
];

const PARTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(NAMESPACES).map(([part, namespace]) => [namespace, part])),
  [NAMESPACES.ingress]: "edge",
};

function partIn(graph: Graph, namespace: string, name: string): string {
  const service = servicesOf(graph).find((each) => serviceNamespace(each.name) === namespace);
  if (service !== undefined) return `service ${service.name}`;
  if (namespace === NAMESPACES.data) return dataPart(graph, name);
  return PARTS[namespace] ?? namespace;
}

/** Stores and the broker share a namespace; their objects begin with their names, policies with a word before. */
function dataPart(graph: Graph, name: string): string {
  const bare = name.replace(/^(store|broker|platform|grants)-/, "").replace(/^grants-/, "");
  const owns = (owner: string): boolean => bare === owner || bare.startsWith(`${owner}-`);
  const store = storesOf(graph).find((each) => owns(each.name));
  if (store !== undefined) return `store ${store.name}`;
  return owns(BROKER) ? "broker" : "data";
}
