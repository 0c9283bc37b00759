/**
 * Owns installing custom resource definitions into an API server, and knowing which are there already: a digest on each
 * lets a second run apply nothing. Refuses nothing; what the server says of a definition is reported by name.
 */

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Manifest } from "../../graph/manifest";
import { messageOf } from "../errors";
import type { Crd } from "../toolchain/crds";
import type { ApiClient } from "./api";

const DIGEST = "keelson.dev/digest";
const PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const PATIENCE_SECONDS = 30;

export interface Installed {
  /** Names of those that were new or had changed. */
  readonly applied: readonly string[];
  /** Those the server refused, with its words. */
  readonly refused: readonly { readonly name: string; readonly why: string }[];
}

/** Installs what is not there as it should be, and waits until the server serves it. */
export async function installDefinitions(api: ApiClient, crds: readonly Crd[]): Promise<Installed> {
  const present = await digests(api);
  const wanted = crds.map(({ manifest }) => withDigest(manifest));
  const changed = wanted.filter(({ metadata }) => present.get(metadata.name) !== metadata.annotations?.[DIGEST]);
  const outcomes = await Promise.all(changed.map((manifest) => install(api, manifest)));
  const refused = outcomes.filter((outcome) => outcome !== undefined);
  const names = changed.map(({ metadata }) => metadata.name);
  const applied = names.filter((name) => !refused.some((one) => one.name === name));
  for (const name of applied) await established(api, name);
  api.forget();
  return { applied, refused };
}

async function digests(api: ApiClient): Promise<ReadonlyMap<string, string | undefined>> {
  const list = (await api.call({ method: "GET", path: PATH, accept: NAMES_ONLY })) as { items: Manifest[] | null };
  return new Map((list.items ?? []).map(({ metadata }) => [metadata.name, metadata.annotations?.[DIGEST]]));
}

/** A published definition may carry a status: that is the server's to write. */
function withDigest({ status: _, ...manifest }: Manifest): Manifest {
  const { metadata } = manifest as Manifest;
  const digest = createHash("sha256").update(JSON.stringify(manifest)).digest("hex").slice(0, 16);
  return {
    ...(manifest as Manifest),
    metadata: { ...metadata, annotations: { ...metadata.annotations, [DIGEST]: digest } },
  };
}

async function install(api: ApiClient, manifest: Manifest): Promise<Installed["refused"][number] | undefined> {
  try {
    await api.apply(manifest, { fieldManager: "keelson-plane", force: true });
    return undefined;
  } catch (error) {
    return { name: manifest.metadata.name, why: messageOf(error) };
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

async function established(api: ApiClient, name: string): Promise<void> {
  const until = Date.now() + PATIENCE_SECONDS * 1_000;
  while (!(await isEstablished(api, name))) {
    if (Date.now() > until) throw new Error(`the API server does not serve ${name} after ${PATIENCE_SECONDS} s`);
    await pause(100);
  }
}

async function isEstablished(api: ApiClient, name: string): Promise<boolean> {
  const found = (await api.call({ method: "GET", path: `${PATH}/${name}` })) as {
    status?: { conditions?: Condition[] };
  };
  return (found.status?.conditions ?? []).some(({ type, status }) => type === "Established" && status === "True");
}
