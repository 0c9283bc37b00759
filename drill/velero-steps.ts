/**
 * Saving and restoring with Velero, the same against any cluster: each ends well or with a blocker that is named after its
 * cause, as far as Velero's words tell it.
 */
import { type ApiClient } from "../embedded/plane/api";
import { type Manifest } from "../graph/manifest";
import { RULES } from "./assessment";
import { type Blocker } from "./line";
import { backupOf, reasonOf, runToEnd, type Status, statusOf, waitFor } from "./velero-runs";

/** A location is asked again by Velero once a minute at most. */
export const LOCATION_SECONDS = 60;

/** What cannot be had from a location, by what the object store said. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/RequestTimeTooSkewed|RequestExpired/, "clock-off"],
  [/ExpiredToken|InvalidToken|InvalidAccessKeyId|expired/i, "credential-expires"],
  [/PermanentRedirect|MovedPermanently|StatusCode: 301|AuthorizationHeaderMalformed/, "vault-wrong-region"],
  [
    /SlowDown|ServiceUnavailable|StatusCode: 503|TooManyRequests|exceeded maximum number of attempts/,
    "vault-throttled",
  ],
  [/NoSuchBucket|ContainerNotFound|NotFound/, "vault-copy-missing"],
];

/** Why a location cannot be used. Pure. */
export function locationBlocker({ phase, message = "" }: Status, name: string): Blocker {
  const cause = CAUSES.find(([words]) => words.test(message))?.[1];
  const rule = RULES.find((one) => one.name === cause);
  return {
    name: rule?.name ?? "vault-unavailable",
    got: `location ${name} is ${phase ?? "not looked at"}${message === "" ? "" : `: ${message.slice(0, 300)}`}`,
    want: rule?.want ?? "a location that is Available",
    mend: rule?.mend ?? "read Velero's log: bucket, region and credentials of the location",
  };
}

/** Undefined when the location can be used by now. */
export async function locationProblem(
  api: ApiClient,
  location: Manifest,
  patienceSeconds = LOCATION_SECONDS,
): Promise<Blocker | undefined> {
  const find = async () => statusOf(await api.read(location));
  const usable = await waitFor(async () => ((await find()).phase === "Available" ? true : undefined), patienceSeconds);
  return usable === undefined ? locationBlocker(await find(), location.metadata.name) : undefined;
}

export interface Saved {
  readonly name: string;
  /** When it was begun, ISO 8601. */
  readonly at: string;
  readonly blockers: readonly Blocker[];
}

export interface SaveWish {
  readonly schedule: Manifest;
  readonly location: Manifest;
  /** Of the backup. */
  readonly name: string;
  /** @default 60 */
  readonly patienceSeconds?: number;
}

/** A backup as the schedule makes it, once its location can be used. */
export async function save(api: ApiClient, wish: SaveWish): Promise<Saved> {
  const { schedule, location, name } = wish;
  const problem = await locationProblem(api, location, wish.patienceSeconds);
  if (problem !== undefined) return { name, at: "", blockers: [problem] };
  const status = await runToEnd(api, backupOf(schedule, name));
  if (status.phase === "Completed") return { name, at: status.startTimestamp ?? "", blockers: [] };
  const cause = await causeIn(api, location);
  return { name, at: "", blockers: [cause ?? notSaved(name, reasonOf(status))] };
}

/** Velero looks at its locations now and then: what failed a backup may show there a moment later. */
const NOTICED_SECONDS = 5;

async function causeIn(api: ApiClient, location: Manifest): Promise<Blocker | undefined> {
  const look = async () => statusOf(await api.read(location));
  const broken = await waitFor(
    async () => ((await look()).phase === "Available" ? undefined : look()),
    NOTICED_SECONDS,
  );
  return broken === undefined ? undefined : locationBlocker(broken, location.metadata.name);
}

const notSaved = (name: string, got: string): Blocker => ({
  name: "backup-not-completed",
  got,
  want: `backup ${name} Completed`,
  mend: "read `velero backup logs`, mend what it names, and run the drill again",
});

export interface Restored {
  readonly status: Status;
  /** Until when the backup is kept. */
  readonly expiration: string | undefined;
  readonly blockers: readonly Blocker[];
}

export interface RestoreRun {
  readonly backup: Manifest;
  readonly wanted: Manifest;
  /** Read-only. */
  readonly location: Manifest;
  /** Until the backup shows. @default 90 */
  readonly patienceSeconds?: number;
}

const SYNCED_SECONDS = 90;

/** Waits until the cluster sees the backup, then restores. */
export async function restoreFrom(api: ApiClient, run: RestoreRun): Promise<Restored> {
  const { backup, wanted, location, patienceSeconds = SYNCED_SECONDS } = run;
  const problem = await locationProblem(api, location, patienceSeconds);
  const blocked = (blocker: Blocker): Restored => ({ status: {}, expiration: undefined, blockers: [blocker] });
  if (problem !== undefined) return blocked(problem);
  const synced = await waitFor(() => api.read(backup), patienceSeconds);
  if (synced === undefined) return blocked(notSynced(backup.metadata.name, patienceSeconds));
  const status = await runToEnd(api, wanted);
  const blockers = status.phase === "Completed" ? [] : [notRestored(reasonOf(status))];
  return { status, expiration: statusOf(synced).expiration, blockers };
}

const notSynced = (backup: string, seconds: number): Blocker => ({
  name: "backup-not-found",
  got: `no backup ${backup} in the recovery cluster after ${seconds} s`,
  want: "what the copy holds, through the read-only location",
  mend: "look at the location's phase, its bucket and region, and whether the copy has arrived",
});

const notRestored = (got: string): Blocker => ({
  name: "restore-not-completed",
  got,
  want: "a Restore that is Completed",
  mend: "read `velero restore logs`; the next run of the drill makes another one, and what exists stays as it is",
});
