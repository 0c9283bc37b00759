/** `keelson check FILE…`: the pack's rules on any manifests, say the output of `helm template`. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, type YAMLParseError } from "yaml";
import { type Problem, refuse } from "../../graph/problems";
import { judge } from "../../policies/judge";
import { type VerdictDocument } from "../../policies/verdicts";
import { exitCodes } from "../exit-codes";
import { type Run } from "../verb";

interface Read {
  readonly manifests: readonly unknown[];
  readonly problems: readonly Problem[];
}

const want = "YAML or JSON manifests of Kubernetes";

const nothing = (problem: Problem): Read => ({ manifests: [], problems: [problem] });

/** A path that is no file, or a file that cannot be read, says so like any other problem. */
function read(path: string): Read {
  if (path === "-") return parse("stdin", readFileSync(0, "utf8"));
  if (!existsSync(path))
    return nothing({ where: path, got: "no such file", want, mend: "name a file, or - for stdin" });
  if (statSync(path).isDirectory())
    return nothing({ where: path, got: "a folder", want, mend: `name its files: ${join(path, "*.yaml")}` });
  return parse(path, readFileSync(path, "utf8"));
}

function parse(path: string, text: string): Read {
  const documents = parseAllDocuments(text);
  const list = Array.isArray(documents) ? documents : [];
  const wrong = list.flatMap(({ errors }) => errors.slice(0, 1).map((error) => yamlProblem(path, error)));
  if (wrong.length > 0) return { manifests: [], problems: wrong };
  const manifests = list.map((document): unknown => document.toJS()).filter((manifest) => manifest != null);
  if (manifests.length === 0) return nothing({ where: path, got: "nothing", want, mend: "name another file" });
  return { manifests, problems: manifests.flatMap((manifest, index) => strangers(path, manifest, index)) };
}

/** Only the first error of a document: what follows it is mostly its consequence. */
const yamlProblem = (path: string, { message, linePos }: YAMLParseError): Problem => ({
  where: `${path}:${linePos?.[0].line ?? 1}`,
  got: message.split("\n")[0] ?? message,
  want: "YAML",
  mend: "correct the line",
});

/** Something that is no Kubernetes object would otherwise count as an object nobody has a rule for. */
function strangers(path: string, manifest: unknown, index: number): readonly Problem[] {
  const { apiVersion, kind } = Object(manifest) as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (typeof apiVersion === "string" && typeof kind === "string") return [];
  const where = `${path}, document ${index + 1}`;
  return [{ where, got: "no apiVersion and kind", want, mend: "take it out, or name another file" }];
}

const lines = ({ objects, summary }: VerdictDocument): readonly string[] => [
  ...objects.flatMap(({ id, violations }) =>
    violations.flatMap(({ rule, path, message, remedy }) => [
      `${rule}: ${id} ${path}`.trimEnd(),
      `    ${message}`,
      `    mend  ${remedy}`,
    ]),
  ),
  ...objects.flatMap(({ id, unchecked }) => unchecked.map(({ message }) => `unchecked: ${id}: ${message}`)),
  `${summary.objects} objects: ${summary.passed} passed, ${summary.violated} violated, ${summary.undecided} undecided, ${summary.unchecked} unchecked`,
];

export const run: Run = (args, terminal) => {
  const files = args.words.map(read);
  refuse(files.flatMap(({ problems }) => problems));
  const verdicts = judge(files.flatMap(({ manifests }) => manifests));
  const shown = args.flags["json"] === true ? [JSON.stringify(verdicts, undefined, 2)] : lines(verdicts);
  for (const line of shown) terminal.out(line);
  return Promise.resolve(verdicts.summary.mandatory > 0 ? exitCodes.violations : exitCodes.done);
};
