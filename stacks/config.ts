/** The only reader of Pulumi configuration: settings, and secrets as secret outputs. */
import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../graph/problems";
import { readSettings } from "./settings";
import { type Settings } from "./schema";

/** Settings of the stack that the engine runs. @throws InvalidInput with all problems of its file. */
export function settingsOfStack(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), structured(value)]);
  return readSettings(pulumi.getStack(), Object.fromEntries(raw));
}

/** The engine hands structured values over as JSON; a plain string that looks like none stays a string. */
function structured(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A secret of the stack, such as `keelson:stripeCredential`. Secret from here to the cluster. */
export const credential = (name: string): pulumi.Output<string> =>
  new pulumi.Config().requireSecret(`${name}Credential`);

/** Runs the program so that bad input ends it with its problems and without a stack trace. */
export function readable<T>(program: () => T): T {
  try {
    return program();
  } catch (error) {
    throw error instanceof InvalidInput ? new pulumi.RunError(error.message) : error;
  }
}
