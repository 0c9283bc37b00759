/**
 * The program's security settings by name: where each stands in what a stack registers, how it is taken away, and which rule
 * must notice. A setting that stands twice (on the pod and on its container) is taken away in both places.
 */
import type { StackResource } from "../../../policies/recorder";

type Props = Record<string, unknown>;

export interface Setting {
  /** As people call it. */
  readonly name: string;
  readonly stack: StackName;
  /** Part of the type, and the end of the logical name. */
  readonly at: readonly [type: string, name: string];
  /** Changes the inputs; `remove` takes the resource away, `unprotect` its protection. */
  readonly without: ((props: Props) => void) | "remove" | "unprotect";
  /** Where it stands a second time, and goes too. @default - nowhere */
  readonly twice?: Pick<Setting, "at" | "without">;
  readonly rule: string;
}

/** Production as Pulumi alone would apply it, production as it is, development, and production on Azure. */
export type StackName = "prod" | "argocd" | "dev" | "azure";

const isMap = (value: unknown): value is Props => typeof value === "object" && value !== null;

/** Follows a path such as `spec/containers/0`, with `~1` for a slash in a key; the last key is left to the caller. */
function holder(props: Props, path: string): readonly [Props, string] {
  const keys = path.split("/").map((key) => key.replaceAll("~1", "/"));
  const last = keys.pop() ?? "";
  const inner = keys.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), props);
  if (!isMap(inner)) throw new Error(`nothing at ${path}: the setting has moved`);
  return [inner, last];
}

/** Takes values away. Each must be there: a list of settings that have moved would prove nothing. */
export const unset =
  (...paths: readonly string[]) =>
  (props: Props): void => {
    for (const path of paths) {
      const [inner, key] = holder(props, path);
      if (!(key in inner)) throw new Error(`nothing at ${path}: the setting has moved`);
      if (Array.isArray(inner)) inner.splice(Number(key), 1);
      else delete inner[key];
    }
  };

/** Puts something else in a value's place. It must be something else. */
export const set =
  (path: string, value: unknown) =>
  (props: Props): void => {
    const [inner, key] = holder(props, path);
    if (JSON.stringify(inner[key]) === JSON.stringify(value)) throw new Error(`${path} is that already`);
    inner[key] = value;
  };

/** Changes a policy document or a configuration that is kept as JSON text. */
export const inJson =
  (path: string, edit: (document: Props) => void) =>
  (props: Props): void => {
    const [inner, key] = holder(props, path);
    const document: unknown = JSON.parse(String(inner[key]));
    if (!isMap(document)) throw new Error(`no document at ${path}`);
    edit(document);
    inner[key] = JSON.stringify(document);
  };

/** Takes a statement out of a policy by its Sid. */
export const statement =
  (sid: string) =>
  (document: Props): void => {
    const all = document["Statement"];
    if (!Array.isArray(all)) throw new Error("no statements");
    const kept = all.filter((entry: unknown) => !(isMap(entry) && entry["Sid"] === sid));
    if (kept.length === all.length) throw new Error(`no statement ${sid}`);
    document["Statement"] = kept;
  };

export const both =
  (...edits: readonly ((props: Props) => void)[]) =>
  (props: Props): void =>
    edits.forEach((edit) => edit(props));

/** A copy of the stack without the setting. */
export function stripped(
  stack: readonly StackResource[],
  { name, at, without, twice }: Setting,
): readonly StackResource[] {
  const once = strippedAt(stack, name, { at, without });
  return twice === undefined ? once : strippedAt(once, name, twice);
}

function strippedAt(
  stack: readonly StackResource[],
  name: string,
  { at: [type, ending], without }: Pick<Setting, "at" | "without">,
): readonly StackResource[] {
  const found = stack.filter((resource) => resource.type.endsWith(type) && resource.name.endsWith(ending));
  const [changed] = found;
  if (changed === undefined || found.length > 1) throw new Error(`${name}: ${found.length} of ${type} ${ending}`);
  if (without === "remove") return stack.filter((resource) => resource !== changed);
  const copy = edited(changed, without);
  return stack.map((resource) => (resource === changed ? copy : resource));
}

function edited(resource: StackResource, without: Exclude<Setting["without"], "remove">): StackResource {
  if (without === "unprotect") {
    if (!resource.opts.protect) throw new Error(`${resource.name} is not protected`);
    return { ...resource, opts: { ...resource.opts, protect: false } };
  }
  const props: unknown = structuredClone(resource.props);
  if (!isMap(props)) throw new Error(`${resource.name} has no properties`);
  without(props);
  return { ...resource, props };
}
