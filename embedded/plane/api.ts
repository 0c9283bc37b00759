/**
 * Owns plain HTTPS to one API server: a token, its own certificate, JSON, server-side apply. Knows no kind but what the
 * server's discovery tells. Refuses nothing itself: what the server answers is handed on as `ApiError`.
 */

import { Agent, request, type RequestOptions } from "node:https";
import type { Manifest } from "../../graph/manifest";

/** What is needed to talk to an API server; `control-plane.json` holds these fields. */
export interface Access {
  /** Such as `https://127.0.0.1:26443`. */
  readonly endpoint: string;
  /** The server's certificate authority, PEM in base64. */
  readonly caData: string;
  readonly token: string;
}

/** An answer of 400 or above, with the server's own message. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The server's `reason`, such as `NotFound`, `Conflict`, `Invalid`; empty when it gave none. */
    readonly reason: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query, such as `/api/v1/nodes?limit=1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly accept?: string;
  /** @default application/json, for PATCH application/apply-patch+yaml (server-side apply; JSON is YAML) */
  readonly contentType?: string;
  /** Takes each warning that comes with an answer: what the server did, and would rather not have. @default dropped */
  readonly onWarning?: (text: string) => void;
}

export interface ApplyOptions {
  /** Who owns the applied fields. */
  readonly fieldManager: string;
  /** Takes over fields another manager owns. @default false */
  readonly force?: boolean;
  /** Validates and admits, stores nothing. @default false */
  readonly dryRun?: boolean;
}

export interface ApiClient {
  /** The answer's JSON; text when it is not JSON. */
  call(call: Call): Promise<unknown>;
  /** The path of the object, by the server's discovery. @throws ApiError 404 when the server does not know the kind. */
  pathOf(manifest: Manifest): Promise<string>;
  apply(manifest: Manifest, options: ApplyOptions): Promise<Manifest>;
  /** Undefined when there is no such object. */
  read(manifest: Manifest): Promise<Manifest | undefined>;
  /** False when it was not there. */
  remove(manifest: Manifest): Promise<boolean>;
  /** Forgets discovery: call it after a CustomResourceDefinition was added. */
  forget(): void;
  /** Closes idle connections. */
  close(): void;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const TIMEOUT_MS = 60_000;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

/** A client for one API server; keeps connections open between calls and lets the process end with them idle. */
export function apiClient(access: Access): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: Buffer.from(access.caData, "base64") });
  const discovered = new Map<string, Promise<readonly ApiResource[]>>();
  const call = (what: Call) => send(access, agent, what);
  const resources = (apiVersion: string) => cached(discovered, apiVersion, () => discover(call, apiVersion));
  const pathOf = async (manifest: Manifest) => objectPath(manifest, await resources(manifest.apiVersion));
  return {
    call,
    pathOf,
    apply: async (manifest, options) => (await call(applying(await pathOf(manifest), manifest, options))) as Manifest,
    read: async (manifest) =>
      (await unlessMissing(call({ method: "GET", path: await pathOf(manifest) }))) as Manifest | undefined,
    remove: async (manifest) =>
      (await unlessMissing(call({ method: "DELETE", path: await pathOf(manifest) }))) !== undefined,
    forget: () => discovered.clear(),
    close: () => agent.destroy(),
  };
}

/** Asks once for each key, and again after a failure. */
export function cached<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = known.get(key) ?? make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

/** Where an API version is served. */
export const rootOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

async function discover(call: ApiClient["call"], apiVersion: string): Promise<readonly ApiResource[]> {
  return (record(await call({ method: "GET", path: rootOf(apiVersion) }))["resources"] ?? []) as readonly ApiResource[];
}

function objectPath({ apiVersion, kind, metadata }: Manifest, resources: readonly ApiResource[]): string {
  const resource = resources.find((candidate) => candidate.kind === kind && !candidate.name.includes("/"));
  if (resource === undefined) throw new ApiError(404, `the server has no kind ${kind} in ${apiVersion}`, "NotFound");
  const space = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
  return `${rootOf(apiVersion)}${space}/${resource.name}/${metadata.name}`;
}

/** A server-side apply that refuses unknown fields. */
export function applying(path: string, body: unknown, { fieldManager, force, dryRun }: ApplyOptions): Call {
  const query = new URLSearchParams({ fieldManager, fieldValidation: "Strict", force: String(force ?? false) });
  if (dryRun === true) query.set("dryRun", "All");
  return { method: "PATCH", path: `${path}?${query}`, body };
}

/** Undefined instead of an error when there is no such object. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function headers({ token }: Access, call: Call, length: number): Record<string, string | number> {
  const type = call.contentType ?? (call.method === "PATCH" ? "application/apply-patch+yaml" : "application/json");
  const sent = length === 0 ? {} : { "content-type": type, "content-length": length };
  return { authorization: `Bearer ${token}`, accept: call.accept ?? "application/json", ...sent };
}

function send(access: Access, agent: Agent, call: Call): Promise<unknown> {
  const body = call.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(call.body));
  const { hostname, port } = new URL(access.endpoint);
  const to: RequestOptions = { hostname, port, agent, path: call.path, method: call.method, timeout: TIMEOUT_MS };
  return new Promise((resolve, reject) => {
    const sending = request({ ...to, headers: headers(access, call, body.length) }, (answer) => {
      for (const text of warningsIn(answer.rawHeaders)) call.onWarning?.(text);
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => settle(answer.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"), resolve, reject));
    });
    sending.on("timeout", () => sending.destroy(new Error(`${access.endpoint} gave no answer in ${TIMEOUT_MS} ms`)));
    sending.on("error", reject);
    sending.end(body);
  });
}

/** The texts of `Warning: 299 - "…"`, one a header. */
const warningsIn = (headers: readonly string[]): readonly string[] =>
  headers.flatMap((name, index) => {
    const text = name.toLowerCase() === "warning" && index % 2 === 0 ? /"(.*)"/s.exec(headers[index + 1] ?? "") : null;
    return text?.[1] === undefined ? [] : [text[1].replace(/\\(.)/g, "$1")];
  });

function settle(status: number, body: string, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  const value = parse(body);
  if (status < 400) return resolve(value);
  const said = record(value);
  reject(new ApiError(status, text(said["message"]) || body || `status ${status}`, text(said["reason"])));
}
