/**
 * Deletes objects and waits, bounded, until they are gone; one that stays is reported with the finalizer that holds it.
 * What is already gone is no error; a patch gives its fields back instead of deleting an object that is not its own.
 */
import { ApiError } from "../../plane/api";
import type { DeleteRequest } from "../provider";
import { KindMissing, type Client, type Live, type Reference } from "./client";
import { annotation, textAt } from "./fields";
import { kindOf } from "./kind";
import { fieldManager } from "./naming";
import { playOn } from "./played/play";
import { locate } from "./reading";
import { explained } from "./refusals";
import { ControlPlaneLost } from "./transport";
import { untilGone } from "./waiting";
import { clientOf, type Session } from "./writing";

const DEFAULT_SECONDS = 120;

/** Kinds with objects below them, which are to go first. */
const OWNERS = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"]);

export async function remove(session: Session, request: DeleteRequest): Promise<void> {
  const recorded = { ...request.oldInputs, ...request.olds };
  const reference = locate(request.type, request.id, recorded);
  try {
    if (kindOf(request.type, recorded).patch) await relinquish(session, request, reference);
    else await erase(session, request, reference);
  } catch (error) {
    if (error instanceof KindMissing) return;
    if (error instanceof ControlPlaneLost && session.settings.deleteUnreachable) return;
    throw explained(error, reference, request.oldInputs);
  }
}

async function erase(session: Session, request: DeleteRequest, reference: Reference): Promise<void> {
  const client = clientOf(session);
  const live = await client.get(reference);
  if (live === undefined) return;
  const play = playOn(client);
  await play.deleting(live);
  await client.delete(reference, propagation(request, reference.kind));
  const seconds = request.timeoutSeconds || DEFAULT_SECONDS;
  await untilGone({ client, seconds, signal: session.signal }, reference, uid(live));
  await play.deleted(live);
}

const uid = (live: Live): string => textAt(live, "metadata", "uid");

function propagation({ oldInputs }: DeleteRequest, kind: string): string {
  const asked = annotation(oldInputs, "pulumi.com/deletionPropagationPolicy");
  if (asked !== "") return asked.charAt(0).toUpperCase() + asked.slice(1);
  return OWNERS.has(kind) ? "Foreground" : "Background";
}

/** Applying nothing but the identity gives every field back. */
async function relinquish(session: Session, request: DeleteRequest, reference: Reference): Promise<void> {
  const { apiVersion, kind, ...metadata } = reference;
  const manager = fieldManager(request.urn, request.oldInputs, request.olds);
  const client: Client = clientOf(session);
  if ((await client.get(reference)) === undefined) return;
  await client.apply({ apiVersion, kind, metadata }, { fieldManager: manager }).catch(lastManager);
}

/** Fields nobody else manages cannot be given back; the object then keeps them. */
function lastManager(error: unknown): void {
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
}
