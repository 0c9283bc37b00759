/**
 * To whom an object of a plan belongs: a service, or a part of the platform in the words of the program's own components.
 * Pure.
 */
import { partOf as componentOf } from "../embedded/engine/progress";
import { typeOf } from "../embedded/engine/state";
import { type ObjectVerdict } from "../embedded/engine/records";
import { type Graph, namespaceOf, servicesOf } from "../graph/model";

export interface Owner {
  readonly kind: "service" | "platform";
  readonly name: string;
}

/** Services by the namespace they have to themselves. */
export type Services = ReadonlyMap<string, string>;

export const servicesIn = (graph: Graph): Services =>
  new Map(servicesOf(graph).map((node) => [namespaceOf(node) ?? "", node.name]));

/** The platform's own namespaces, by the part that lives there. One that is not named here is a part of its own. */
const NAMESPACES: Readonly<Record<string, string>> = {
  "ingress-system": "edge",
  data: "data",
  "cnpg-system": "data",
  velero: "backup",
  argocd: "delivery",
  "argo-rollouts": "delivery",
  "platform-system": "cluster",
  "kube-system": "cluster",
};

const namespaceOfObject = ({ kind, name, namespace }: ObjectVerdict): string | undefined =>
  kind === "Namespace" ? name : namespace;

/** The service whose namespace it is in, else the part whose namespace or component it is in. */
export function ownerOf(object: ObjectVerdict, services: Services): Owner {
  const namespace = namespaceOfObject(object);
  const service = services.get(namespace ?? "");
  if (service !== undefined) return { kind: "service", name: service };
  if (namespace !== undefined) return { kind: "platform", name: NAMESPACES[namespace] ?? `namespace ${namespace}` };
  const name = componentOf(object.urn ?? "");
  return { kind: "platform", name: name === "kubernetes" || name === "" ? "whole cluster" : name };
}

/** Components, providers and the stack hold no settings of their own: what they contain is judged one by one. */
export function isContainer(urn: string): boolean {
  const type = typeOf(urn);
  return type.startsWith("keelson:") || type.startsWith("pulumi:") || type === "kubernetes:helm.sh/v4:Chart";
}
