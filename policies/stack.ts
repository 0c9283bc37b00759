/**
 * All objects of a stack, for rules that join them. Joins read the inputs kept per object and follow dependencies by URN:
 * while a cluster is not known, the engine reports empty properties for what lives in it, but its dependencies are right.
 */
import type { Maybe } from "./logic";
import { canonicalType, isKind, type PolicyObject } from "./object";

/** Which resources each property of a resource was computed from. */
export interface Links {
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

export class Stack {
  private readonly byUrn: ReadonlyMap<string, PolicyObject>;
  private readonly places = new Map<string, ReadonlyMap<string | undefined, readonly PolicyObject[]>>();
  private readonly byKind = new Map<string, readonly PolicyObject[]>();
  private readonly byType: ReadonlyMap<string, readonly PolicyObject[]>;

  constructor(
    readonly objects: readonly PolicyObject[],
    private readonly links: ReadonlyMap<string, Links> = new Map(),
  ) {
    this.byUrn = new Map(
      objects.flatMap((object) => (object.urn === undefined ? [] : [[object.urn, object] as const])),
    );
    this.byType = groupBy(objects, ({ type }) => canonicalType(type));
  }

  /** Every Kubernetes object of one kind in one API group. */
  kind(wantedGroup: string, kind: string): readonly PolicyObject[] {
    return this.cached(`${wantedGroup}/${kind}`, (object) => isKind(object, wantedGroup, kind));
  }

  /** Every Pulumi resource of one type, at any version of its API. */
  type(type: string): readonly PolicyObject[] {
    return this.byType.get(type) ?? [];
  }

  /** The objects that one property of an object was computed from. */
  sources({ urn }: PolicyObject, property: string): readonly PolicyObject[] {
    const urns = urn === undefined ? [] : (this.links.get(urn)?.properties[property] ?? []);
    return urns.flatMap((source) => this.byUrn.get(source) ?? []);
  }

  /** The objects of one kind that are, or may be, in the same namespace of the same cluster. */
  neighbours(object: PolicyObject, wantedGroup: string, kind: string): readonly PolicyObject[] {
    const place = this.place(object);
    if (place === undefined) return this.kind(wantedGroup, kind);
    const near = this.byPlace(wantedGroup, kind);
    return [...(near.get(place) ?? []), ...(near.get(undefined) ?? [])];
  }

  /** The objects of one kind in a namespace of that name, in the same cluster as the object that asks. */
  inNamespace(
    asker: PolicyObject,
    name: string,
    [wantedGroup, kind]: readonly [string, string],
  ): readonly PolicyObject[] {
    return this.byPlace(wantedGroup, kind).get(`${cluster(asker)} ${name}`) ?? [];
  }

  private byPlace(wantedGroup: string, kind: string): ReadonlyMap<string | undefined, readonly PolicyObject[]> {
    const key = `${wantedGroup}/${kind}`;
    const found = this.places.get(key) ?? groupBy(this.kind(wantedGroup, kind), (object) => this.place(object));
    this.places.set(key, found);
    return found;
  }

  /** Cluster and namespace as one key; `undefined` when the namespace is not known. */
  place(object: PolicyObject): string | undefined {
    const namespace = this.namespace(object);
    return namespace === undefined ? undefined : `${cluster(object)} ${namespace}`;
  }

  /** Whether two objects are in the same namespace of the same cluster. */
  together(left: PolicyObject, right: PolicyObject): Maybe {
    if (cluster(left) !== cluster(right)) return false;
    const [here, there] = [this.namespace(left), this.namespace(right)];
    return here === undefined || there === undefined ? undefined : here === there;
  }

  /** The namespace's name; the URN of the Namespace that lends it while it has no name; `undefined` when not known. */
  namespace(object: PolicyObject): string | undefined {
    if (object.namespace !== undefined) return object.namespace;
    const field = object.props.at("metadata", "namespace");
    return field.isKnown ? defaultNamespace(object) : this.lentNamespace(object);
  }

  private lentNamespace(object: PolicyObject): string | undefined {
    const [namespace, ...others] = this.sources(object, "metadata").filter((source) => isKind(source, "", "Namespace"));
    if (namespace === undefined || others.length > 0) return undefined;
    const name = namespace.props.at("metadata", "name");
    return name.isKnown && name.isSet ? name.text : namespace.urn;
  }

  private cached(key: string, wanted: (object: PolicyObject) => boolean): readonly PolicyObject[] {
    const found = this.byKind.get(key) ?? this.objects.filter(wanted);
    this.byKind.set(key, found);
    return found;
  }
}

export function groupBy<Key>(
  objects: readonly PolicyObject[],
  keyOf: (object: PolicyObject) => Key,
): Map<Key, PolicyObject[]> {
  const groups = new Map<Key, PolicyObject[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  return groups;
}

/** Objects of different provider resources may live in different clusters. */
export const cluster = ({ provider }: PolicyObject): string => provider?.urn ?? "";

function defaultNamespace({ provider }: PolicyObject): string | undefined {
  const stated = provider?.props.at("namespace");
  if (stated === undefined) return "default";
  return stated.isKnown ? (stated.text ?? "default") : undefined;
}
