/** Owns reading and comparing versions as tools print them. Pure. */

import type { Suits } from "./tools";

export type Version = readonly [major: number, minor: number, patch: number];

/** The first `1.2.3` in what a tool printed; undefined when there is none. */
export function parseVersion(printed: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(printed);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

export const compareVersions = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

export const showVersion = (version: Version): string => version.join(".");

/** Whether a version found outside the cache will do in place of the one in the table. */
export function isSuitable(found: Version, suits: Suits, listed: string): boolean {
  const wanted = required(suits.rule === "minimum" ? suits.version : listed);
  if (suits.rule === "same minor") return found[0] === wanted[0] && found[1] === wanted[1];
  return found[0] === wanted[0] && compareVersions(found, wanted) >= 0;
}

function required(version: string): Version {
  const parsed = parseVersion(version);
  if (parsed === undefined) throw new Error(`${version} is not a version`);
  return parsed;
}
