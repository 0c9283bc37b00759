/**
 * From texts to manifests, read as `kubectl` reads them: documents parted at lines that begin with `---`, YAML 1.1 (where
 * `yes` is true), lists taken apart. Each manifest knows its place. All that makes a text unusable is told at once.
 */
import { type Problem } from "../../graph/problems";
import { type Chunk, chunksOf, type Keys } from "./chunk";
import { Place } from "./place";
import { type Source, WANTED } from "./sources";
import { oversized } from "./size";

export interface Manifest {
  readonly value: unknown;
  readonly place: Place;
}

export interface Parsed {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

export function parseManifests(sources: readonly Source[]): Parsed {
  const all = sources.map(parseSource);
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    problems: all.flatMap(({ problems }) => problems),
  };
}

const refused = (where: string, got: string, mend: string, want = WANTED): Parsed => ({
  manifests: [],
  problems: [{ where, got, want, mend }],
});

function parseSource({ name, text }: Source): Parsed {
  const chunks = chunksOf(name, text);
  if (chunks.length === 0) return refused(`${name}:1`, "nothing", "name another file");
  const all = chunks.map(parseChunk);
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    problems: all.flatMap(({ problems }) => problems),
  };
}

function parseChunk(chunk: Chunk): Parsed {
  const { file } = chunk;
  const read = chunk.read();
  if ("error" in read)
    return refused(`${file}:${read.error.line}`, read.error.message, "correct the line", "YAML or JSON");
  const excess = oversized(read.value);
  if (excess !== undefined) return refused(`${file}:${chunk.aliasLine}`, excess, "write it out, or name another file");
  return objectsIn(read.value, chunk, []);
}

/** The objects of one document; a list inside a list is taken apart too. */
function objectsIn(value: unknown, chunk: Chunk, keys: Keys): Parsed {
  const items = itemsOf(value);
  if (items === undefined) return objectAt(value, chunk, keys);
  const at: Keys = Array.isArray(value) ? keys : [...keys, "items"];
  const all = items.map((item, index) => objectsIn(item, chunk, [...at, index]));
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    problems: all.flatMap(({ problems }) => problems),
  };
}

interface Head {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly items?: unknown;
}

/** Something that is no Kubernetes object would otherwise count as an object nobody has a rule for. */
function objectAt(value: unknown, chunk: Chunk, keys: Keys): Parsed {
  const { apiVersion, kind } = Object(value) as Head;
  const missing = [
    ...(typeof apiVersion === "string" && apiVersion !== "" ? [] : ["apiVersion"]),
    ...(typeof kind === "string" && kind !== "" ? [] : ["kind"]),
  ];
  if (missing.length === 0) return { manifests: [{ value, place: new Place(chunk, keys) }], problems: [] };
  const where = `${chunk.file}:${chunk.lineOf(keys)}`;
  return refused(where, `no ${missing.join(" and no ")}`, "take it out, or name another file");
}

/** The items of a `List`, of a list of one kind (whose items may go without kind), or of a bare sequence. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const { apiVersion, kind, items } = Object(value) as Head;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  const single = kind.slice(0, -"List".length);
  if (single === "") return items;
  return items.map((item: unknown): unknown => (isNameless(item) ? { apiVersion, kind: single, ...item } : item));
}

const isNameless = (item: unknown): item is object =>
  typeof item === "object" && item !== null && !Array.isArray(item) && !("kind" in item);
