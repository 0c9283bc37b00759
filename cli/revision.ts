/**
 * Another revision of this repository, unpacked and compiled beside the checkout, in a folder of its own that is removed
 * afterwards. Nothing of the checkout changes. Uses the packages installed here.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidInput } from "../graph/problems";

export interface Wanted {
  readonly checkout: string;
  /** A branch, tag or commit. */
  readonly ref: string;
  readonly note: (line: string) => void;
}

export const refusedRevision = (ref: string, what: string, mend: string): InvalidInput =>
  new InvalidInput([
    { where: "--against", got: `${ref}: ${what}`, want: "a revision of this repository, or a file with a graph", mend },
  ]);

/** The commit that a name stands for. @throws InvalidInput when it stands for none. */
export function commitOf(checkout: string, ref: string): string {
  const found = spawnSync("git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], {
    cwd: checkout,
    encoding: "utf8",
  });
  if (found.status === 0) return found.stdout.trim();
  throw refusedRevision(ref, "neither a file nor a revision of this repository", "git log --oneline lists revisions");
}

/** A file as it was; undefined where there was none. */
export function fileAt(checkout: string, ref: string, path: string): string | undefined {
  const found = spawnSync("git", ["show", `${commitOf(checkout, ref)}:${path}`], { cwd: checkout, encoding: "utf8" });
  return found.status === 0 ? found.stdout : undefined;
}

/** What a verb of that revision prints, run by that revision's own code; what it said where it failed. */
export type Ask = (verb: readonly string[]) => { readonly out: string } | { readonly failed: string };

const ask =
  (folder: string): Ask =>
  (verb) => {
    const command = [join(folder, "bin", "keelson"), ...verb];
    const run = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30 });
    const refused = run.status !== 0 && !(run.status === 3 && run.stdout !== ""); // 3: violations, told in full
    return refused ? { failed: (run.stderr ?? "").trim().split("\n").at(-1) ?? "" } : { out: run.stdout };
  };

/** Runs `work` with the revision at hand. @throws InvalidInput when there is no such revision. */
export function atRevision<T>({ checkout, ref, note }: Wanted, work: (asked: Ask) => T): T {
  const commit = commitOf(checkout, ref);
  const folder = mkdtempSync(join(tmpdir(), "keelson-revision-"));
  try {
    note(`compiling ${ref} (${commit.slice(0, 12)}) beside this checkout: about half a minute`);
    const archive = execFileSync("git", ["archive", commit], { cwd: checkout, maxBuffer: 2 ** 30 });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
    return work(ask(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
