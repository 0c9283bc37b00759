/**
 * Joins over the whole stack, each by an index that is built once: judging stays linear in the number of objects. What one
 * resource says of another stands in a property, as a dependency on its URN or as its known name.
 */
import type { PolicyObject } from "./object";
import { groupBy, type Stack } from "./stack";
import type { Field } from "./value";

/** Something about a whole stack, computed at most once for each. */
export function perStack<T>(compute: (stack: Stack) => T): (stack: Stack) => T {
  const known = new WeakMap<Stack, { readonly value: T }>();
  return (stack) => {
    const found = known.get(stack) ?? { value: compute(stack) };
    known.set(stack, found);
    return found.value;
  };
}

export interface Companions {
  readonly found: readonly PolicyObject[];
  /** Whether one more may turn out to name it: its property is not known and was computed from nothing we have seen. */
  readonly open: boolean;
}

export interface Naming {
  /** Types of the resources that name it. */
  readonly types: readonly string[];
  /** Their property that does. */
  readonly property: string;
  /** Fields of the named resource that may stand there as text. */
  readonly names: readonly Field[];
}

interface Index {
  readonly byKey: ReadonlyMap<string, readonly PolicyObject[]>;
  readonly open: boolean;
}

const indexes = perStack(() => new Map<string, Index>());

/** The resources that name this one in a property. */
export function companions(owner: PolicyObject, stack: Stack, { types, property, names }: Naming): Companions {
  const texts = names.flatMap((name) => (name.isKnown ? (name.text ?? []) : []));
  const keys = [...(owner.urn === undefined ? [] : [owner.urn]), ...texts];
  const all = types.map((type) => indexOf(stack, type, property));
  const found = all.flatMap(({ byKey }) => keys.flatMap((key) => byKey.get(key) ?? []));
  return { found: [...new Set(found)], open: all.some(({ open }) => open) };
}

function indexOf(stack: Stack, type: string, property: string): Index {
  const known = indexes(stack);
  const found = known.get(`${type} ${property}`) ?? buildIndex(stack, type, property);
  known.set(`${type} ${property}`, found);
  return found;
}

function buildIndex(stack: Stack, type: string, property: string): Index {
  const byKey = new Map<string, PolicyObject[]>();
  let open = false;
  for (const object of stack.type(type)) {
    const keys = keysOf(object, stack, property);
    open ||= keys.length === 0 && !object.props.at(property).isKnown;
    for (const key of keys) push(byKey, key, object);
  }
  return { byKey, open };
}

/** Adds to a group, and makes the group when it is the first. */
export function push<T>(groups: Map<string, T[]>, key: string, member: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [member]);
  else group.push(member);
}

function keysOf(object: PolicyObject, stack: Stack, property: string): readonly string[] {
  const field = object.props.at(property);
  const text = field.isKnown ? field.text : undefined;
  const urns = stack.sources(object, property).flatMap(({ urn }) => urn ?? []);
  return text === undefined ? urns : [...urns, text];
}

/** The first object of some types that a property was computed from, or that carries the name which stands there. */
export function named(
  object: PolicyObject,
  stack: Stack,
  property: string,
  types: readonly string[],
): readonly PolicyObject[] {
  const sources = stack.sources(object, property).filter(({ type }) => types.includes(type));
  const field = object.props.at(property);
  if (!field.isKnown || field.text === undefined) return sources;
  return [...new Set([...sources, ...types.flatMap((type) => nameIndex(stack, type).get(field.text ?? "") ?? [])])];
}

const nameIndexes = perStack(() => new Map<string, ReadonlyMap<string, readonly PolicyObject[]>>());

function nameIndex(stack: Stack, type: string): ReadonlyMap<string, readonly PolicyObject[]> {
  const known = nameIndexes(stack);
  const found = known.get(type) ?? groupBy(stack.type(type), ownName);
  known.set(type, found);
  return found;
}

/** How AWS and Azure resources state their own names. */
const NAMES = [
  "name",
  "bucket",
  "identifier",
  "clusterIdentifier",
  "groupName",
  "accountName",
  "serverName",
  "resourceName",
] as const;

const ownName = ({ props }: PolicyObject): string =>
  NAMES.map((key) => props.at(key)).flatMap((field) => (field.isKnown ? (field.text ?? []) : []))[0] ?? "";
