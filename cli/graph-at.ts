/**
 * The graph that another revision of this repository compiles to: by its own code, from its own settings, in a folder of its
 * own that is removed afterwards. Nothing of the checkout changes. Uses the packages installed here.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GraphDocument } from "../graph/export/json";
import { InvalidInput } from "../graph/problems";

export interface Against {
  readonly checkout: string;
  readonly stack: string;
  /** A branch, tag or commit, or a file that `keelson graph --json` wrote. */
  readonly ref: string;
  readonly note: (line: string) => void;
}

/** @throws InvalidInput when there is no such file or revision, or the revision has no such graph. */
export function graphAt({ checkout, stack, ref, note }: Against): GraphDocument {
  if (existsSync(ref)) return parsed(readFileSync(ref, "utf8"), ref);
  const commit = revision(checkout, ref);
  const folder = mkdtempSync(join(tmpdir(), "keelson-graph-"));
  try {
    note(`compiling ${ref} (${commit.slice(0, 12)}) beside this checkout: about half a minute`);
    return compiledIn(unpack(checkout, commit, folder), stack, ref);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function revision(checkout: string, ref: string): string {
  const found = spawnSync("git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], {
    cwd: checkout,
    encoding: "utf8",
  });
  if (found.status === 0) return found.stdout.trim();
  throw refused(ref, "neither a file nor a revision of this repository", "git log --oneline lists revisions");
}

function unpack(checkout: string, commit: string, folder: string): string {
  const archive = execFileSync("git", ["archive", commit], { cwd: checkout, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function compiledIn(folder: string, stack: string, ref: string): GraphDocument {
  const command = [join(folder, "bin", "keelson"), "graph", "-s", stack, "--json"];
  const run = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
  if (run.status === 0) return parsed(run.stdout, ref);
  const said = (run.stderr ?? "").trim().split("\n").at(-1) ?? "";
  throw refused(ref, `a revision whose graph of ${stack} cannot be had: ${said}`, "choose a later revision");
}

function parsed(text: string, ref: string): GraphDocument {
  try {
    const document = JSON.parse(text) as GraphDocument;
    if (Array.isArray(document.nodes) && Array.isArray(document.edges)) return document;
  } catch {
    // told below, with what is wanted
  }
  throw refused(ref, "no graph", "write one with `keelson graph -s STACK --json > FILE`");
}

const refused = (ref: string, what: string, mend: string): InvalidInput =>
  new InvalidInput([
    { where: "--against", got: `${ref}: ${what}`, want: "a revision of this repository, or a file with a graph", mend },
  ]);
