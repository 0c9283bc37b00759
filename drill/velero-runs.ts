/** Backups and restores as objects of the cluster, begun and waited for. Velero itself does the work. */
import { setTimeout as pause } from "node:timers/promises";
import { type ApiClient } from "../embedded/plane/api";
import { type Manifest } from "../graph/manifest";

export interface Status {
  readonly phase?: string;
  /** Of a location: what the object store said. */
  readonly message?: string;
  readonly expiration?: string;
  readonly errors?: number;
  readonly warnings?: number;
  readonly startTimestamp?: string;
  readonly completionTimestamp?: string;
  readonly progress?: {
    readonly itemsBackedUp?: number;
    readonly itemsRestored?: number;
    readonly totalItems?: number;
  };
  readonly validationErrors?: readonly string[];
  readonly failureReason?: string;
}

const END = ["Completed", "PartiallyFailed", "Failed", "FailedValidation"];

export const statusOf = (object: Manifest | undefined): Status => (object?.["status"] ?? {}) as Status;

/** Creates it, unless an earlier attempt did, and waits for its end. */
export async function runToEnd(api: ApiClient, wanted: Manifest, patienceSeconds = 180): Promise<Status> {
  if ((await api.read(wanted)) === undefined) await api.apply(wanted, { fieldManager: "keelson-drill" });
  const until = Date.now() + patienceSeconds * 1_000;
  for (;;) {
    const status = statusOf(await api.read(wanted));
    if (END.includes(status.phase ?? "")) return status;
    if (Date.now() > until) return { ...status, phase: `${status.phase ?? "New"} after ${patienceSeconds} s` };
    await pause(300);
  }
}

/** Why it did not complete, in Velero's words. */
export const reasonOf = ({ phase, failureReason, validationErrors = [], errors = 0 }: Status): string =>
  [`${phase}`, failureReason, ...validationErrors, errors === 0 ? undefined : `${errors} errors`]
    .filter((part) => part !== undefined)
    .join("; ");

/** Asks until something is there. Undefined when it did not come in time. */
export async function waitFor<T>(ask: () => Promise<T | undefined>, patienceSeconds: number): Promise<T | undefined> {
  const until = Date.now() + patienceSeconds * 1_000;
  for (;;) {
    const found = await ask();
    if (found !== undefined || Date.now() > until) return found;
    await pause(300);
  }
}

/**
 * A backup as the schedule would make it. Files of volumes are left out where no node agent runs: without one, Velero would
 * rightly call the backup partial.
 */
export function backupOf(schedule: Manifest, name: string): Manifest {
  const { template } = schedule["spec"] as { readonly template: Readonly<Record<string, unknown>> };
  return {
    apiVersion: "velero.io/v1",
    kind: "Backup",
    metadata: {
      name,
      namespace: schedule.metadata.namespace ?? "velero",
      labels: { "velero.io/schedule-name": schedule.metadata.name },
    },
    spec: { ...template, defaultVolumesToFsBackup: false },
  };
}
