/**
 * What the pack and the stand-in providers tell beside the engine, in files that live as long as one run: the verdict on
 * every object, charts that could not be opened, which objects a real API server tried. No values of objects.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Verdict = "passed" | "violated" | "undecided" | "unchecked";

export interface Finding {
  readonly rule: string;
  readonly category: string;
  readonly severity: string;
  readonly enforcement: string;
  readonly standards: readonly string[];
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export interface OpenQuestion {
  readonly rule?: string;
  readonly path?: string;
  readonly message: string;
}

/** A violation that somebody answers for, and until when. */
export interface Waived extends Finding {
  readonly waiver: { readonly reason: string; readonly owner: string; readonly expires: string };
}

/** The pack's verdict on one object. */
export interface ObjectVerdict {
  readonly urn?: string;
  readonly verdict: Verdict;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly violations: readonly Finding[];
  readonly undecided: readonly OpenQuestion[];
  readonly unchecked: readonly OpenQuestion[];
  readonly waived: readonly Waived[];
  /** The rules that know objects of its type, by id; none for what no rule knows. */
  readonly judged: readonly string[];
}

export interface VerdictDocument {
  readonly objects: readonly ObjectVerdict[];
  /** What holds for the stack as a whole, such as a waiver that no longer meets anything. */
  readonly stack: { readonly violations: readonly Finding[] };
}

export interface Chart {
  readonly urn: string;
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
  readonly reason: string;
}

export interface DryRun {
  readonly urn: string;
  readonly dryRun: boolean;
  readonly reason?: string;
}

export interface Records {
  /** Undefined when no pack ran. */
  readonly verdicts: VerdictDocument | undefined;
  readonly unexpanded: readonly Chart[];
  readonly dryRun: readonly DryRun[];
  /** Controllers that the stand-in played, and what they did. */
  readonly played: readonly { readonly played: string; readonly did: string }[];
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Lines of JSON; each once, because a preview and its retry may say the same. */
const lines = <T>(path: string): readonly T[] =>
  [...new Set(read(path).split("\n"))].filter((line) => line !== "").map((line) => JSON.parse(line) as T);

function collect(folder: string): Records {
  const verdicts = read(join(folder, "verdicts.json"));
  return {
    verdicts: verdicts === "" ? undefined : (JSON.parse(verdicts) as VerdictDocument),
    unexpanded: lines(join(folder, "unexpanded")),
    dryRun: lines(join(folder, "dry-run")),
    played: lines(join(folder, "played")),
  };
}

/** Runs `work` with the environment that makes them be written, and returns them with its result. */
export async function recorded<T>(work: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<[T, Records]> {
  const folder = mkdtempSync(join(tmpdir(), "keelson-run-"));
  const env = {
    KEELSON_VERDICTS: join(folder, "verdicts.json"),
    KEELSON_UNEXPANDED: join(folder, "unexpanded"),
    KEELSON_DRYRUN: join(folder, "dry-run"),
    KEELSON_PLAYED: join(folder, "played"),
  };
  try {
    return [await work(env), collect(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
