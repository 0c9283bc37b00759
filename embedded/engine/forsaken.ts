/**
 * Creations that a dead run had begun. Their objects may exist although the state does not know them, and nobody may ever
 * want them again as they were: a network that was changed back, settings that are no longer in the program. They are noted
 * when the run's pending operations are cleared, and removed before the next change, which makes anew what it needs.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeWhole } from "../files";
import { withCloud } from "../standin/cloud";
import { type Access } from "../plane/api";
import { Client, KindMissing, type Reference } from "../standin/kubernetes/client";
import { controlPlane as accessTo } from "../standin/kubernetes/control-plane";
import { textAt } from "../standin/kubernetes/fields";
import { kindOf } from "../standin/kubernetes/kind";
import { fieldManager } from "../standin/kubernetes/naming";
import { isManagedBy } from "../standin/kubernetes/ownership";
import { playOn } from "../standin/kubernetes/played/play";
import { untilGone } from "../standin/kubernetes/waiting";
import { objectKey } from "../standin/minting";
import { Refused } from "../standin/provider";
import { type Properties } from "../standin/values";
import { type StackFiles } from "./stack-files";
import { type PendingOperation, type StateResource } from "./state";

interface Forsaken {
  readonly urn: string;
  /** Where the API server would have the object; absent for an object of the cloud. */
  readonly reference?: Reference;
}

function read({ forsaken }: StackFiles): readonly Forsaken[] {
  try {
    return JSON.parse(readFileSync(forsaken, "utf8")) as readonly Forsaken[];
  } catch {
    return []; // no run died here
  }
}

function write({ forsaken }: StackFiles, all: readonly Forsaken[]): void {
  if (all.length === 0) rmSync(forsaken, { force: true });
  else writeWhole(forsaken, JSON.stringify([...new Map(all.map((each) => [JSON.stringify(each), each])).values()]));
}

function referenceOf({ type, inputs }: StateResource): Reference | undefined {
  const given = (inputs ?? {}) as Properties;
  const [name, namespace] = [textAt(given, "metadata", "name"), textAt(given, "metadata", "namespace")];
  const { apiVersion, kind, patch } = kindOf(type, given);
  if (patch || name === "") return undefined; // a patch's object is somebody else's
  return { apiVersion, kind, name, namespace: namespace === "" ? "default" : namespace };
}

function forsakenBy({ type, resource }: PendingOperation): readonly Forsaken[] {
  if (type !== "creating") return [];
  const { urn } = resource;
  if (!resource.type.startsWith("kubernetes:")) return [{ urn }];
  const reference = referenceOf(resource);
  return reference === undefined ? [] : [{ urn, reference }];
}

/** Remembers what a dead run had begun to create, until it is known to be gone. */
export function noteForsaken(files: StackFiles, pending: readonly PendingOperation[]): void {
  const found = pending.flatMap(forsakenBy);
  if (found.length > 0) write(files, [...read(files), ...found]);
}

/** Removes objects of the cloud that no state knows, the referring ones first; one that the cloud keeps is left to it. */
const removeFromCloud = ({ cloud: file }: StackFiles, urns: ReadonlySet<string>, known: readonly StateResource[]) =>
  withCloud(file, (cloud) => {
    const ids = new Set(known.map(({ type, id }) => `${type} ${id ?? ""}`));
    const lost = cloud.objects(
      ({ urn, type, id, recorded, status }) =>
        urns.has(urn) && !recorded && status === "live" && !ids.has(`${type} ${id}`),
    );
    const tried = (key: string): void => {
      try {
        cloud.remove(key);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    };
    for (let round = 0; round < lost.length; round += 1)
      // each frees what its objects referred to
      for (const object of lost) tried(objectKey(object));
  });

const PATIENCE_SECONDS = 60;

async function removeFromCluster(access: Access, { urn, reference }: Forsaken, known: readonly StateResource[]) {
  if (reference === undefined) return;
  const client = new Client(access);
  const live = await client.get(reference).catch((error: unknown) => {
    if (error instanceof KindMissing) return undefined;
    throw error;
  });
  if (live === undefined || !isManagedBy(live, fieldManager(urn, {}))) return;
  const uid = textAt(live, "metadata", "uid");
  if (known.some(({ outputs }) => textAt((outputs ?? {}) as Properties, "metadata", "uid") === uid)) return;
  const play = playOn(client);
  await play.deleting(live);
  await client.delete(reference, "Background");
  await untilGone({ client, seconds: PATIENCE_SECONDS, signal: new AbortController().signal }, reference, uid);
  await play.deleted(live);
}

/** Before a change: removes what dead runs left. What cannot be reached now stays noted. */
export async function removeForsaken(files: StackFiles, known: readonly StateResource[]): Promise<void> {
  const noted = read(files);
  if (noted.length === 0) return;
  const [inCluster, inCloud] = [
    noted.filter(({ reference }) => reference),
    noted.filter(({ reference }) => !reference),
  ];
  if (existsSync(files.cloud)) await removeFromCloud(files, new Set(inCloud.map(({ urn }) => urn)), known);
  const access = accessTo(files.controlPlane);
  const left: Forsaken[] = [];
  process.env["KEELSON_CLOUD"] = files.cloud; // the players read it
  for (const each of inCluster) {
    const gone =
      access !== undefined &&
      (await removeFromCluster(access, each, known).then(
        () => true,
        () => false,
      ));
    if (!gone) left.push(each);
  }
  write(files, left);
}
