/** How SARIF names a file: relative to where the command ran, which is the repository's root in CI. */
import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

interface Artifact {
  readonly uri: string;
  readonly uriBaseId?: "%SRCROOT%";
}

/** A file outside the folder gets its whole path; code scanning then has no line to show it on. */
export function artifactOf(file: string, folder = process.cwd()): Artifact {
  const path = relative(folder, resolve(folder, file));
  if (path.startsWith("..")) return { uri: pathToFileURL(resolve(folder, file)).href };
  return { uri: path.split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}
