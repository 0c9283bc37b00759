/** Owns where the checkout is, whether the code runs from the sources or compiled into a folder below it. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout's root: the nearest folder above this file with a package.json. */
export function projectRoot(from: string = __dirname): string {
  if (existsSync(join(from, "package.json"))) return from;
  if (dirname(from) === from) throw new Error(`no package.json above ${__dirname}: the checkout is incomplete`);
  return projectRoot(dirname(from));
}
