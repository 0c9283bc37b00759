/** The workflows as they stand, and their scripts as functions: what is tested is the text that runs. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../architecture/sources";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const FOLDER = join(ROOT, ".github", "workflows");

export const names: readonly string[] = readdirSync(FOLDER).filter((name) => name.endsWith(".yml"));

export const textOf = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

export const workflow = (name: string): Workflow => parse(textOf(name)) as Workflow;

export const stepsOf = (name: string): readonly Step[] =>
  Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);

type Script = (github: object, context: object, core: object, require: NodeJS.Require) => Promise<void>;

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (...parts: string[]) => Script;

/** A step's script, called as actions/github-script calls it. */
export function scriptOf(name: string, id: string): Script {
  const text = stepsOf(name).find((step) => step.id === id)?.with?.["script"];
  if (typeof text !== "string") throw new Error(`${name} has no step ${id} with a script`);
  return new AsyncFunction("github", "context", "core", "require", text);
}

export const nodeRequire = createRequire(__filename);
