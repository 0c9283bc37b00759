/**
 * Owns the cache of finished tools: `<root>/tools/<name>/<version>-<platform>/`, each with a manifest of its files. An
 * entry appears whole, by one rename, or not at all. Refuses an entry whose files are not those of its manifest.
 */

import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { codeOf } from "../errors";
import { cacheFailure } from "./errors";
import { isAlive, self } from "../process/identity";

/** What identifies an entry. */
export interface EntryId {
  /** `tools` or `crds`. */
  readonly shelf: "tools" | "crds";
  readonly name: string;
  readonly version: string;
}

interface FileRecord {
  /** Relative to the entry. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

export interface EntryManifest {
  readonly name: string;
  readonly version: string;
  /** How it was made, such as `built with go1.26.8`. */
  readonly from: string;
  readonly files: readonly FileRecord[];
}

/** What was found at an entry's place. */
export type EntryState =
  | { readonly state: "absent" }
  | { readonly state: "sound"; readonly folder: string; readonly from: string }
  | { readonly state: "damaged"; readonly folder: string; readonly why: string };

const MANIFEST = "manifest.json";

/** `KEELSON_CACHE`, or `~/.cache/keelson`. */
export const cacheRoot = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env["KEELSON_CACHE"] || join(env["HOME"] || homedir(), ".cache", "keelson"));

export const entryFolder = (root: string, { shelf, name, version }: EntryId): string =>
  join(root, shelf, name, shelf === "tools" ? `${version}-${process.platform}-${process.arch}` : version);

export const entryLock = (root: string, { shelf, name, version }: EntryId): string =>
  join(root, "locks", `${shelf}-${name}-${version}`);

/**
 * Whether the entry is what was put there. Sizes and times are compared each time; the contents are read again when a
 * time differs, and always when `thorough`.
 */
export async function inspectEntry(root: string, id: EntryId, thorough = false): Promise<EntryState> {
  const folder = entryFolder(root, id);
  const manifest = await readManifest(folder);
  if (manifest === "absent") return { state: "absent" };
  if (typeof manifest === "string") return { state: "damaged", folder, why: manifest };
  for (const file of manifest.files) {
    const why = await faultOf(folder, file, thorough);
    if (why !== undefined) return { state: "damaged", folder, why };
  }
  return { state: "sound", folder, from: manifest.from };
}

async function readManifest(folder: string): Promise<EntryManifest | "absent" | "no manifest" | "unreadable manifest"> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as EntryManifest;
    return Array.isArray(manifest.files) && manifest.files.length > 0 ? manifest : "unreadable manifest";
  } catch (error) {
    if (error instanceof SyntaxError) return "unreadable manifest";
    const there = await stat(folder).catch(() => undefined);
    return there === undefined ? "absent" : "no manifest";
  }
}

async function faultOf(folder: string, file: FileRecord, thorough: boolean): Promise<string | undefined> {
  const path = join(folder, file.path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return `${file.path} is missing`;
  if (found.size !== file.bytes) return `${file.path} has ${found.size} bytes instead of ${file.bytes}`;
  if (!thorough && found.mtimeMs === file.mtimeMs) return undefined;
  return (await digest(path)) === file.sha256 ? undefined : `${file.path} has other contents than when it was made`;
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/**
 * Fills an entry beside its place and renames it there. `fill` gets the empty folder and says how the files came about;
 * what it leaves there is the entry. The caller holds the entry's lock.
 */
export async function publishEntry(root: string, id: EntryId, fill: Fill): Promise<string> {
  await prepareRoot(root);
  const staging = join(root, "tmp", stagingName(id));
  try {
    await mkdir(staging);
    const from = await fill(staging);
    await writeManifest(staging, { name: id.name, version: id.version, from, files: await record(staging) });
    return await moveIn(staging, entryFolder(root, id));
  } catch (error) {
    throw cacheFailure(root, error);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

export type Fill = (folder: string) => Promise<string>;

const stagingName = ({ shelf, name, version }: EntryId): string => {
  const { pid, startTicks } = self();
  return `${pid}-${startTicks}-${shelf}-${name}-${version}-${randomBytes(3).toString("hex")}`;
};

/** Creates the root, proves that it can be written to, and clears what dead processes left. */
export async function prepareRoot(root: string): Promise<void> {
  try {
    await mkdir(join(root, "tmp"), { recursive: true });
    const probe = join(root, "tmp", `${process.pid}-0-probe-${randomBytes(3).toString("hex")}`);
    await writeFile(probe, "written to see whether it can be\n");
    await rm(probe);
    await clearLeftovers(join(root, "tmp"));
  } catch (error) {
    throw cacheFailure(root, error);
  }
}

async function clearLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [pid, startTicks] = name.split("-").map(Number);
    if (pid === undefined || startTicks === undefined || isAlive({ pid, startTicks })) continue;
    if (startTicks !== 0) await removeTree(join(folder, name));
  }
}

/** A build whose parent was killed may still be writing into its folder for a moment: what stays goes the next time. */
const removeTree = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);

async function record(folder: string): Promise<readonly FileRecord[]> {
  const listed = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = listed.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.sort().map((path) => recordFile(folder, path)));
}

async function recordFile(folder: string, path: string): Promise<FileRecord> {
  await flush(path);
  const { size, mtimeMs } = await stat(path);
  return { path: path.slice(folder.length + 1), bytes: size, mtimeMs, sha256: await digest(path) };
}

/** To the disk before the rename: after a power cut there must be no entry with holes. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

async function writeManifest(folder: string, manifest: EntryManifest): Promise<void> {
  const path = join(folder, MANIFEST);
  await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await flush(path);
}

async function moveIn(staging: string, place: string): Promise<string> {
  await mkdir(dirname(place), { recursive: true });
  await rm(place, { recursive: true, force: true });
  await rename(staging, place);
  return place;
}

/** Free bytes for us on the file system of `path`, or of its nearest existing parent. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if ((codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") && dirname(path) !== path)
      return freeBytes(dirname(path));
    throw error;
  }
}
