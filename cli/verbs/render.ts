/** `keelson render`: every Kubernetes object of a stack as YAML, byte-stable, without cloud outputs. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { renderStack } from "../../stacks/render";
import { type Problem, refuse } from "../../graph/problems";
import { required } from "../arguments";
import { exitCodes } from "../exit-codes";
import { openStack } from "../stack";
import { type Run } from "../verb";

/** A folder of somebody else's must not be strewn with manifests; one of an earlier rendering has some of them. */
function folderProblems(folder: string, paths: readonly string[]): readonly Problem[] {
  if (!existsSync(folder)) return [];
  const mend = "name a folder that does not exist yet";
  if (!statSync(folder).isDirectory()) return [{ where: "--out", got: `the file ${folder}`, want: "a folder", mend }];
  const here = readdirSync(folder);
  if (here.length === 0 || paths.some((path) => existsSync(join(folder, path)))) return [];
  const some = here.slice(0, 3).join(", ") + (here.length > 3 ? ", …" : "");
  const got = `${folder}, which holds other things (${some})`;
  return [{ where: "--out", got, want: "a new or empty folder, or one of an earlier rendering", mend }];
}

function write(folder: string, path: string, text: string): void {
  const to = join(folder, path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}

/** Manifests of an earlier rendering that this one does not have: somebody might apply them. Never deleted here. */
function leftovers(folder: string, written: ReadonlySet<string>): readonly string[] {
  const here = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return here
    .filter((name) => name.endsWith(".yaml") && !written.has(relative(".", name).replaceAll("\\", "/")))
    .sort();
}

export const run: Run = (args, terminal) => {
  const folder = resolve(required(args, "out", "DIR"));
  const { graph, settings } = openStack(args, terminal);
  const files = renderStack(graph, settings);
  refuse(
    folderProblems(
      folder,
      files.map(({ path }) => path),
    ),
  );
  for (const { path, text } of files) write(folder, path, text);
  terminal.note(`${files.length} objects in ${folder}`);
  for (const name of leftovers(folder, new Set(files.map(({ path }) => path))))
    terminal.note(`not part of this stack any more: ${join(folder, name)}`);
  return Promise.resolve(exitCodes.done);
};
