/**
 * What a bucket held, kept as files beside the server, which holds it in memory: so that copies outlive a machine that is
 * restarted in the middle of a drill. The index is written last: what it names is there whole.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files";
import { type BucketAt, getObject, listObjects, putObject, serverOf } from "./s3";

const folderOf = ({ site, bucket }: BucketAt): string => join(site.dir, "s3-kept", bucket);

const fileOf = (folder: string, key: string): string =>
  join(folder, createHash("sha256").update(key).digest("hex").slice(0, 32));

/** Version of each kept object, by key. */
function indexOf(folder: string): Readonly<Record<string, string>> {
  const path = join(folder, "index.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, string>) : {};
}

/** Keeps what is there, and forgets what is there no longer. */
export async function keepBucket(at: BucketAt): Promise<void> {
  const folder = folderOf(at);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = indexOf(folder);
  const found = await listObjects(at.site, at.bucket);
  for (const { key, etag } of found)
    if (before[key] !== etag) writeWhole(fileOf(folder, key), await getObject(at.site, at.bucket, key));
  writeWhole(join(folder, "index.json"), JSON.stringify(Object.fromEntries(found.map(({ key, etag }) => [key, etag]))));
}

/** The server that has everything which was kept: a later one begins empty. */
const filledFile = (folder: string): string => join(folder, "filled.json");

const isFilled = (folder: string, server: string): boolean =>
  existsSync(filledFile(folder)) && readFileSync(filledFile(folder), "utf8") === server;

/** Puts back what was kept into a server that was started since. Says how many objects. */
export async function refillBucket(at: BucketAt): Promise<number> {
  const folder = folderOf(at);
  const server = JSON.stringify(serverOf(at.site));
  if (isFilled(folder, server)) return 0;
  const kept = Object.keys(indexOf(folder));
  for (const key of kept) await putObject(at.site, at.bucket, key, new Uint8Array(readFileSync(fileOf(folder, key))));
  writeWhole(filledFile(folder), server);
  return kept.length;
}
