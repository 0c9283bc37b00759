/**
 * Who selects whom, without comparing everything with everything: selectors are found by one of their labels, pods by each of
 * theirs. What has no label to be found by, or one that is not known, is always a candidate.
 */
import { perStack, push } from "../joins";
import { any, maybe, type Maybe } from "../logic";
import type { PolicyObject } from "../object";
import { cluster, type Stack } from "../stack";
import { Field } from "../value";
import { makesPods, podsOf } from "./pods";
import { selects } from "./selectors";

export interface Pod {
  readonly owner: PolicyObject;
  /** `metadata` and `spec`. */
  readonly template: Field;
  readonly labels: Field;
}

/** Things of one namespace by their labels. */
interface Shelf<T> {
  readonly all: T[];
  readonly byPair: Map<string, T[]>;
  /** Found by no label. */
  readonly loose: T[];
}

type Shelves<T> = ReadonlyMap<string | undefined, Shelf<T>>;

const NONE: Shelf<never> = { all: [], byPair: new Map(), loose: [] };

const pairs = (labels: Field): readonly string[] =>
  (maybe(() => labels.entries) ?? []).flatMap(([key, value]) => (value.isKnown ? `${key}=${value.text}` : []));

/** The labels that decide whether two things may meet; `undefined` when they cannot be told. */
const keysOf = (labels: Field): readonly string[] | undefined =>
  maybe(() => (labels.entries.every(([, value]) => value.isKnown) ? true : undefined)) === true
    ? pairs(labels)
    : undefined;

function shelve<T>(
  things: readonly T[],
  placeOf: (thing: T) => string | undefined,
  keys: (thing: T) => readonly string[],
) {
  const shelves = new Map<string | undefined, Shelf<T>>();
  for (const thing of things) {
    const place = placeOf(thing);
    const shelf = shelves.get(place) ?? { all: [], byPair: new Map<string, T[]>(), loose: [] };
    shelves.set(place, shelf);
    shelf.all.push(thing);
    const found = keys(thing);
    if (found.length === 0) shelf.loose.push(thing);
    for (const key of found) push(shelf.byPair, key, thing);
  }
  return shelves;
}

/** Every pod template of the stack. */
export const allPods = perStack((stack): readonly Pod[] =>
  stack.objects
    .filter(makesPods)
    .flatMap((owner) =>
      podsOf(owner).map((template) => ({ owner, template, labels: template.at("metadata", "labels") })),
    ),
);

const podShelves = perStack((stack): Shelves<Pod> =>
  shelve(
    allPods(stack),
    ({ owner }) => stack.place(owner),
    ({ labels }) => keysOf(labels) ?? [],
  ),
);

/** The first label that a selector wants, where it is known. */
const firstPair = (selector: Field): readonly string[] => {
  const wanted = selector.isKnown ? selector.at("matchLabels") : selector;
  return pairs(wanted).slice(0, 1);
};

function candidates<T>(shelf: Shelf<T>, keys: readonly string[] | undefined): readonly T[] {
  if (keys === undefined) return shelf.all;
  return [...new Set([...keys.flatMap((key) => shelf.byPair.get(key) ?? []), ...shelf.loose])];
}

/** Pods of a namespace that a selector selects, or may select. */
export function selectedPods(selector: Field, place: string | undefined, stack: Stack): readonly Pod[] {
  const shelves = podShelves(stack);
  const near =
    place === undefined ? [...shelves.values()] : [shelves.get(place) ?? NONE, shelves.get(undefined) ?? NONE];
  const pair = firstPair(selector);
  return near
    .flatMap((shelf) => candidates(shelf, pair.length === 0 ? undefined : pair))
    .filter(({ labels }) => selects(selector, labels) !== false);
}

/** Whether a selector of this object selects any pod of its namespace. */
export const selectsSome = (object: PolicyObject, selector: Field, stack: Stack): Maybe =>
  any(
    selectedPods(selector, stack.place(object), stack).map(
      ({ owner, labels }) =>
        () =>
          stack.together(owner, object) === true ? selects(selector, labels) : undefined,
    ),
  );

export interface SelectingKind {
  readonly group: string;
  readonly kind: string;
  readonly selector: (object: PolicyObject) => Field;
}

const selectorShelves = perStack(() => new Map<string, Shelves<PolicyObject>>());

function shelvesOf(stack: Stack, { group, kind, selector }: SelectingKind): Shelves<PolicyObject> {
  const known = selectorShelves(stack);
  const found =
    known.get(`${group}/${kind}`) ??
    shelve(
      stack.kind(group, kind),
      (object) => stack.place(object),
      (object) => firstPair(selector(object)),
    );
  known.set(`${group}/${kind}`, found);
  return found;
}

/** The objects of a kind, near a workload, that select its pods or may select them. */
export function selectorsOf(
  owner: PolicyObject,
  labels: Field,
  stack: Stack,
  wanted: SelectingKind,
): readonly PolicyObject[] {
  const shelves = shelvesOf(stack, wanted);
  const place = stack.place(owner);
  const near =
    place === undefined ? [...shelves.values()] : [shelves.get(place) ?? NONE, shelves.get(undefined) ?? NONE];
  return near
    .flatMap((shelf) => candidates(shelf, keysOf(labels)))
    .filter((object) => cluster(object) === cluster(owner))
    .filter((object) => selects(wanted.selector(object), labels) !== false);
}

/** Each pod of a StatefulSet gets its own name as a label, from the controller. */
const OWN_NAME = "statefulset.kubernetes.io/pod-name";

/** A Service's selector is a plain map. */
export const serviceSelector = ({ props }: PolicyObject): Field => {
  const stated = props.at("spec", "selector");
  const labels = maybe(() => stated.entries.filter(([key]) => key !== OWN_NAME));
  return new Field({ matchLabels: labels === undefined ? stated : Object.fromEntries(labels) }, props.at("spec"));
};
