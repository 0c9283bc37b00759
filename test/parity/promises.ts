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
