/** Turns what the API server refuses into messages that say how to mend it, and tells what is worth another try. */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../plane/api";
import { Refused } from "../provider";
import { redacted, type Properties } from "../values";
import { KindMissing, type Reference } from "./client";

export const place = ({ kind, namespace, name }: Reference): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/** The namespace, the definition or an admission webhook may be created in the same run, a moment later. */
const PAUSES_MS = [150, 300, 600, 1_200, 2_400];

/** Runs `work` again while what it needs is still being made. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (missing(error) === undefined) throw error;
      await sleep(pause);
    }
  }
  return work();
}

/** What has to exist first, if that is what this error is about. */
export function missing(error: unknown): string | undefined {
  if (error instanceof KindMissing) return error.message;
  if (!(error instanceof ApiError)) return undefined;
  const [, namespace] = /^namespaces "([^"]+)" not found/.exec(error.message) ?? [];
  if (namespace !== undefined) return `namespace ${namespace} does not exist yet`;
  return /being terminated|failed calling webhook/.test(error.message) ? error.message : undefined;
}

/** The same refusal, for people, without secret values. Errors of our own pass as they are. */
export function explained(error: unknown, reference: Reference, inputs: Properties): Error {
  if (error instanceof Refused) return error;
  if (error instanceof KindMissing) return new Refused(`${place(reference)}: ${error.message}; install it first`);
  if (error instanceof ApiError) return new Refused(redacted(`${place(reference)}: ${said(error)}`, inputs));
  return error instanceof Error ? error : new Error(String(error));
}

function said({ status, reason, message }: ApiError): string {
  if (reason !== "Conflict") return `the API server refused it (${status} ${reason}): ${message}`;
  return (
    `another manager owns a field of it: ${message}. Leave the field out (ignoreChanges), ` +
    `or take it over with the annotation pulumi.com/patchForce: "true"`
  );
}

export const foreign = (reference: Reference, managers: readonly string[]): Refused =>
  new Refused(
    `${place(reference)} already exists and is not this stack's (managed by ${managers.join(", ") || "nobody"}): ` +
      `import it (pulumi import, or the option import), manage some of its fields with a Patch resource, ` +
      `or delete it, then run again`,
  );
