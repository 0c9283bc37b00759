/** Who manages which field of an object, as server-side apply records it. Pure. */
import { isProperties, type Properties, type Value } from "../values";
import { items, record, textAt } from "./fields";
import { matches, parsePath, replaceAt, valueAt, type Step } from "./property-path";

export const isManagedBy = (live: Properties, manager: string): boolean =>
  items(live, "metadata", "managedFields").some((entry) => entry["manager"] === manager);

/** Managers other than ours, for a message. */
export const managersOf = (live: Properties): readonly string[] => [
  ...new Set(items(live, "metadata", "managedFields").map((entry) => textAt(entry, "manager"))),
];

/**
 * The object to apply when some fields are ignored: a field that somebody else manages is left out, which leaves it to
 * them; one that only we manage keeps the live value. Either way an ignored field never changes.
 */
export function withIgnored(
  object: Properties,
  live: Properties,
  { ignored, manager }: { readonly ignored: readonly string[]; readonly manager: string },
): Properties {
  const paths = ignored.flatMap((pattern) => matches(object, parsePath(pattern)));
  const lastFirst = [...paths].reverse(); // leaving out an element must not move those still to come
  return lastFirst.reduce<Properties>((kept, path) => {
    const foreign = isManagedByOthers(live, path, manager);
    return replaceAt(kept, path, foreign ? undefined : valueAt(live, path)) as Properties;
  }, object);
}

/** Whether another manager holds the field at this path. */
export function isManagedByOthers(live: Properties, path: readonly Step[], manager: string): boolean {
  const others = items(live, "metadata", "managedFields").filter((entry) => entry["manager"] !== manager);
  return others.some((entry) => holds(record(entry, "fieldsV1"), live, path));
}

/** Walks a field set (`f:spec`, `k:{"name":"app"}`) along a path through the object it describes. */
function holds(fields: Properties, object: Value | undefined, [first, ...rest]: readonly Step[]): boolean {
  if (first === undefined) return true;
  const below = valueAt(object, [first]);
  const key = Array.isArray(object) ? elementKey(fields, below) : `f:${first}`;
  const inner = key === undefined ? undefined : fields[key];
  return isProperties(inner) && holds(inner, below, rest);
}

/** The key under which a list element is tracked. */
const elementKey = (fields: Properties, element: Value | undefined): string | undefined =>
  Object.keys(fields).find((key) => key.startsWith("k:") && hasKeys(element, key.slice(2)));

function hasKeys(element: Value | undefined, keys: string): boolean {
  const wanted = Object.entries(JSON.parse(keys) as Properties);
  return isProperties(element) && wanted.every(([name, value]) => element[name] === value);
}
