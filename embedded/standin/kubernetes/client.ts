/**
 * The Kubernetes API as the stand-in needs it: find a kind, get, list, apply, patch, delete. Which path serves a kind is
 * asked once per API version and remembered; a kind that is missing is looked for again, since its definition may be
 * newly installed. Sits on the plain client of the control plane.
 */
import { applying, cached, rootOf, unlessMissing, type Access, type ApplyOptions } from "../../plane/api";
import type { Properties } from "../values";
import { items, textAt } from "./fields";
import { sender, type Send } from "./transport";

/** An object as the server holds it. */
export type Live = Properties;

export interface Kinded {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface Reference extends Kinded {
  readonly name: string;
  /** Left out for cluster-wide objects, or to mean all namespaces in a list. */
  readonly namespace?: string;
}

export interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** No API of that version and kind is served. */
export class KindMissing extends Error {
  constructor({ apiVersion, kind }: Kinded) {
    super(`the API server serves no ${kind} of ${apiVersion}: its definition is not installed`);
  }
}

const MERGE = "application/merge-patch+json";

export class Client {
  readonly #send: Send;
  readonly #versions = new Map<string, Promise<ReadonlyMap<string, Resource>>>();

  readonly endpoint: string;

  constructor(access: Access) {
    this.endpoint = access.endpoint;
    this.#send = sender(access);
  }

  /** Undefined when the API version or the kind is not served. */
  async resource({ apiVersion, kind }: Kinded): Promise<Resource | undefined> {
    const found = (await this.#version(apiVersion)).get(kind);
    if (found === undefined) this.#versions.delete(apiVersion);
    return found;
  }

  async get(reference: Reference): Promise<Live | undefined> {
    return unlessMissing(this.#send({ method: "GET", path: await this.#path(reference) }));
  }

  /** Every object of a kind, in one namespace or all; `query` such as `labelSelector=app%3Dorder`. */
  async list(of: Kinded & { readonly namespace?: string }, query = ""): Promise<readonly Live[]> {
    const found = await this.#send({ method: "GET", path: `${await this.#path({ ...of, name: "" })}?${query}` });
    return items(found, "items").map((object) => ({ apiVersion: of.apiVersion, kind: of.kind, ...object }));
  }

  /** Server-side apply, creating what is not there. */
  async apply(object: Properties, options: ApplyOptions): Promise<Live> {
    return this.#send(applying(await this.#path(referenceOf(object)), object, options));
  }

  /** A merge patch, of the object or of its `status`. Undefined when the object is gone. */
  async merge(reference: Reference, body: Properties, subresource = ""): Promise<Live | undefined> {
    const path = `${await this.#path(reference)}${subresource === "" ? "" : `/${subresource}`}`;
    return unlessMissing(this.#send({ method: "PATCH", path, body, contentType: MERGE }));
  }

  /** Asks for deletion; what was there, or undefined when nothing was. */
  async delete(reference: Reference, propagation: string): Promise<Live | undefined> {
    const path = `${await this.#path(reference)}?propagationPolicy=${propagation}`;
    return unlessMissing(this.#send({ method: "DELETE", path }));
  }

  async #path(reference: Reference): Promise<string> {
    const resource = await this.resource(reference);
    if (resource === undefined) throw new KindMissing(reference);
    const { namespace, name } = reference;
    const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${rootOf(reference.apiVersion)}${scope}/${resource.plural}${name === "" ? "" : `/${name}`}`;
  }

  #version(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    return cached(this.#versions, apiVersion, () => this.#discover(apiVersion));
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const served = (await unlessMissing(this.#send({ method: "GET", path: rootOf(apiVersion) }))) ?? {};
    const kinds = items(served, "resources").filter((entry) => !textAt(entry, "name").includes("/"));
    return new Map(kinds.map((entry) => [textAt(entry, "kind"), resourceOf(entry)]));
  }
}

const resourceOf = (entry: Properties): Resource => ({
  plural: textAt(entry, "name"),
  namespaced: entry["namespaced"] === true,
});

/** Which object a manifest is. A namespaced one without a namespace is in `default`. */
export const referenceOf = (object: Properties): Reference => ({
  apiVersion: textAt(object, "apiVersion"),
  kind: textAt(object, "kind"),
  name: textAt(object, "metadata", "name"),
  namespace: textAt(object, "metadata", "namespace") || "default",
});
