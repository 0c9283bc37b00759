/**
 * The temporary Pulumi project in which a stack's runs happen: a project file, and a copy of the committed stack file
 * with placeholders for secrets. The committed files are read and never written.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { InvalidInput } from "../../graph/problems";
import { passphraseCrypter, placeholder, replaceSecure } from "./placeholders";
import { Damaged } from "./failures";
import { type StackFiles } from "./stack-files";
import { writeWhole } from "../files";

const defaultProject = "keelson";

type Yaml = Readonly<Record<string, unknown>>;

function readYaml(path: string): Yaml {
  try {
    const value: unknown = parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Yaml) : {};
  } catch (error) {
    throw new InvalidInput([
      { where: path, got: String(error).split("\n")[0] ?? "", want: "valid YAML", mend: "correct the line it names" },
    ]);
  }
}

/** The project's name as Pulumi.yaml states it: it is part of every URN and of the settings' namespace. */
export function projectName(files: StackFiles): string {
  const path = join(files.checkout, "Pulumi.yaml");
  const name = existsSync(path) ? readYaml(path)["name"] : undefined;
  return typeof name === "string" ? name : defaultProject;
}

/** A new passphrase could not read what the lost one encrypted. */
function refuseLost({ passphrase: where, backend, root, stack }: StackFiles): void {
  if (!existsSync(join(backend, ".pulumi", "stacks"))) return;
  throw new Damaged({
    where,
    got: "no file, although the stack's state is encrypted with it",
    want: "the passphrase that `keelson up` wrote there",
    mend: `put it back; if it is lost, end the processes that \`keelson doctor\` names for ${stack} and remove ${root}`,
  });
}

/** The passphrase of this stack's local state: made once, readable by its owner only. */
export function passphrase(files: StackFiles): string {
  if (!existsSync(files.passphrase)) {
    refuseLost(files);
    mkdirSync(files.root, { recursive: true });
    writeFileSync(files.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(files.passphrase, "utf8");
}

const encryptionKeys = new Set(["encryptionsalt", "encryptedkey", "secretsprovider"]);

/** The stack file of the workspace; `wanted` are secrets that the program reads, set in the committed file or not. */
export function withPlaceholders(committed: Yaml, secret: string, wanted: readonly string[] = []): string {
  const crypter = passphraseCrypter(secret);
  const kept = Object.fromEntries(Object.entries(committed).filter(([key]) => !encryptionKeys.has(key)));
  const made = (path: string): string => crypter.encrypt(placeholder(path));
  const extra = Object.fromEntries(wanted.map((key) => [key, { secure: made(key) }]));
  const config = { ...extra, ...Object(replaceSecure(kept["config"] ?? {}, "", made)) };
  return stringify({ encryptionsalt: crypter.salt, ...kept, config });
}

/** Rewrites the workspace's stack file only when the committed one changed: encrypting anew takes a third of a second. */
function writeStackFile(files: StackFiles, wanted: readonly string[]): void {
  const from = files.settings;
  const text = existsSync(from) ? readFileSync(from, "utf8") : "";
  const secret = passphrase(files);
  const mark = `# made from ${createHash("sha256").update(text).update(secret).update(wanted.join()).digest("hex")}\n`;
  const to = join(files.workspace, `Pulumi.${files.stack}.yaml`);
  if (existsSync(to) && readFileSync(to, "utf8").startsWith(mark)) return;
  writeWhole(to, mark + withPlaceholders(text === "" ? {} : readYaml(from), secret, wanted));
}

/** Makes or refreshes the workspace and an empty backend. */
export function writeWorkspace(files: StackFiles, wanted: readonly string[] = []): void {
  for (const folder of [files.workspace, files.backend, files.logs, files.home]) mkdirSync(folder, { recursive: true });
  writeWhole(join(files.workspace, "Pulumi.yaml"), stringify({ name: projectName(files), runtime: "nodejs" }));
  writeStackFile(files, wanted);
}
