/** Reads live objects, for refresh and import: outputs as they are, inputs as they would have to be. */
import type { ReadRequest, ReadResult } from "../provider";
import { text, type Properties } from "../values";
import { KindMissing, type Live, type Reference } from "./client";
import { kindOf } from "./kind";
import { driftedInputs, importedInputs, outputsOf } from "./manifest";
import { fieldManager } from "./naming";
import { explained } from "./refusals";
import { clientOf, idOf, type Session } from "./writing";

/** Undefined when the object is gone. */
export async function read(session: Session, request: ReadRequest): Promise<ReadResult | undefined> {
  const live = await found(session, request);
  if (live === undefined) return undefined;
  const imported = Object.keys(request.inputs).length === 0;
  const inputs = imported ? importedInputs(live) : driftedInputs(request.inputs, request.olds, live);
  const manager = fieldManager(request.urn, inputs, request.olds);
  return { id: idOf(live), inputs, properties: outputsOf(live, inputs, manager) };
}

async function found(session: Session, request: ReadRequest): Promise<Live | undefined> {
  const reference = locate(request.type, request.id, { ...request.inputs, ...request.olds });
  try {
    return await clientOf(session).get(reference);
  } catch (error) {
    if (error instanceof KindMissing) return undefined;
    throw explained(error, reference, request.inputs);
  }
}

/** An id is `namespace/name`, or `name` where there are no namespaces. */
export function locate(type: string, id: string, recorded: Properties): Reference {
  const { apiVersion, kind } = kindOf(type, recorded);
  const [name = "", namespace] = id.split("/").reverse();
  const version = text(recorded["__initialApiVersion"]) ?? apiVersion;
  return { apiVersion: version, kind, name, namespace: namespace ?? "default" };
}
