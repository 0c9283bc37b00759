/**
 * The engine's file backend keeps a file's content type and checksum beside it, as `NAME.attrs`. It replaces the file
 * itself whole but writes these in place, so an engine that is killed can leave an empty one, and every later run then
 * ends with `failed to load checkpoint: EOF`. A missing one is no fault to it: torn ones are removed.
 * @see https://pkg.go.dev/gocloud.dev/blob/fileblob
 */
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors";

function isTorn(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return false;
  } catch (error) {
    return codeOf(error) !== "ENOENT"; // gone since we listed it
  }
}

/** Removes attributes that cannot be read, anywhere in the backend's folder. */
export function removeTornAttributes(backend: string): void {
  if (!existsSync(backend)) return;
  const names = readdirSync(backend, { recursive: true, encoding: "utf8" });
  const attributes = names.filter((name) => name.endsWith(".attrs")).map((name) => join(backend, name));
  for (const path of attributes.filter(isTorn)) rmSync(path, { force: true });
}
