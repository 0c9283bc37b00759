/**
 * Canaries: secret values that are planted, or read back from a stack's own state, and then searched for wherever they
 * must not be, in every spelling that a log, a document or an URL gives them.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { passphraseCrypter, replaceSecure } from "../../embedded/engine/placeholders";
import { engineEnvironment } from "../../embedded/engine/engine-process";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { passphrase } from "../../embedded/engine/workspace";

export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** Shorter ones would be found by chance. */
const SHORTEST = 12;
const LONG_RUN = /[A-Za-z0-9]{16,}/g;

const withoutSpoiltEnds = (text: string, before: number, after: number): string =>
  text.slice(before === 0 ? 0 : 2 + (before > 1 ? 1 : 0), after === 0 ? undefined : -4);

/** Base64 of the value wherever it stands in a longer text: three alignments, without the ends that neighbours decide. */
function base64Forms(value: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    return (["base64", "base64url"] as const).map((encoding) =>
      withoutSpoiltEnds(bytes.toString(encoding).replace(/=+$/, ""), before, bytes.length % 3),
    );
  });
}

const jsonForm = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Go escapes these in JSON, as web pages need it. */
const goForm = (text: string): string =>
  jsonForm(text).replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Every spelling of a value that is searched for; runs of letters and digits survive any escaping. */
export function spellings(value: string): readonly string[] {
  const json = [jsonForm(value), goForm(value), jsonForm(jsonForm(value)), jsonForm(goForm(value))];
  const url = [encodeURIComponent(value), encodeURI(value), encodeURIComponent(value).replaceAll("%20", "+")];
  const runs = value.match(LONG_RUN) ?? [];
  const all = [value, ...json, ...url, ...base64Forms(value), Buffer.from(value).toString("hex"), ...runs];
  return [...new Set(all)].filter((text) => text.length >= SHORTEST);
}

/** Names of the canaries in a text. */
export const found = (text: string, canaries: readonly Canary[]): readonly string[] =>
  canaries.filter(({ value }) => spellings(value).some((each) => text.includes(each))).map(({ name }) => name);

/** `file: canary` for every canary in a file below a folder, but for files whose path matches `except`. */
export function foundBelow(folder: string, canaries: readonly Canary[], except: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !except.test(path))
    .flatMap((path) => found(readFileSync(path, "latin1"), canaries).map((name) => `${path}: ${name}`));
}

/** A value that no two canaries share, with what logs and documents like to escape. */
export const canaryFor = (name: string): Canary => ({
  name,
  value: `canary ${Buffer.from(name).toString("hex")}0f1e2d3c4b5a "quoted" \\n <a&b>+/=%\n?é`,
});

/** Puts canaries in place of the placeholders of a stack's workspace, once `keelson plan` has made it. */
export function plant(files: StackFiles): readonly Canary[] {
  const path = join(files.workspace, `Pulumi.${files.stack}.yaml`);
  const text = readFileSync(path, "utf8");
  const mark = text.slice(0, text.indexOf("\n") + 1); // by it the product knows its own file and leaves it alone
  const crypter = passphraseCrypter(passphrase(files));
  const planted: Canary[] = [];
  const config = replaceSecure((parse(text) as { readonly config: unknown }).config, "", (key) => {
    const canary = canaryFor(key);
    planted.push(canary);
    return crypter.encrypt(canary.value);
  });
  writeFileSync(path, mark + stringify({ encryptionsalt: crypter.salt, config }));
  return planted;
}

const ENVELOPE = "4dabf18193072939515e22adb298388d";

type Named = readonly (readonly [string, string])[];

const leaves = (value: unknown, path: string): Named => {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
};

/** Every text in a secret envelope of an opened export, by its place. */
function enveloped(value: unknown, path: string): Named {
  if (typeof value !== "object" || value === null) return [];
  if (ENVELOPE in value && "plaintext" in value) return leaves(JSON.parse(String(value.plaintext)), path);
  return Object.entries(value).flatMap(([key, inner]) => enveloped(inner, `${path}.${key}`));
}

/** The stack as `pulumi stack export` prints it. */
export const exported = (files: StackFiles, pulumi: string, ...flags: readonly string[]): string =>
  execFileSync(pulumi, ["stack", "export", "--stack", files.stack, ...flags], {
    cwd: files.workspace,
    env: engineEnvironment(files),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });

interface Export {
  readonly deployment: { readonly resources?: readonly { readonly urn: string }[] };
}

/** Everything the engine keeps as a secret of the stack; `isPublic` says which texts may be read by anybody. */
export function secretsOf(files: StackFiles, pulumi: string, isPublic: (text: string) => boolean): readonly Canary[] {
  const { deployment } = JSON.parse(exported(files, pulumi, "--show-secrets")) as Export;
  const named = (deployment.resources ?? []).flatMap(({ urn, ...rest }) =>
    enveloped(rest, urn.slice(urn.lastIndexOf("::") + 2)),
  );
  const open = (text: string): string => Buffer.from(text, "base64").toString();
  const secret = named.filter(([, text]) => !isPublic(text) && !isPublic(open(text)));
  return [...new Map(secret.map(([name, value]) => [value, { name, value }])).values()];
}

/** Flags with which `keelson plan` writes everything it can write, into a folder. */
export function everyReport(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files = { report: "page.html", sarif: "plan.sarif", markdown: "review.md" };
  return Object.entries(files).flatMap(([flag, name]) => [`--${flag}`, join(folder, name)]);
}
