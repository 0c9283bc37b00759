/**
 * What a run leaves for the reports, as lines of JSON in files the caller names: whether each object was tried on the
 * API server at preview, which charts stayed closed, what a played controller did. No values of objects, no secrets.
 */
import { appendFileSync } from "node:fs";

export interface DryRun {
  readonly urn: string;
  /** Whether the API server judged the object. */
  readonly dryRun: boolean;
  /** Why it did not. */
  readonly reason?: string;
}

export interface Unexpanded {
  readonly urn: string;
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
  readonly reason: string;
}

export interface Played {
  /** The controller that is played. */
  readonly played: string;
  readonly did: string;
}

export const recordDryRun = (line: DryRun): void => append("KEELSON_DRYRUN", line);
export const recordUnexpanded = (line: Unexpanded): void => append("KEELSON_UNEXPANDED", line);
export const recordPlayed = (line: Played): void => append("KEELSON_PLAYED", line);

function append(variable: string, line: DryRun | Unexpanded | Played): void {
  const file = process.env[variable];
  if (file !== undefined && file !== "") appendFileSync(file, `${JSON.stringify(line)}\n`);
}
