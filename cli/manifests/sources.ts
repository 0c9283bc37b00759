/**
 * The texts that `keelson check` is asked about: files, folders with all their manifests, stdin as `-`. Reads at most
 * 50 MB of each, whatever it is, so that an endless one ends too.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Problem } from "../../graph/problems";
import { diskProblem } from "../disk-errors";

export interface Source {
  /** As the user named it, or below the folder that the user named; `stdin` for `-`. */
  readonly name: string;
  readonly text: string;
}

export interface Gathered {
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
}

export const WANTED = "YAML or JSON manifests of Kubernetes";

/** Bytes. Larger manifests are refused by every API server, object by object, and would fill the memory here. */
export const LIMIT = 50_000_000;

const MANIFEST = /\.(ya?ml|json)$/i;

/** Everything that these words name, and what is wrong with any of them. */
export function gather(words: readonly string[], limit = LIMIT): Gathered {
  const all = words.map((word) => gatherOne(word, limit));
  return {
    sources: all.flatMap(({ sources }) => sources),
    problems: all.flatMap(({ problems }) => problems),
  };
}

const refused = (where: string, got: string, mend: string, want = WANTED): Gathered => ({
  sources: [],
  problems: [{ where, got, want, mend }],
});

function gatherOne(word: string, limit: number): Gathered {
  if (word === "-") return attempt("stdin", () => readSource("stdin", 0, limit));
  return attempt(word, () => (statSync(word).isDirectory() ? gatherFolder(word, limit) : readFile(word, limit)));
}

/** What the system refuses is a problem of that file; anything else is a fault of ours. */
function attempt(name: string, read: () => Gathered): Gathered {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return refused(name, "no such file", "name a file, a folder, or - for stdin");
    const problem = diskProblem(error);
    if (problem === undefined) throw error;
    return refused(name, problem.got, "make it readable, or name another file", "a file that can be read");
  }
}

function gatherFolder(folder: string, limit: number): Gathered {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && MANIFEST.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (names.length === 0)
    return refused(folder, "a folder without manifests", "name one that holds .yaml, .yml or .json files");
  return gather(names, limit);
}

function readFile(name: string, limit: number): Gathered {
  const file = openSync(name, "r");
  try {
    return readSource(name, file, limit);
  } finally {
    closeSync(file);
  }
}

function readSource(name: string, file: number, limit: number): Gathered {
  const bytes = readAtMost(file, limit);
  if (bytes === undefined)
    return refused(`${name}:1`, "more than 50 MB", "split it into smaller files", "at most 50 MB of manifests");
  try {
    return { sources: [{ name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }], problems: [] };
  } catch {
    return refused(`${name}:1`, "bytes that are no UTF-8", "save it as UTF-8, or name another file");
  }
}

const CHUNK = 1 << 20;

/** Undefined when there is more. A pipe that has nothing yet is waited for. */
function readAtMost(file: number, limit: number): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let size = 0; size <= limit;) {
    const part = Buffer.allocUnsafe(CHUNK);
    const got = readPart(file, part);
    if (got === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, got));
    size += got;
  }
  return undefined;
}

const clock = new Int32Array(new SharedArrayBuffer(4));

function readPart(file: number, part: Buffer): number {
  for (;;) {
    try {
      return readSync(file, part);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : "";
      if (code === "EOF") return 0; // a closed pipe, as Windows says it
      if (code !== "EAGAIN") throw error;
      Atomics.wait(clock, 0, 0, 10); // milliseconds
    }
  }
}
