/** Stacks as files: which there are, and what one says, without an engine. Secrets stay encrypted and are left out. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, stringify } from "yaml";
import { nearest } from "../graph/nearest";
import { InvalidInput, type Problem, refuse } from "../graph/problems";
import { readSettings, type Raw } from "./settings";
import { type Settings } from "./schema";

const PREFIX = "keelson:";

/** Text of a stack's file, from its settings. */
export const stackText = (raw: Raw): string =>
  stringify(
    { config: Object.fromEntries(Object.entries(raw).map(([key, value]) => [`${PREFIX}${key}`, value])) },
    { aliasDuplicateObjects: false },
  );

/** Names of the stacks in a folder, from `Pulumi.<stack>.yaml`. */
export const stackNames = (folder: string): readonly string[] =>
  readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .toSorted();

/** @throws InvalidInput when there is no such stack, its file is not YAML, or its settings are wrong. */
export function readStackFile(folder: string, stack: string): Settings {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  if (!NAME.test(stack) || !existsSync(path)) throw new InvalidInput([unknownStack(folder, stack)]);
  // Only the first error: what follows it in the same file is mostly its consequence.
  const document = parseDocument(readFileSync(path, "utf8"));
  refuse(
    document.errors.slice(0, 1).map(({ message, linePos }) => ({
      where: `Pulumi.${stack}.yaml:${linePos?.[0].line ?? 1}`,
      got: message.split("\n")[0] ?? message,
      want: "YAML",
      mend: "correct the line",
    })),
  );
  const content = document.toJS() as { readonly config?: Raw } | null;
  const config = content?.config ?? {};
  refuse(Object.keys(config).flatMap((key) => namespaceProblems(stack, key)));
  return readSettings(stack, ours(config));
}

/** Keys of providers are theirs; one that almost says `keelson:`, or says nothing, was meant for us and would be lost. */
function namespaceProblems(stack: string, key: string): readonly Problem[] {
  const [space = "", ...rest] = key.split(":");
  const meant = rest.length === 0 ? key : rest.join(":");
  const isOurs = rest.length === 0 || (`${space}:` !== PREFIX && nearest(space, [PREFIX.slice(0, -1)]) !== undefined);
  if (!isOurs) return [];
  const got = rest.length === 0 ? "a key without a namespace" : `the namespace ${space}`;
  return [{ where: `Pulumi.${stack}.yaml: ${key}`, got, want: "a key of ours", mend: `write ${PREFIX}${meant}` }];
}

/** What Pulumi accepts as a stack's name; anything else would also name files elsewhere. */
const NAME = /^[A-Za-z0-9_.-]+$/;

const unknownStack = (folder: string, stack: string): Problem => {
  const known = stackNames(folder);
  const close = nearest(stack, known);
  const add = NAME.test(stack) ? `add Pulumi.${stack}.yaml or name a known stack` : "name a known stack";
  return {
    where: "stack",
    got: `"${stack}"`,
    want: known.length === 0 ? `a Pulumi.STACK.yaml in ${folder}` : `one of ${known.join(", ")}`,
    mend: close === undefined ? add : `write ${close}`,
  };
};

const ours = (config: Raw): Raw =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
