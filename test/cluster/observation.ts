/** What is really there after a run: in the API server, in the stand-in cloud, among processes and locks. Only looks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Access, apiClient, type ApiClient, ApiError } from "../../embedded/plane/api";
import { withCloud } from "../../embedded/standin/cloud";
import type { CloudObject } from "../../embedded/standin/store";
import { runMark } from "../../embedded/engine/run-mark";
import { backendLocks, type StackFiles, stateFile } from "../../embedded/engine/stack-files";
import { readResources, type StateResource } from "../../embedded/engine/state";
import { type Manifest, objectId } from "../../graph/manifest";

const PROJECT = "keelson";

export const stateOf = (files: StackFiles): string => stateFile(files, PROJECT);

/** Custom resources of the state, without providers and without what only stands for a chart. */
export const recorded = (files: StackFiles): readonly StateResource[] =>
  readResources(stateOf(files)).filter(({ custom, type }) => custom === true && !type.startsWith("pulumi:"));

/** Objects of the stand-in cloud that the engine made and that still live. */
export const cloudObjects = (files: StackFiles): Promise<readonly CloudObject[]> =>
  withCloud(files.cloud, (cloud) => cloud.objects());

/** Engines, language hosts and plugins of any run on the stack. */
export function processesOf(files: StackFiles): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, "utf8").includes(`${runMark}=${files.root}#`);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** Lock files of ours and of the engine. */
export function locksOf(files: StackFiles): readonly string[] {
  const engine = backendLocks(files, PROJECT);
  return [...(existsSync(files.lock) ? [files.lock] : []), ...(existsSync(engine) ? readdirSync(engine) : [])];
}

export interface LiveObject extends Manifest {
  readonly metadata: Manifest["metadata"] & { readonly managedFields?: readonly { readonly manager: string }[] };
  readonly status?: Readonly<Record<string, unknown>>;
}

interface Listing {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
}

/** A kind whose definition is new is not served at once: the server says that its storage is being made. */
async function get(api: ApiClient, path: string, tries = 40): Promise<unknown> {
  try {
    return await api.call({ method: "GET", path });
  } catch (error) {
    if (tries === 0 || !(error instanceof ApiError && [429, 503].includes(error.status))) throw error;
    await new Promise((done) => setTimeout(done, 500));
    return get(api, path, tries - 1);
  }
}

interface Group {
  readonly preferredVersion: { readonly groupVersion: string };
  readonly versions: readonly { readonly groupVersion: string }[];
}

/** The versions of each group, the preferred one first. */
async function groups(api: ApiClient): Promise<readonly (readonly string[])[]> {
  const found = (await get(api, "/apis")) as { groups: Group[] };
  return [
    ["v1"],
    ...found.groups.map(({ preferredVersion, versions }) => [
      ...new Set([preferredVersion, ...versions].map(({ groupVersion }) => groupVersion)),
    ]),
  ];
}

/** Every object of a group once: kinds that the preferred version does not serve are read in another. */
async function listedIn(api: ApiClient, versions: readonly string[]): Promise<readonly LiveObject[]> {
  const seen = new Set<string>();
  const objects: LiveObject[] = [];
  for (const version of versions) objects.push(...(await listed(api, version, seen)));
  return objects;
}

async function listed(api: ApiClient, version: string, seen: Set<string>): Promise<readonly LiveObject[]> {
  const root = version === "v1" ? "/api/v1" : `/apis/${version}`;
  const { resources = [] } = (await get(api, root)) as Listing;
  const kinds = resources.filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list") && !seen.has(name));
  for (const { name } of kinds) seen.add(name);
  const lists = await Promise.all(
    kinds.map(async ({ name, kind }) => {
      const { items = [] } = (await get(api, `${root}/${name}`)) as { items?: LiveObject[] };
      return items.map((item) => ({ ...item, apiVersion: version, kind }));
    }),
  );
  return lists.flat();
}

/** Works with a client of the stack's API server. */
export async function onServer<T>(files: StackFiles, work: (api: ApiClient) => Promise<T>): Promise<T> {
  const api = apiClient(JSON.parse(readFileSync(files.controlPlane, "utf8")) as Access);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

/** Every object the API server holds. */
export const everything = (files: StackFiles): Promise<readonly LiveObject[]> =>
  onServer(files, async (api) => {
    const found = await groups(api);
    return (await Promise.all(found.map((versions) => listedIn(api, versions)))).flat();
  });

/** Ids of what a manager such as Pulumi applied. */
export const appliedBy = (manager: RegExp, live: readonly LiveObject[]): readonly string[] =>
  live
    .filter(({ metadata }) => (metadata.managedFields ?? []).some((entry) => manager.test(entry.manager)))
    .map(objectId)
    .toSorted();

const condition = ({ status }: LiveObject, type: string): boolean =>
  ((status?.["conditions"] ?? []) as readonly { type: string; status: string }[]).some(
    (each) => each.type === type && each.status === "True",
  );

const count = ({ status }: LiveObject, field: string): number => Number(status?.[field] ?? 0);
const wanted = ({ spec }: LiveObject): number => Number(Reflect.get(spec as object, "replicas") ?? 1);

/** When an object of a kind is ready, by its own status. Kinds that are not here have none, or no controller. */
const READY: Readonly<Record<string, (object: LiveObject) => boolean>> = {
  Namespace: ({ status }) => status?.["phase"] === "Active",
  Deployment: (each) => count(each, "availableReplicas") === wanted(each) && condition(each, "Available"),
  StatefulSet: (each) => count(each, "readyReplicas") === wanted(each),
  Job: (each) => condition(each, "Complete"),
  Pod: (each) => each.status?.["phase"] === "Succeeded" || condition(each, "Ready"),
  PersistentVolumeClaim: ({ status }) => status?.["phase"] === "Bound",
  // The controller of load balancers is played, Kong's is not: its Gateways are accepted, and listed so by `up`.
  Gateway: (each) => Reflect.get(Object(each.spec), "gatewayClassName") !== "alb" || condition(each, "Programmed"),
};

/** How many objects of each such kind there are, and which of them are not ready. */
export function readiness(live: readonly LiveObject[]) {
  const watched = live.filter(({ kind }) => kind in READY);
  const kinds = [...new Set(watched.map(({ kind }) => kind))].toSorted();
  return { kinds, unready: watched.filter((each) => READY[each.kind]?.(each) === false).map(objectId) };
}
