/** Which part of the platform an object of a plan belongs to, in the words of the program's own components. Pure. */

import { partOf as componentOf } from "../embedded/engine/progress";
import { typeOf } from "../embedded/engine/state";

/** The Kubernetes namespace of an object, else the part of the platform whose component made it. */
export function partOf(urn: string, namespace?: string): string {
  if (namespace !== undefined) return `namespace ${namespace}`;
  const name = componentOf(urn);
  return name === "kubernetes" ? "whole cluster" : name;
}

/** Components, providers and the stack hold no settings of their own: what they contain is judged one by one. */
export function isContainer(urn: string): boolean {
  const type = typeOf(urn);
  return type.startsWith("keelson:") || type.startsWith("pulumi:") || type === "kubernetes:helm.sh/v4:Chart";
}
