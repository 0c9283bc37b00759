/** The difference between old and new inputs, property by property, and which of it forces a replacement. */
import { equal, isProperties, isSecret, isUnknown, reveal, type Properties, type Value } from "./values";

export interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly replace: boolean;
}

export interface Difference {
  /** By property path, such as `tags["team"]` or `settings.rules[0].port`. Empty: nothing changes. */
  readonly detailed: Readonly<Record<string, Change>>;
  /** Outputs an update leaves as they are, so that dependents need not wait to know them. */
  readonly stables?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

export interface Comparison {
  readonly olds: Properties;
  readonly news: Properties;
  /** Property paths left alone. */
  readonly ignore?: readonly string[];
  /** Whether a change at this path (its first element is the top-level property) needs a new object. */
  readonly replaces: (path: readonly (string | number)[]) => boolean;
}

type Path = readonly (string | number)[];
type Report = (path: Path, kind: Change["kind"]) => void;

/** Compares recursively; a value not known yet counts as changed. */
export function compare({ olds, news, ignore = [], replaces }: Comparison): Readonly<Record<string, Change>> {
  const detailed: Record<string, Change> = {};
  walk([], olds, news, (path, kind) => {
    const written = display(path);
    if (!ignore.some((ignored) => covers(ignored, written))) detailed[written] = { kind, replace: replaces(path) };
  });
  return detailed;
}

/** Top-level names of the properties that changed. */
export const changedProperties = (detailed: Difference["detailed"]): readonly string[] => [
  ...new Set(Object.keys(detailed).map((path) => path.split(/[.[]/)[0] ?? path)),
];

function walk(path: Path, old: Value | undefined, now: Value | undefined, report: Report): void {
  if (equal(old, now)) return;
  if (old === undefined) return report(path, "add");
  if (now === undefined) return report(path, "delete");
  if (isUnknown(now) || isSecret(old) !== isSecret(now)) return report(path, "update");
  const [before, after] = [reveal(old), reveal(now)];
  const both = childNames(before, after);
  if (both === undefined) return report(path, "update");
  for (const name of both) walk([...path, name], child(before, name), child(after, name), report);
}

function childNames(a: Value, b: Value): readonly (string | number)[] | undefined {
  if (Array.isArray(a) && Array.isArray(b)) return [...Array(Math.max(a.length, b.length)).keys()];
  if (isProperties(a) && isProperties(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return undefined;
}

function child(of: Value, name: string | number): Value | undefined {
  if (Array.isArray(of)) return of[Number(name)] as Value | undefined;
  return isProperties(of) ? of[String(name)] : undefined;
}

const display = (path: Path): string =>
  path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    if (!/^\w+$/.test(step)) return `${written}["${step}"]`;
    return written === "" ? step : `${written}.${step}`;
  }, "");

const covers = (ignored: string, path: string): boolean =>
  path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
