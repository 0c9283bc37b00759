/**
 * What the installed Pulumi SDK itself says about a resource type: its inputs, which are required, and what only the
 * provider knows. Read from the package's own files, so it is as new as the package and nothing is copied by hand.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TypeFacts {
  readonly inputs: ReadonlySet<string>;
  readonly required: readonly string[];
  /** Properties a program cannot set: ARN, status. */
  readonly outputs: readonly string[];
  /** Optional inputs the provider fills in when they are absent: unknown until the object exists. */
  readonly computed: readonly string[];
  readonly secrets: readonly string[];
}

const known = new Map<string, TypeFacts | undefined>();

/** Facts about `aws:ec2/vpc:Vpc`; undefined when the SDK has no such type. */
export function facts(type: string): TypeFacts | undefined {
  if (!known.has(type)) known.set(type, read(type));
  return known.get(type);
}

export const packageFolder = (name: string): string => dirname(require.resolve(`@pulumi/${name}/package.json`));

export const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(join(packageFolder(name), "package.json"), "utf8")) as { version: string }).version;

function read(type: string): TypeFacts | undefined {
  const [pkg = "", path = ""] = type.split(":");
  const file = join(packageFolder(pkg), path.replace(/^index\//, ""));
  if (!existsSync(`${file}.js`) || !existsSync(`${file}.d.ts`)) return undefined;
  return parse(readFileSync(`${file}.js`, "utf8"), readFileSync(`${file}.d.ts`, "utf8"));
}

function parse(code: string, types: string): TypeFacts {
  const outputs = matches(code, /resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g);
  const inputs = new Set(matches(code, /resourceInputs\["(\w+)"\] = \(?args\?\.\w+/g));
  const required = matches(code, /args\?\.(\w+) === undefined/g);
  const computed = alwaysKnown(types).filter((name) => inputs.has(name) && !required.includes(name));
  const secrets = matches(/additionalSecretOutputs: \[([^\]]*)\]/.exec(code)?.[1] ?? "", /"(\w+)"/g);
  return { inputs, required, outputs, computed, secrets };
}

/** Outputs whose type leaves out `undefined`: the provider always answers with a value. */
function alwaysKnown(types: string): readonly string[] {
  const start = types.indexOf("export declare class");
  const body = types.slice(start, types.indexOf("export interface", start));
  const declared = [...body.matchAll(/readonly (\w+): pulumi\.Output<([\s\S]*?)>;/g)];
  return declared.filter(([, , of]) => !of?.endsWith("| undefined")).map(([, name]) => name ?? "");
}

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name ?? "");
