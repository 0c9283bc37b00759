/**
 * Custom resources from whose fields an operator makes pods. An adapter puts together the pod as far as the resource decides
 * it; each field keeps its own path. What the operator adds by itself is not judged, and is said to be unchecked.
 */
import { maybe } from "../../logic";
import type { PolicyObject } from "../../object";
import { Field, type Value } from "../../value";

export interface Adapter {
  readonly group: string;
  readonly kind: string;
  /** Who makes the pods, as people know it. */
  readonly operator: string;
  /** Beginnings of paths where a missing value is the resource's own decision, for the operator adds nothing there. */
  readonly decides: readonly string[];
  /** Pod templates: `metadata` and `spec`. */
  readonly pods: (object: PolicyObject) => readonly Field[];
}

export interface PodParts {
  /** Labels that the operator gives, by which policies select. */
  readonly labels: Readonly<Record<string, Value>>;
  /** Labels that the resource adds. @default - none */
  readonly more?: Field;
  readonly spec: { readonly [key: string]: Value };
}

/** A template out of parts. */
export const podFrom = ({ labels, more, spec }: PodParts): Field =>
  new Field({ metadata: { labels: { ...labels, ...partsOf(more) } }, spec });

/** What a map holds, as fields; nothing while it is not known. */
export const partsOf = (map: Field | undefined): { readonly [key: string]: Value } =>
  Object.fromEntries(maybe(() => map?.entries) ?? []);

/** The containers of a list, as fields; one that is not known stands for all of them. */
export const listed = (list: Field): readonly Value[] => maybe(() => list.items) ?? [list];
