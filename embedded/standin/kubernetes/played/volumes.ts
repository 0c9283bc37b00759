/**
 * Plays the EBS CSI driver: gives a claim that waits for its volume a PersistentVolume, as soon as the scheduler has
 * chosen a node, and removes volumes released for deletion. Nothing is stored in them. It acts while a run waits for an
 * object or for its deletion, which is when the real driver's work is needed.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Properties } from "../../values";
import { type Client, type Live, referenceOf } from "../client";
import { annotation, at, record, textAt } from "../fields";
import { recordPlayed } from "../records";
import { verdictOn } from "../verdict";
import type { Controller } from "./play";

export const VOLUME_PLAYER = "aws-ebs-csi-driver";

const OWN = "keelson.dev/played";
const CLAIMS = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
const VOLUMES = { apiVersion: "v1", kind: "PersistentVolume" };
const NEEDS_VOLUME = new Set(["StatefulSet", "Deployment", "Pod", "Job", "PersistentVolumeClaim", "ReplicaSet"]);

/** Called at each step of a wait. */
export async function playWhileWaiting(client: Client, live: Live): Promise<void> {
  if (!NEEDS_VOLUME.has(textAt(live, "kind"))) return;
  const namespace = textAt(live, "metadata", "namespace");
  const claims = await client.list({ ...CLAIMS, namespace });
  await Promise.all(claims.filter(awaitsVolume).map((claim) => provision(client, claim)));
}

/** How long pods may take to come up one after the other, once nothing else is missing. */
const PATIENCE_SECONDS = 60;

/**
 * The same for what nobody waits for, such as what Argo CD has applied: until each of them is ready, or a minute is over.
 * Members of a StatefulSet come one after the other, each with a claim of its own.
 */
export async function playUntilReady(client: Client, applied: readonly Properties[]): Promise<void> {
  const claiming = applied.filter((object) => at(object, "spec", "volumeClaimTemplates") !== undefined);
  for (const until = Date.now() + PATIENCE_SECONDS * 1_000; Date.now() < until; await pause(500)) {
    const live = await Promise.all(claiming.map((object) => client.get(referenceOf(object))));
    const unready = live.filter((each): each is Live => each !== undefined && !verdictOn(each).ready);
    if (unready.length === 0) return;
    for (const each of unready) await playWhileWaiting(client, each);
  }
}

/** The claim controller says which driver should act, the scheduler on which node. */
export function awaitsVolume(claim: Live): boolean {
  const driver = annotation(claim, "volume.kubernetes.io/storage-provisioner");
  const placed = annotation(claim, "volume.kubernetes.io/selected-node") !== "";
  return textAt(claim, "status", "phase") === "Pending" && driver !== "" && placed;
}

async function provision(client: Client, claim: Live): Promise<void> {
  const volume = volumeFor(claim);
  await client.apply(volume, { fieldManager: VOLUME_PLAYER, force: true });
  recordPlayed({ played: VOLUME_PLAYER, did: `PersistentVolume ${textAt(volume, "metadata", "name")}` });
}

/** The volume a claim gets: its size, modes and class, bound to it beforehand. */
export function volumeFor(claim: Live): Properties {
  const metadata = record(claim, "metadata");
  const [namespace, name, uid] = [textAt(metadata, "namespace"), textAt(metadata, "name"), textAt(metadata, "uid")];
  const driver = annotation(claim, "volume.kubernetes.io/storage-provisioner");
  return {
    ...VOLUMES,
    metadata: {
      name: `pvc-${uid}`,
      labels: { [OWN]: VOLUME_PLAYER },
      annotations: { "pv.kubernetes.io/provisioned-by": driver },
    },
    spec: {
      accessModes: at(claim, "spec", "accessModes") ?? ["ReadWriteOnce"],
      capacity: { storage: textAt(claim, "spec", "resources", "requests", "storage") },
      claimRef: { ...CLAIMS, namespace, name, uid },
      csi: { driver, volumeHandle: `vol-${uid.replaceAll("-", "").slice(0, 17)}` },
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: textAt(claim, "spec", "storageClassName"),
      volumeMode: textAt(claim, "spec", "volumeMode") || "Filesystem",
    },
  };
}

/** Removes volumes where claims are gone. */
export const volumeController: Controller = {
  kinds: ["Namespace", "PersistentVolumeClaim"],
  deleted: ({ client }, gone) => removeVolumes(client, gone),
};

/** Removes the volumes of a claim, or of every claim of a namespace, once it is gone: the driver's part of deletion. */
async function removeVolumes(client: Client, gone: Live): Promise<void> {
  const query = new URLSearchParams({ labelSelector: `${OWN}=${VOLUME_PLAYER}` }).toString();
  const volumes = await client.list(VOLUMES, query);
  for (const volume of volumes.filter((each) => belonged(each, gone)))
    await remove(client, textAt(volume, "metadata", "name"));
}

function belonged(volume: Live, gone: Live): boolean {
  const claim = record(volume, "spec", "claimRef");
  const namespace = textAt(gone, "kind") === "Namespace";
  return namespace
    ? claim["namespace"] === textAt(gone, "metadata", "name")
    : claim["uid"] === textAt(gone, "metadata", "uid");
}

async function remove(client: Client, name: string): Promise<void> {
  await client.delete({ ...VOLUMES, name }, "Background");
  await client.merge({ ...VOLUMES, name }, { metadata: { finalizers: null } });
  recordPlayed({ played: VOLUME_PLAYER, did: `removed PersistentVolume ${name}` });
}
