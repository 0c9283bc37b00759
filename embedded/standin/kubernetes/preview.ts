/**
 * A preview asks the API server whether it would take the object (a dry run), when there is a server and every value is
 * known. Otherwise the inputs are echoed. Which of the two it was is recorded for the plan.
 */
import type { CreateRequest, UpdateRequest } from "../provider";
import { hasUnknown, type Properties } from "../values";
import type { Live } from "./client";
import { kindOf } from "./kind";
import { previewOutputs, unknownPaths } from "./manifest";
import { managersOf, isManagedBy } from "./ownership";
import { recordDryRun } from "./records";
import { explained, foreign, missing } from "./refusals";
import { ControlPlaneLost } from "./transport";
import { isClaimable, isForced, leavingIgnored, writing, type Session, type Writing } from "./writing";

/** Throws what the server would refuse. */
export async function previewCreate(session: Session, request: CreateRequest): Promise<Properties> {
  return previewed(session, request, async (what) => {
    const existing = await what.client.get(what.reference);
    if (existing === undefined) return what.client.apply(what.object, dryRun(what));
    if (isManagedBy(existing, what.manager)) return "it takes the place of an object of the same name";
    if (!isClaimable(what, existing)) throw foreign(what.reference, managersOf(existing));
    return what.client.apply(what.object, dryRun(what));
  });
}

export async function previewUpdate(session: Session, request: UpdateRequest): Promise<Properties> {
  return previewed(session, request, async (what) =>
    what.client.apply(await leavingIgnored(what, request.ignoreChanges), dryRun(what)),
  );
}

const dryRun = (what: Writing) => ({ fieldManager: what.manager, force: isForced(what), dryRun: true });

/** The server's answer, or why it was not asked. */
type Trial = (what: Writing) => Promise<Live | string>;

async function previewed(session: Session, request: CreateRequest | UpdateRequest, trial: Trial): Promise<Properties> {
  const inputs = "news" in request ? request.news : request.inputs;
  kindOf(request.type, inputs); // refuses what is not supported, server or not
  const answer = unaskable(session, inputs) ?? (await attempt(writing(session, request), trial));
  if (typeof answer === "string") recordDryRun({ urn: request.urn, dryRun: false, reason: answer });
  else recordDryRun({ urn: request.urn, dryRun: true });
  return typeof answer === "string" ? inputs : answer;
}

function unaskable({ settings }: Session, inputs: Properties): string | undefined {
  if (settings.client === undefined) return settings.silence;
  return hasUnknown(inputs) ? `not known yet: ${unknownPaths(inputs).slice(0, 3).join(", ")}` : undefined;
}

async function attempt(what: Writing, trial: Trial): Promise<Properties | string> {
  try {
    const answer = await trial(what);
    return typeof answer === "string" ? answer : previewOutputs(answer, what.inputs, what.manager);
  } catch (error) {
    const reason = error instanceof ControlPlaneLost ? error.message : missing(error);
    if (reason !== undefined) return reason;
    throw explained(error, what.reference, what.inputs);
  }
}
