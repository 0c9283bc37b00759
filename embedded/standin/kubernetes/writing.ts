/**
 * Creates and updates objects by server-side apply. Creation refuses an object that somebody else made, and takes up one
 * that this very resource made before its run was killed.
 */
import { InitFailed, Refused, type CreateRequest, type Created, type UpdateRequest } from "../provider";
import { redacted, type Properties } from "../values";
import { referenceOf, type Client, type Live, type Reference } from "./client";
import { MEND } from "./control-plane";
import { annotation, textAt } from "./fields";
import { kindOf, type Kind } from "./kind";
import { manifestOf, outputsOf } from "./manifest";
import { fieldManager } from "./naming";
import { isManagedBy, managersOf, withIgnored } from "./ownership";
import { playOn } from "./played/play";
import { explained, foreign, persistently, place } from "./refusals";
import type { Settings } from "./settings";
import { ControlPlaneLost } from "./transport";
import { untilGone, untilReady, type Awaited, type Wait } from "./waiting";

/** A run's settings and its right to be interrupted. */
export interface Session {
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** One object about to be written. */
export interface Writing {
  readonly session: Session;
  readonly client: Client;
  readonly urn: string;
  readonly kind: Kind;
  readonly inputs: Properties;
  readonly object: Properties;
  readonly reference: Reference;
  readonly manager: string;
  readonly timeoutSeconds: number;
}

const DEFAULT_WAIT_SECONDS = 120;

export function writing(session: Session, request: CreateRequest | UpdateRequest): Writing {
  const inputs = "news" in request ? request.news : request.inputs;
  const kind = kindOf(request.type, inputs);
  const object = manifestOf(inputs, kind);
  const manager = fieldManager(request.urn, inputs, "olds" in request ? request.olds : {});
  const { urn, timeoutSeconds } = request;
  const reference = referenceOf(object);
  return { session, client: clientOf(session), urn, kind, inputs, object, reference, manager, timeoutSeconds };
}

/** @throws Refused when there is no API server to speak to. */
export function clientOf({ settings }: Session): Client {
  if (settings.client === undefined) throw new Refused(`${settings.silence}; ${MEND}`);
  return settings.client;
}

export const idOf = (live: Live): string =>
  [textAt(live, "metadata", "namespace"), textAt(live, "metadata", "name")].filter(Boolean).join("/");

export async function create(session: Session, request: CreateRequest): Promise<Created> {
  const what = writing(session, request);
  const live = await persistently(() => claim(what)).catch((error: unknown) => fail(what, error));
  return { id: idOf(live), properties: await settled(what, live) };
}

export async function update(session: Session, request: UpdateRequest): Promise<Properties> {
  const what = writing(session, request);
  const applied = persistently(() => amend(what, request.ignoreChanges));
  return settled(what, await applied.catch((error: unknown) => fail(what, error)));
}

function fail(what: Writing, error: unknown): never {
  throw explained(error, what.reference, what.inputs);
}

/** Refuses another's object; waits for one of that name to be gone if it is on its way out. */
async function claim(what: Writing): Promise<Live> {
  const existing = await what.client.get(what.reference);
  if (existing !== undefined) await makeWay(what, existing);
  return what.client.apply(what.object, { fieldManager: what.manager, force: isForced(what) });
}

async function makeWay(what: Writing, existing: Live): Promise<void> {
  const leaving = textAt(existing, "metadata", "deletionTimestamp") !== "";
  if (leaving) await untilGone(waitOf(what), what.reference, textAt(existing, "metadata", "uid"));
  else if (!isClaimable(what, existing)) throw foreign(what.reference, managersOf(existing));
}

/** An object of which nothing but its name was ever said, such as a bare Namespace, carries no trace of who made it. */
const isNobodys = (existing: Live): boolean => managersOf(existing).length === 0;

export const isClaimable = (what: Writing, existing: Live): boolean =>
  isNobodys(existing) ||
  what.kind.patch ||
  what.session.settings.upsert ||
  isForced(what) ||
  isManagedBy(existing, what.manager);

/** A patch takes fields over, as its annotation or the provider's settings say. */
export const isForced = ({ inputs, session }: Writing): boolean =>
  annotation(inputs, "pulumi.com/patchForce") === "true" || session.settings.force;

async function amend(what: Writing, ignored: readonly string[]): Promise<Live> {
  const options = { fieldManager: what.manager, force: isForced(what) };
  return what.client.apply(await leavingIgnored(what, ignored), options);
}

/** What an update sends when the program ignores some fields. */
export async function leavingIgnored(what: Writing, ignored: readonly string[]): Promise<Properties> {
  const live = ignored.length === 0 ? undefined : await what.client.get(what.reference);
  return live === undefined ? what.object : withIgnored(what.object, live, { ignored, manager: what.manager });
}

export const waitOf = ({ client, session, inputs, timeoutSeconds }: Writing): Wait => ({
  client,
  signal: session.signal,
  seconds: timeoutSeconds || Number(annotation(inputs, "pulumi.com/timeoutSeconds")) || DEFAULT_WAIT_SECONDS,
});

/** Outputs once the object is ready. One that does not become ready is recorded as created, with the reasons. */
async function settled(what: Writing, applied: Live): Promise<Properties> {
  const { inputs, manager, reference } = what;
  const trouble = await played(what, applied);
  const { live, reasons } = trouble ?? (await untilReady(waitOf(what), applied, reference));
  const properties = outputsOf(live, inputs, manager);
  if (reasons.length === 0) return properties;
  const said = reasons.map((reason) => redacted(reason, inputs));
  throw new InitFailed({ id: idOf(live), properties, inputs }, [`${place(reference)} is not ready`, ...said]);
}

/** A played controller that fails leaves the object as created but not ready. */
async function played(what: Writing, live: Live): Promise<Awaited | undefined> {
  try {
    await playOn(what.client).applied(live);
    return undefined;
  } catch (error) {
    if (error instanceof ControlPlaneLost) throw error;
    return { live, reasons: [explained(error, what.reference, what.inputs).message] };
  }
}
