/**
 * A rule's check in the words of the API server (CEL): what is asked of which kinds. Written beside the check it repeats, and
 * compared with it on the same objects by a test. Only data; `objects.ts` makes policies of it.
 */

/** Kinds as the API server addresses them. */
export interface Resources {
  readonly group: string;
  readonly versions: readonly string[];
  /** Plural names, with a subresource where that is how objects change: `pods/ephemeralcontainers`. */
  readonly resources: readonly string[];
  /** Where such objects live. @default in namespaces */
  readonly scope?: "Cluster";
}

/** An expression with a name: `variables.<name>` in those that follow it. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** A check of one object by its own fields. */
export interface ObjectForm {
  readonly over: "objects";
  readonly of: readonly Resources[];
  readonly variables: readonly Variable[];
  /** True of every object that passes. Reads `object` and `variables`. */
  readonly holds: string;
}

/** A check of pods, wherever their kind keeps the pod. */
export interface PodForm {
  readonly over: "pods";
  /** Of which kinds: all that make pods, or only those whose pods are meant to run for ever. */
  readonly kinds: "all" | "long-running";
  /** True of the spec `s` of every pod that passes. */
  readonly eachPod: string;
}

export type AdmissionForm = ObjectForm | PodForm;

export const eachPod = (eachPod: string, kinds: PodForm["kinds"] = "all"): PodForm => ({
  over: "pods",
  kinds,
  eachPod,
});

const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** True of every container `c` of a pod that passes, or only of those in some lists. Each list has a type of its own. */
export const ofContainers = (
  expression: string,
  lists: readonly (typeof CONTAINER_LISTS)[number][] = CONTAINER_LISTS,
): string => lists.map((list) => `s.?${list}.orValue([]).all(c, ${expression})`).join(" && ");

export const eachContainer = (expression: string): PodForm => eachPod(ofContainers(expression));

export const objects = (
  of: readonly Resources[],
  holds: string,
  variables: Readonly<Record<string, string>> = {},
): ObjectForm => ({
  over: "objects",
  of,
  variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
  holds,
});

export const namespaced = (group: string, ...resources: readonly string[]): Resources => ({
  group,
  versions: ["v1"],
  resources,
});

export const clusterWide = (group: string, ...resources: readonly string[]): Resources => ({
  ...namespaced(group, ...resources),
  scope: "Cluster",
});

/** A text as CEL writes it. */
export const text = (value: string): string => JSON.stringify(value);

export const texts = (values: Iterable<string>): string => `[${[...values].map(text).join(", ")}]`;

/** An annotation as an optional value: `.hasValue()`, `.orValue("")`. */
export const annotation = (name: string): string => `object.metadata.?annotations[?${text(name)}]`;
