/**
 * What a run would do to what exists, in the words that decide whether somebody must be asked: in place, rolling,
 * replaced, lost; and the one property at the root of a replacement. Pure.
 */
import { lossOf, rolls } from "./impact-table";
import { nameOf, typeOf } from "./state";
import { type Touched, topOf } from "./touched";

export type ImpactKind =
  | "no-op"
  | "create"
  | "in place"
  | "rolling"
  | "replace"
  | "replace because a value is unknown"
  | "replace with data loss"
  | "delete"
  | "delete with data loss";

/** Where a replacement or a deletion comes from. */
export interface Root {
  readonly urn: string;
  /** Path of the property; `(deletion)` for what is no longer in the program, `(request)` for what somebody asked for. */
  readonly property: string;
  /** A value that is not known before `up` may turn out to be the old one. */
  readonly cause: "changed" | "unknown";
}

export interface Impact {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly kind: ImpactKind;
  /** Of replacements and deletions. */
  readonly root?: Root;
  /** What is lost, where something is. */
  readonly loses?: string;
  /** What the cloud calls the object that is lost. */
  readonly id?: string;
}

export const DELETION = "(deletion)";
export const REQUEST = "(request)";

type ByUrn = ReadonlyMap<string, Touched>;

/** What the property was computed from that is itself about to change; a replaced source before any other. */
function movingSource(of: Touched, property: string, all: ByUrn): Touched | undefined {
  const sources = (of.sources[topOf(property)] ?? []).flatMap((urn) => all.get(urn) ?? []);
  const moving = sources.filter(({ op }) => op !== "same");
  return moving.find(({ op }) => op === "replace") ?? moving[0];
}

/** Replaced for the sake of something else, such as its cluster: then no property of its own says why. */
function replacedSource(of: Touched, all: ByUrn): Touched | undefined {
  const sources = [...Object.values(of.sources).flat(), of.provider].flatMap((urn) => all.get(urn) ?? []);
  return sources.find(({ op }) => op === "replace");
}

const alreadySeen = (of: Touched, seen: readonly string[]): boolean => seen.includes(of.urn);

/** One that changed decides whatever the unknown ones turn out to be. */
const first = (paths: readonly string[], { unknown }: Touched): string | undefined =>
  paths.find((path) => !unknown.includes(path)) ?? paths[0];

/** The first replacing property that changed or else is unknown, followed to where its value comes from. */
function rootOf(of: Touched, all: ByUrn, seen: readonly string[] = []): Root {
  const property = first(of.replacing, of) ?? first(of.changed, of);
  if (property === undefined) {
    const source = replacedSource(of, all);
    if (source === undefined || alreadySeen(source, seen)) return { urn: of.urn, property: REQUEST, cause: "changed" };
    return rootOf(source, all, [...seen, of.urn]);
  }
  if (!of.unknown.includes(property)) return { urn: of.urn, property, cause: "changed" };
  const source = movingSource(of, property, all);
  if (source === undefined || alreadySeen(source, seen) || source.op === "create")
    return { urn: of.urn, property, cause: "unknown" };
  const root = rootOf(source, all, [...seen, of.urn]);
  return source.op === "replace" ? root : { ...root, cause: "unknown" };
}

/** What holds data by its type, or because the program protects or retains it. */
const lossWith = ({ type, protect, retain, isEmpty }: Touched): string | undefined =>
  (isEmpty ? undefined : lossOf(type)) ?? (protect || retain ? "what it holds: the program protects it" : undefined);

/** Components hold nothing themselves, and a provider is settings. */
const isShell = (urn: string): boolean => /^(keelson|pulumi):/.test(typeOf(urn));

function gone(of: Touched, kind: "replace" | "delete", root: Root): Impact {
  const { urn, type, id } = of;
  const base = { urn, type, name: nameOf(urn), root };
  const loses = isShell(urn) ? undefined : lossWith(of);
  if (loses !== undefined) return { ...base, kind: `${kind} with data loss`, loses, id };
  return {
    ...base,
    kind: kind === "replace" && root.cause === "unknown" ? "replace because a value is unknown" : kind,
  };
}

function impactOf(of: Touched, all: ByUrn): Impact {
  const { urn, type, op, changed } = of;
  const base = { urn, type, name: nameOf(urn) };
  if (op === "delete") return gone(of, "delete", { urn, property: DELETION, cause: "changed" });
  if (op === "replace") return gone(of, "replace", rootOf(of, all));
  if (op === "create") return { ...base, kind: "create" };
  if (op !== "update") return { ...base, kind: "no-op" };
  return { ...base, kind: changed.some((path) => rolls(type, path)) ? "rolling" : "in place" };
}

/** One impact for each resource, in the order given. */
export function impacts(all: readonly Touched[]): readonly Impact[] {
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  return all.map((each) => impactOf(each, byUrn));
}

/** Whether data would be lost. */
export const isLoss = ({ loses }: Impact): boolean => loses !== undefined;

/** Impacts on what exists already. */
export const onExisting = (all: readonly Impact[]): readonly Impact[] =>
  all.filter(({ kind }) => kind !== "no-op" && kind !== "create");
