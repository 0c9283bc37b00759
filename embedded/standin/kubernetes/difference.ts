/** What an update would change: new inputs against those recorded last time, without what is ignored. */
import { compare, type Change, type Difference } from "../diff";
import { equal, isUnknown, type Properties } from "../values";
import { at, textAt, withField } from "./fields";
import { forceNew, replaces, type Mutability } from "./force-new";
import type { Kind } from "./kind";
import { isAutonamed } from "./naming";
import { covers, parsePath } from "./property-path";

export interface Asked {
  readonly kind: Kind;
  readonly olds: Properties;
  readonly oldInputs: Properties;
  readonly news: Properties;
  readonly ignoreChanges: readonly string[];
  readonly mutable: Mutability;
}

/** The difference, with delete-before-replace where the name leaves no room for two objects. */
export function differenceOf(asked: Asked): Difference {
  const { kind, olds, oldInputs, news, mutable } = asked;
  const forced = forceNew(kind, mutable, at(oldInputs, "immutable") === true);
  const [before, after] = sameNamespace(withLiveName(oldInputs, olds), news);
  const all = compare({ olds: before, news: after, replaces: (path) => replaces(forced, path) });
  return withOrder(asked, withoutIgnored(all, asked.ignoreChanges));
}

/** Adds one replacing change. */
export function replacing(asked: Asked, difference: Difference, path: string): Difference {
  return withOrder(asked, { ...difference.detailed, [path]: { kind: "update", replace: true } });
}

function withOrder({ olds, news }: Asked, detailed: Readonly<Record<string, Change>>): Difference {
  const replaced = Object.values(detailed).some((change) => change.replace);
  return { detailed, deleteBeforeReplace: replaced && !isAutonamed(news) && samePlace(olds, news) };
}

function withoutIgnored(all: Readonly<Record<string, Change>>, ignored: readonly string[]): Record<string, Change> {
  const patterns = ignored.map(parsePath);
  const kept = Object.entries(all).filter(([path]) => !patterns.some((pattern) => covers(pattern, parsePath(path))));
  return Object.fromEntries(kept);
}

const samePlace = (olds: Properties, news: Properties): boolean =>
  textAt(olds, "metadata", "name") === textAt(news, "metadata", "name") && namespaceOf(olds) === namespaceOf(news);

const namespaceOf = (object: Properties): string => textAt(object, "metadata", "namespace") || "default";

/** An absent namespace and `default` are the same place. */
function sameNamespace(before: Properties, after: Properties): readonly [Properties, Properties] {
  const path = ["metadata", "namespace"];
  if (namespaceOf(before) !== namespaceOf(after) || equal(at(before, ...path), at(after, ...path)))
    return [before, after];
  return [withField(before, path, "default"), withField(after, path, "default")];
}

/** Naming in the program what was named automatically is no change. */
function withLiveName(inputs: Properties, olds: Properties): Properties {
  const live = textAt(olds, "metadata", "name");
  return live === "" || isUnknown(inputs["metadata"]) ? inputs : withField(inputs, ["metadata", "name"], live);
}
