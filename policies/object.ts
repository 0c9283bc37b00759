/**
 * One thing to judge, whether a Pulumi resource or a plain manifest: rules see the same fields either way. Owns how type
 * tokens, names and namespaces are read; refuses nothing, because an odd object must be listed, not lost.
 */
import { Field, plain, type Value } from "./value";

export interface PolicyObject {
  /** Only of Pulumi resources. */
  readonly urn?: string;
  /** Pulumi's type token; of a manifest `kubernetes:<apiVersion>:<kind>`. */
  readonly type: string;
  /** Empty for what is not a Kubernetes object. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's own name, or the logical name while that is not known. */
  readonly name: string;
  /** Absent when not namespaced, not stated, or not known yet. */
  readonly namespace?: string;
  /** The inputs. */
  readonly props: Field;
  readonly provider?: Provider;
  readonly options: ObjectOptions;
}

export interface Provider {
  readonly urn: string;
  readonly props: Field;
}

export interface ObjectOptions {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
}

/** A Pulumi resource as the policy SDK describes it. */
export interface ResourceDescription {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: unknown;
  readonly opts: ObjectOptions;
  readonly provider?: { readonly urn: string; readonly props: unknown };
}

const NO_OPTIONS: ObjectOptions = { protect: false, ignoreChanges: [] };

/** `apps/v1/Deployment order-service/order`, or the type token and logical name of a cloud resource. */
export const objectId = ({ apiVersion, kind, type, namespace, name }: PolicyObject): string =>
  apiVersion === ""
    ? `${type} ${name}`
    : `${apiVersion}/${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/** The API group; empty for the core group and for what is not a Kubernetes object. */
export const group = ({ apiVersion }: PolicyObject): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

/** Whether this is a Kubernetes object of one of these kinds in this group, at any version. */
export const isKind = (object: PolicyObject, wantedGroup: string, ...kinds: readonly string[]): boolean =>
  object.apiVersion !== "" && group(object) === wantedGroup && kinds.includes(object.kind);

/** Whether this is a Pulumi resource of one of these types, at any version of its API. */
export const isType = ({ type }: PolicyObject, ...types: readonly string[]): boolean =>
  types.includes(canonicalType(type));

/** `azure-native:keyvault/v20240401:Vault` and `azure-native_keyvault_v20240401:keyvault:Vault`, the version set apart. */
const VERSIONED = /^azure-native(?::([a-z\d]+)\/v\d\w*|_[a-z\d]+_v\d\w*:([a-z\d]+)):/;

/** The type without the version of the cloud's API, which some tokens carry. */
export const canonicalType = (type: string): string =>
  type.startsWith("azure-native")
    ? type.replace(VERSIONED, (_, module?: string, only?: string) => `azure-native:${module ?? only ?? ""}:`)
    : type;

export function fromResource(resource: ResourceDescription): PolicyObject {
  const props = new Field(plain(resource.props));
  const { urn, type, opts } = resource;
  return {
    ...identity(type, props, resource.name),
    urn,
    props,
    options: { protect: opts.protect, ignoreChanges: [...opts.ignoreChanges] },
    ...(resource.provider === undefined ? {} : { provider: fromProvider(resource.provider) }),
  };
}

/** The objects of one manifest; a `List` is taken apart. */
export function fromManifest(manifest: unknown): readonly PolicyObject[] {
  const items = listItems(manifest);
  if (items !== undefined) return items.flatMap(fromManifest);
  const props = new Field(plain(manifest));
  const type = `kubernetes:${knownText(props.at("apiVersion")) ?? ""}:${knownText(props.at("kind")) ?? ""}`;
  return [{ ...identity(type, props, ""), props, options: NO_OPTIONS }];
}

function listItems(manifest: unknown): readonly unknown[] | undefined {
  if (typeof manifest !== "object" || manifest === null || !("kind" in manifest) || !("items" in manifest))
    return undefined;
  const { kind, items } = manifest;
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items) ? items : undefined;
}

const fromProvider = ({ urn, props }: { readonly urn: string; readonly props: unknown }): Provider => ({
  urn,
  props: new Field(plain(props)),
});

type Identity = Pick<PolicyObject, "type" | "apiVersion" | "kind" | "name" | "namespace">;

function identity(type: string, props: Field, logicalName: string): Identity {
  const last = type.slice(type.lastIndexOf(":") + 1);
  if (!isManifestType(type)) return { type, apiVersion: "", kind: last, name: logicalName };
  const namespace = knownText(props.at("metadata", "namespace"));
  return {
    type,
    apiVersion: knownText(props.at("apiVersion")) ?? apiVersionOf(type),
    kind: knownText(props.at("kind")) ?? last,
    name: knownText(props.at("metadata", "name")) ?? knownText(props.at("metadata", "generateName")) ?? logicalName,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Helm, Kustomize and YAML resources are of the kubernetes package too, but they are no objects of the API. */
const isManifestType = (type: string): boolean =>
  type.startsWith("kubernetes:") && !/^kubernetes:(helm\.sh|kustomize|yaml)[/:]/.test(type);

const apiVersionOf = (type: string): string => type.split(":")[1]?.replace(/^core\//, "") ?? "";

const knownText = (field: Field): string | undefined => (field.isKnown ? textOf(field.value) : undefined);

const textOf = (value: Value): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
