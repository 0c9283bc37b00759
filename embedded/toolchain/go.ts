/**
 * Owns the Go compiler: whether there is one that will do, where its caches lie, and what its failures mean. Refuses to
 * take settings that would change what is built: the module folder alone decides that.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ToolContext } from "./context";
import { codeOf } from "../errors";
import { ToolchainError } from "./errors";
import { lastLines, run, type Outcome, type RunOptions } from "./run";
import { compareVersions, parseVersion, showVersion } from "./versions";

export interface Go {
  readonly version: string;
  /** Where compiled packages are kept. */
  readonly buildCache: string;
  /** Where downloaded modules are kept. */
  readonly moduleCache: string;
  /** False when GOTOOLCHAIN forbids fetching a newer compiler by itself. */
  readonly fetchesNewer: boolean;
}

const INSTALL = "install Go from https://go.dev/dl or your distribution, and put it on PATH";

/** The environment Go runs in: the user's, without what would change the build. */
export const goEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOWORK: "off",
  GO111MODULE: "on",
});

/** The Go on PATH; undefined when there is none. */
export async function findGo({ env }: ToolContext): Promise<Go | undefined> {
  const outcome = await goOutcome(["env", "GOVERSION", "GOCACHE", "GOMODCACHE", "GOTOOLCHAIN"], { env });
  if (outcome === undefined || outcome.code !== 0) return undefined;
  const [version = "", buildCache = "", moduleCache = "", toolchain = ""] = outcome.stdout.split("\n");
  return { version: version.replace(/^go/, ""), buildCache, moduleCache, fetchesNewer: toolchain !== "local" };
}

/** A Go that can build the module in `folder`. @throws ToolchainError when there is none or it is too old. */
export async function requireGo(folder: string, context: ToolContext): Promise<Go> {
  const go = await findGo(context);
  const wanted = await goWanted(folder);
  if (go === undefined)
    throw new ToolchainError({ where: "go", got: "no Go on PATH", want: `Go ${wanted} or newer`, mend: INSTALL });
  if (isOlder(go.version, wanted) && !go.fetchesNewer) throw tooOld(go.version, wanted);
  return go;
}

const tooOld = (got: string, wanted: string): ToolchainError =>
  new ToolchainError({
    where: "go",
    got: `Go ${got}, which GOTOOLCHAIN=local keeps from fetching a newer one`,
    want: `Go ${wanted} or newer`,
    mend: `${INSTALL}; or run: go env -w GOTOOLCHAIN=auto`,
  });

function isOlder(found: string, wanted: string): boolean {
  const [a, b] = [parseVersion(found), parseVersion(wanted)];
  return a !== undefined && b !== undefined && compareVersions(a, b) < 0;
}

/** The `go` line of a module: the oldest compiler that accepts it. */
export async function goWanted(folder: string): Promise<string> {
  const found = parseVersion(/^go (\S+)$/m.exec(await readFile(join(folder, "go.mod"), "utf8"))?.[1] ?? "");
  return found === undefined ? "1.21.0" : showVersion(found);
}

/** Undefined when there is no `go` to be started. */
export async function goOutcome(args: readonly string[], options: RunOptions): Promise<Outcome | undefined> {
  try {
    return await run("go", args, { ...options, env: goEnvironment(options.env) });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Runs Go for `what`, and turns its failure into a repair instruction. */
export async function runGo(what: string, args: readonly string[], options: RunOptions): Promise<string> {
  const outcome = await goOutcome(args, options);
  if (outcome === undefined) throw new ToolchainError({ where: "go", got: "no Go on PATH", want: "Go", mend: INSTALL });
  if (outcome.code === 0) return outcome.stdout;
  throw new ToolchainError({ where: what, want: "it to succeed", ...explain(outcome) });
}

interface Meaning {
  readonly sign: RegExp;
  readonly got: string;
  readonly mend: string;
}

const MEANINGS: readonly Meaning[] = [
  {
    sign: /no space left on device|disk quota exceeded/,
    got: "a full disk",
    mend: "free some space, or move GOCACHE, GOMODCACHE and KEELSON_CACHE to a disk with room; then run it again",
  },
  {
    sign: /dial tcp|no such host|i\/o timeout|connection refused|TLS handshake timeout|network is unreachable/,
    got: "no connection to the Go module proxy",
    mend: "connect to the network, or set GOPROXY to a proxy you can reach; then run it again",
  },
  {
    sign: /signal: killed|cannot allocate memory|out of memory/,
    got: "the compiler killed, probably for lack of memory",
    mend: "close what uses memory; then run it again, which goes on where it stopped",
  },
];

/** What a failed run of Go means, by what it printed. */
export function explain({ stderr, signal }: Outcome): { readonly got: string; readonly mend: string } {
  const meaning = MEANINGS.find(({ sign }) => sign.test(stderr));
  const said = lastLines(stderr, 6);
  if (meaning !== undefined) return { got: `${meaning.got} (${lastLines(said, 1)})`, mend: meaning.mend };
  if (signal !== null) return { got: `it ended by ${signal}`, mend: "run it again, which goes on where it stopped" };
  return { got: said || "a failure without a word", mend: "run it again; if it stays, report these lines" };
}
