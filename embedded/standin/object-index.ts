/** Finds objects of the cloud's state by type, by URN and by any of their names without looking at all of them. */
import type { CloudObject, CloudState } from "./store";
import type { Value } from "./values";

type Keys = Set<string>;

const indices = new WeakMap<CloudState, ObjectIndex>();

export class ObjectIndex {
  private readonly types = new Map<string, Keys>();
  private readonly urns = new Map<string, Keys>();
  private readonly names = new Map<string, Keys>();

  /** The index of a state, made once and kept while the state is. */
  static of(state: CloudState): ObjectIndex {
    const index = indices.get(state) ?? new ObjectIndex(state);
    indices.set(state, index);
    return index;
  }

  private constructor(private readonly state: CloudState) {
    for (const [key, object] of state.objects) this.enter(key, object);
  }

  get(key: string): CloudObject | undefined {
    return this.state.objects.get(key);
  }

  ofType(type: string): readonly CloudObject[] {
    return this.all(this.types.get(type));
  }

  ofUrn(urn: string): readonly CloudObject[] {
    return this.all(this.urns.get(urn));
  }

  find(type: string, handle: Value | undefined): readonly CloudObject[] {
    return typeof handle === "string" ? this.all(this.names.get(`${type} ${handle}`)) : [];
  }

  put(key: string, object: CloudObject): void {
    this.drop(key);
    this.state.objects.set(key, object);
    this.enter(key, object);
  }

  drop(key: string): void {
    const object = this.state.objects.get(key);
    if (object === undefined) return;
    this.state.objects.delete(key);
    for (const [map, name] of this.entries(object)) map.get(name)?.delete(key);
  }

  private all(keys: Keys | undefined): readonly CloudObject[] {
    return [...(keys ?? [])].flatMap((key) => this.state.objects.get(key) ?? []);
  }

  private enter(key: string, object: CloudObject): void {
    for (const [map, name] of this.entries(object)) map.set(name, (map.get(name) ?? new Set()).add(key));
  }

  private entries(object: CloudObject): readonly (readonly [Map<string, Keys>, string])[] {
    const { type, urn, handles, lends } = object;
    const lent = Object.entries(lends).flatMap(([of, ids]) => ids.map((id) => `${of} ${id}`));
    const names = [...handles.map((handle) => `${type} ${handle}`), ...lent];
    return [[this.types, type], [this.urns, urn], ...names.map((name) => [this.names, name] as const)];
  }
}
