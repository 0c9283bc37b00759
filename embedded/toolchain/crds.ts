/**
 * Owns having custom resource definitions as data: the real ones out of operators' Go modules, kept in the cache, and
 * stand-ins for those that cannot be had. A module that cannot be had is reported, never fatal: its kinds are unchecked.
 */

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../graph/manifest";
import { cacheRoot, inspectEntry, publishEntry, entryLock, type EntryId } from "./cache";
import type { ToolContext } from "./context";
import { CRD_SOURCES, standInDefinition, type CrdModule, type CrdSet, type StandInKinds } from "./crd-sources";
import { messageOf } from "../errors";
import { withLock } from "../process/lock";
import { moduleFolder } from "./modules";

/** A definition, and whether an accepted object says anything about its fields. */
export interface Crd {
  readonly set: CrdSet;
  readonly schema: "real" | "stand-in";
  readonly manifest: Manifest;
}

export interface CrdsFound {
  readonly crds: readonly Crd[];
  /** Sets that cannot be had here, and why. */
  readonly missing: readonly { readonly set: CrdSet; readonly why: string }[];
}

/** The definitions of the named sets, sorted by name: cached, fetched, or stood in for. */
export async function findCrds(sets: readonly CrdSet[], context: ToolContext): Promise<CrdsFound> {
  const found = await Promise.all(sets.map((set) => findSet(set, context)));
  const crds = found.flatMap((one) => (typeof one === "string" ? [] : one));
  const missing = sets.flatMap((set, index) => {
    const why = found[index];
    return typeof why === "string" ? [{ set, why }] : [];
  });
  return { crds: [...crds].sort((a, b) => (a.manifest.metadata.name < b.manifest.metadata.name ? -1 : 1)), missing };
}

/** The definitions, or why they cannot be had. */
async function findSet(set: CrdSet, context: ToolContext): Promise<readonly Crd[] | string> {
  const { real, standIn } = CRD_SOURCES[set];
  const standIns = standIn === undefined ? [] : planStandIns(set, standIn);
  if (real === undefined) return standIns;
  const manifests = await realDefinitions(set, real, context);
  if (typeof manifests === "string") return manifests;
  return [...manifests.map((manifest): Crd => ({ set, schema: "real", manifest })), ...standIns];
}

const planStandIns = (set: CrdSet, table: StandInKinds): readonly Crd[] =>
  table.kinds.map((kind) => ({ set, schema: "stand-in", manifest: standInDefinition(table, kind) }));

async function realDefinitions(
  set: CrdSet,
  real: CrdModule,
  context: ToolContext,
): Promise<readonly Manifest[] | string> {
  const root = cacheRoot(context.env);
  const id: EntryId = { shelf: "crds", name: set, version: real.version };
  const kept = await readKept(root, id);
  if (kept !== undefined) return kept;
  try {
    return await withLock(
      entryLock(root, id),
      {},
      async () => (await readKept(root, id)) ?? fetchSet(root, id, real, context),
    );
  } catch (error) {
    return messageOf(error);
  }
}

/** JSON rather than YAML: these files hold megabytes, and a YAML parser takes seconds for them, at each start. */
const FILE = "definitions.json";

async function readKept(root: string, id: EntryId): Promise<readonly Manifest[] | undefined> {
  const entry = await inspectEntry(root, id);
  if (entry.state !== "sound") return undefined;
  return JSON.parse(await readFile(join(entry.folder, FILE), "utf8")) as Manifest[];
}

async function fetchSet(
  root: string,
  id: EntryId,
  real: CrdModule,
  context: ToolContext,
): Promise<readonly Manifest[]> {
  context.progress.note(`fetching the resource definitions of ${id.name} ${id.version}`);
  const folder = await moduleFolder(real, context);
  const manifests = await readDefinitions(real.paths.map((path) => join(folder, path)));
  if (manifests.length === 0)
    throw new Error(`${real.module}@${real.version} holds no definitions in ${real.paths.join(", ")}`);
  await publishEntry(root, id, async (staging) => {
    await writeFile(join(staging, FILE), JSON.stringify(manifests));
    return `from the Go module ${real.module}@${real.version}`;
  });
  return manifests;
}

async function readDefinitions(paths: readonly string[]): Promise<readonly Manifest[]> {
  const files = (await Promise.all(paths.map(yamlFiles))).flat();
  const manifests = (await Promise.all(files.map(readManifests))).flat();
  return manifests.filter(({ kind }) => kind === "CustomResourceDefinition");
}

async function yamlFiles(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Documents that are no objects (comments between separators) are left out. */
async function readManifests(path: string): Promise<readonly Manifest[]> {
  const documents = parseAllDocuments(await readFile(path, "utf8"));
  const values = documents.map((document): unknown => document.toJS());
  return values.filter((value): value is Manifest => typeof value === "object" && value !== null && "kind" in value);
}
