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
  /** Everything the provider answers with: what is not given is unknown until the object exists. */
  readonly answers: readonly string[];
  readonly secrets: readonly string[];
}

const known = new Map<string, TypeFacts | undefined>();

/** Facts about `aws:ec2/vpc:Vpc` or `azure-native:network:Subnet`; undefined when the SDK has no such type. */
export function facts(type: string): TypeFacts | undefined {
  if (!known.has(type)) known.set(type, read(type));
  return known.get(type);
}

export const packageFolder = (name: string): string => dirname(require.resolve(`@pulumi/${name}/package.json`));

export const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(join(packageFolder(name), "package.json"), "utf8")) as { version: string }).version;

function read(type: string): TypeFacts | undefined {
  const [pkg = "", path = "", noun = ""] = type.split(":");
  const file = join(packageFolder(pkg), path.includes("/") ? path.replace(/^index\//, "") : `${path}/${fileOf(noun)}`);
  if (!existsSync(`${file}.js`) || !existsSync(`${file}.d.ts`)) return undefined;
  return parse(readFileSync(`${file}.js`, "utf8"), readFileSync(`${file}.d.ts`, "utf8"));
}

const fileOf = (noun: string): string => noun.charAt(0).toLowerCase() + noun.slice(1);

const OUT = /resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g;

/** Native providers' packages list, where a resource is only looked up, all that the provider answers; that is no list of outputs. */
function halves(code: string): readonly [made: string, lookedUp: string] {
  const [made = "", other = ""] = code.split(/\n {8}else \{\n/);
  return other.includes("args?.") ? [code, ""] : [made, other];
}

function parse(code: string, types: string): TypeFacts {
  const [made, lookedUp] = halves(code);
  const outputs = matches(made, OUT);
  const inputs = new Set(matches(code, /resourceInputs\["(\w+)"\] = (?:\(?args\?\.\w+|args \? )/g));
  const required = matches(code, /args\?\.(\w+) === undefined/g);
  const computed = alwaysKnown(types).filter((name) => inputs.has(name) && !required.includes(name));
  const secrets = matches(/additionalSecretOutputs: \[([^\]]*)\]/.exec(code)?.[1] ?? "", /"(\w+)"/g);
  const answers = [...new Set([...outputs, ...computed, ...matches(lookedUp, OUT)])];
  return { inputs, required, outputs, computed, answers, secrets };
}

/** Outputs whose type leaves out `undefined`: the provider always answers with a value. */
function alwaysKnown(types: string): readonly string[] {
  const start = types.indexOf("export declare class");
  const body = types.slice(start, types.indexOf("export interface", start));
  const declared = [...body.matchAll(/readonly (\w+): pulumi\.Output<([\s\S]*?)>;/g)];
  return declared.filter(([, , of]) => !of?.endsWith("| undefined")).map(([, name]) => name ?? "");
}

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name ?? "");
