/**
 * What this organisation allows, as data: `allowances.json`. A list is closed: what it does not name is violated. The files
 * differ in name because ts-node, with which plain Pulumi runs, finds JSON before TypeScript.
 */
import allowances from "./allowances.json";

export interface Allowances {
  /** The oldest Kubernetes minor version that still gets patches, `1.34`. */
  readonly kubernetes: string;
  /** Beginnings of image references, each up to a slash or a whole repository. */
  readonly registries: readonly string[];
  /** Namespaces whose Services may ask for a load balancer of their own. */
  readonly edgeNamespaces: readonly string[];
  /** References to another region than the object's own that are meant. */
  readonly regions: readonly RegionReference[];
}

export interface RegionReference {
  /** The object's id, as verdicts print it; `*` stands for any text. */
  readonly object: string;
  /** The region that it may name. */
  readonly region: string;
  readonly reason: string;
}

export const ALLOWED: Allowances = allowances;
