/**
 * Where one stack's embedded state lives: everything below `<checkout>/.keelson/<stack>/`.
 * Refuses nothing; it only names paths, so that no other file spells one out.
 */
import { join } from "node:path";

export interface StackFiles {
  /** The stack's name, such as `dev` or `payments-prod`. */
  readonly stack: string;
  /** The folder with package.json, Pulumi.yaml and the committed stack files. */
  readonly checkout: string;
  /** `.keelson/<stack>`: all the rest lies below it, except `home`. */
  readonly root: string;
  /** PULUMI_HOME, shared by the stacks of a checkout: plugins only, no credentials. */
  readonly home: string;
  readonly backend: string;
  readonly workspace: string;
  readonly logs: string;
  readonly cloud: string;
  readonly controlPlane: string;
  readonly plane: string;
  readonly lock: string;
  readonly passphrase: string;
  /** Who the engine of the last run was; tells a dead engine's leftovers from a living one's work. */
  readonly engine: string;
  /** Creations that dead runs had begun, until it is known that nothing of them is left. */
  readonly forsaken: string;
  /** What the stack's Argo CD finds in its repository; empty where Pulumi delivers. */
  readonly rendered: string;
  /** The stack's settings: the committed file, unless the stack was derived. */
  readonly settings: string;
}

/** Where a stack's state lies when it is not where `keelson up` has it. */
export interface Place {
  readonly root: string;
  /** The stand-in cloud, which two regions share. */
  readonly cloud: string;
  /** The stack file. @default - the committed one */
  readonly settings?: string;
}

/** The files of a stack, by name; nothing is created. */
export function stackFiles(checkout: string, stack: string, place?: Place): StackFiles {
  const root = place?.root ?? join(checkout, ".keelson", stack);
  const below = (name: string): string => join(root, name);
  return {
    stack,
    checkout,
    root,
    home: join(checkout, ".keelson", "home"),
    backend: below("backend"),
    workspace: below("workspace"),
    logs: below("logs"),
    cloud: place?.cloud ?? below("cloud.json"),
    controlPlane: below("control-plane.json"),
    plane: below("plane"),
    lock: below("lock.json"),
    passphrase: below("passphrase"),
    engine: below("engine.json"),
    forsaken: below("forsaken.json"),
    rendered: below("rendered"),
    settings: place?.settings ?? join(checkout, `Pulumi.${stack}.yaml`),
  };
}

/** The engine's checkpoint of the stack in the file backend. */
export const stateFile = (files: StackFiles, project: string): string =>
  join(files.backend, ".pulumi", "stacks", project, `${files.stack}.json`);

/** The folder in which the engine's file backend keeps its own lock. */
export const backendLocks = (files: StackFiles, project: string): string =>
  join(files.backend, ".pulumi", "locks", "organization", project, files.stack);
