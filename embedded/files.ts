/** Owns writing a file as a whole: who reads it meanwhile, or after a crash, sees the old one or the new one. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes beside the target and renames. For the owner's eyes only unless said otherwise, because it may hold a secret. */
export function writeWhole(path: string, text: string | Uint8Array, mode = 0o600): void {
  const draft = `${path}.${process.pid}.draft`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(draft, text, { mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
