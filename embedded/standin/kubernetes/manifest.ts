/**
 * From a resource's inputs to the object that is applied, and from the live object back to outputs and inputs. Pure.
 * Secrets are opened on the way out and marked again on the way back.
 */
import { equal, hasUnknown, isProperties, isSecret, isUnknown, mapValues, reveal, secret } from "../values";
import type { Properties, Value } from "../values";
import { at, record, textAt, without, withField } from "./fields";
import { isSecretKind, type Kind } from "./kind";

/** The object to apply: no secrets' envelopes, no nulls, the field names Kubernetes has. */
export function manifestOf(inputs: Properties, { apiVersion, kind }: Kind): Properties {
  const plain = reveal(renamed(inputs, /^x_kubernetes_/, (name) => name.replaceAll("_", "-")));
  return { ...(withoutNulls(plain) as Properties), apiVersion, kind };
}

/** Definitions of custom resources have fields such as `x-kubernetes-int-or-string`, which no SDK type can spell. */
function renamed(value: Value, pattern: RegExp, rename: (name: string) => string): Value {
  if (Array.isArray(value)) return value.map((item: Value) => renamed(item, pattern, rename));
  if (!isProperties(value)) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, Value] => [
    pattern.test(name) ? rename(name) : name,
    renamed(inner, pattern, rename),
  ]);
  return Object.fromEntries(entries);
}

function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isProperties(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** The live object as the program sees it. Who manages which field is left out: it changes at every touch. */
export function outputsOf(live: Properties, inputs: Properties, manager: string): Properties {
  const shown = renamed(withField(live, ["metadata", "managedFields"], null), /^x-kubernetes-/, (name) =>
    name.replaceAll("-", "_"),
  ) as Properties;
  const own = { __fieldManager: manager, __initialApiVersion: textAt(live, "apiVersion") };
  return { ...concealed(shown, inputs), ...own };
}

/** Outputs of a preview: what the server will only decide when the object exists is left unknown. */
export function previewOutputs(live: Properties, inputs: Properties, manager: string): Properties {
  const given = (...path: readonly string[]): boolean => at(inputs, ...path) !== undefined;
  const minted = ["uid", "resourceVersion", "creationTimestamp", "generation"];
  const metadata = without(record(live, "metadata"), ...minted);
  const addresses = given("spec", "clusterIP") ? [] : ["clusterIP", "clusterIPs"];
  const spec = isProperties(live["spec"]) && { spec: without(live["spec"], ...addresses) };
  return outputsOf({ ...without(live, "status"), metadata, ...spec }, inputs, manager);
}

/** Marks secret what came from a secret, and every Secret's data. */
function concealed(outputs: Properties, inputs: Properties): Properties {
  const kind = { apiVersion: textAt(outputs, "apiVersion"), kind: textAt(outputs, "kind") };
  if (isSecretKind(kind))
    return mapValues(outputs, (value, name) => (name === "data" || name === "stringData" ? secret(value) : value));
  return mapValues(outputs, (value, name) => concealedAs(value, inputs[name]));
}

function concealedAs(output: Value, input: Value | undefined): Value {
  if (isSecret(input)) return secret(output);
  if (isProperties(output) && isProperties(input)) return mapValues(output, (v, name) => concealedAs(v, input[name]));
  return holdsSecret(input) ? secret(output) : output;
}

function holdsSecret(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isProperties(value) && (isSecret(value) || Object.values(value).some(holdsSecret));
}

/** Inputs as they would have to be for the live object: those recorded, with every field that drifted. */
export function driftedInputs(inputs: Properties, olds: Properties, live: Properties): Properties {
  const shown = without(inputs, "apiVersion", "kind", "stringData");
  const drifted = mapValues(shown, (value, name) => drift(value, olds[name], live[name]));
  return { ...inputs, ...drifted, ...driftedText(inputs, olds, live) };
}

function drift(input: Value, old: Value | undefined, now: Value | undefined): Value {
  const before = old === undefined ? undefined : reveal(old);
  if (now === undefined ? before === undefined : before !== undefined && equal(before, now)) return input;
  const open = isSecret(input) ? reveal(input) : input;
  if (!isProperties(open) || !isProperties(now)) return asSecret(input, now ?? null);
  const fields = Object.entries(open).filter(([name, value]) => now[name] !== undefined || value === null);
  const inner = fields.map(([name, value]): [string, Value] => [
    name,
    drift(value, at(before, name), now[name] ?? null),
  ]);
  return isSecret(input) ? secret(Object.fromEntries(inner)) : Object.fromEntries(inner);
}

const asSecret = (like: Value, value: Value): Value => (holdsSecret(like) ? secret(value) : value);

/** The server turns `stringData` into `data`: drift shows there. */
function driftedText(inputs: Properties, olds: Properties, live: Properties): Properties {
  const written = inputs["stringData"];
  if (written === undefined || equal(record(opened(olds), "data"), record(live, "data"))) return {};
  const decode = (value: Value): Value => Buffer.from(String(value), "base64").toString();
  const names = Object.keys(record(opened(inputs), "stringData"));
  const now = Object.entries(record(live, "data")).filter(([name]) => names.includes(name));
  return { stringData: secret(Object.fromEntries(now.map(([name, value]) => [name, decode(value)]))) };
}

const opened = (properties: Properties): Properties => reveal(properties) as Properties;

/** Inputs for an object that is imported: all of it but what the server adds. */
export function importedInputs(live: Properties): Properties {
  const metadata = record(live, "metadata");
  const kept = Object.entries(metadata).filter(([name]) =>
    ["name", "namespace", "labels", "annotations"].includes(name),
  );
  return concealed({ ...without(live, "status"), metadata: Object.fromEntries(kept) }, {});
}

/** Paths of values not known yet. */
export function unknownPaths(value: Value | undefined, path = ""): readonly string[] {
  if (isUnknown(value)) return [path];
  if (!hasUnknown(value)) return [];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(isProperties(value) ? value : {});
  return children.flatMap(([name, inner]) =>
    unknownPaths(
      inner as Value,
      typeof name === "number" ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`,
    ),
  );
}
