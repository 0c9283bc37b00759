/**
 * What every cloud must keep of its own resources, in words, with the rules of each that judge it. Rules know types of one
 * cloud, so no rule compares by its name; a promise that one cloud has no rule for says why.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Provider } from "../../stacks/schema";
import { ROOT } from "../architecture/sources";

export type Promised = Readonly<Record<Provider, readonly string[]>> & {
  /** Which part: `cluster`, `backups`, `managed PostgreSQL`. */
  readonly of: string;
  readonly what: string;
  /** Why one cloud has no rule for it. */
  readonly because?: string;
};

export const PROMISES_FILE = "test/parity/promises.json";

export const PROMISES: readonly Promised[] = (
  JSON.parse(readFileSync(join(ROOT, PROMISES_FILE), "utf8")) as { readonly promises: readonly Promised[] }
).promises;

/** What the pack says of one resource. */
export interface Judged {
  readonly judged: readonly string[];
  readonly violations: readonly { readonly rule: string }[];
  readonly waived: readonly { readonly rule: string }[];
}

/** `backups and archives: they are copied to another region: kept`, for each promise that every cloud has rules for. */
export const promiseLines = (cloud: Provider, resources: readonly Judged[]): readonly string[] =>
  PROMISES.filter(({ because }) => because === undefined).map(
    (promise) => `${promise.of}: ${promise.what}: ${outcomeOf(promise[cloud], resources)}`,
  );

function outcomeOf(rules: readonly string[], resources: readonly Judged[]): string {
  const subject = resources.filter(({ judged }) => judged.some((rule) => rules.includes(rule)));
  const has = (found: (resource: Judged) => readonly { readonly rule: string }[]): boolean =>
    subject.some((resource) => found(resource).some(({ rule }) => rules.includes(rule)));
  if (subject.length === 0) return "nothing to keep it of";
  if (has(({ violations }) => violations)) return "violated";
  return has(({ waived }) => waived) ? "waived" : "kept";
}
