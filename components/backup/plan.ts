/**
 * Plans the backups of a cluster's objects and volumes: what is saved how often, how long it is kept, and how long nobody
 * can delete it. Knows no cloud and no tool. Refuses a lock longer than the shortest retention: what cannot be deleted in
 * time piles up, and is paid for.
 */
import { InvalidInput, type Problem } from "../../graph/problems";
import { days, type Duration, goDuration, seconds } from "../../graph/units";

export interface BackupPlanArgs {
  /** Namespaces of the system, saved at least daily. */
  readonly namespaces: readonly string[];
  /** What the weekly backup leaves out besides Kubernetes' own namespaces: those where restores are tried. @default - none */
  readonly leaveOut?: readonly string[];
  /** Data that may be lost at most: the time between two backups of the namespaces. At least one hour. @default "24 hours" */
  readonly rpo?: Duration;
  /** How long the backups of the namespaces are kept. @default "30 days" */
  readonly daily?: Duration;
  /** How long the weekly backup of everything is kept. @default "90 days" */
  readonly weekly?: Duration;
  /** How long a backup cannot be deleted by anyone. @default - no lock */
  readonly lock?: Lock;
  /** When a restore of the newest daily backup is tried, as a cron line in UTC. @default "0 6 * * 1" */
  readonly validate?: string;
}

export type Lock = { readonly mode: "none" } | { readonly mode: "governance" | "compliance"; readonly for: Duration };

export interface PlannedSchedule {
  /** Also the prefix its backups have in the vault: each schedule has one of its own. */
  readonly name: "daily" | "weekly";
  /** Cron line in UTC. */
  readonly cron: string;
  /** Time between two backups: what is lost at most, apart from the time a backup takes. */
  readonly every: Duration;
  readonly retention: Duration;
  /** The retention as Velero reads it. */
  readonly ttl: string;
  readonly scope: { readonly only: readonly string[] } | { readonly allBut: readonly string[] };
}

export interface BackupPlan {
  readonly schedules: readonly PlannedSchedule[];
  readonly lock: { readonly mode: "governance" | "compliance"; readonly days: number } | undefined;
  /** Days until a deleted or replaced object is gone for good. Not before its lock ends. */
  readonly oldVersionDays: number;
  readonly validation: { readonly cron: string; readonly schedule: "daily" };
}

/** What Kubernetes makes anew by itself. */
export const SYSTEM_NAMESPACES = ["kube-node-lease", "kube-public", "kube-system"] as const;

const DEFAULTS = { rpo: "24 hours", daily: "30 days", weekly: "90 days", validate: "0 6 * * 1" } as const;
const NO_LOCK: Lock = { mode: "none" };

/** The plan, or every reason why there is none. */
export function planBackup(args: BackupPlanArgs): BackupPlan {
  const problems = backupProblems(args);
  if (problems.length > 0) throw new InvalidInput(problems);
  const lock = lockOf(args.lock ?? NO_LOCK);
  return {
    schedules: [daily(args), weekly(args)],
    lock,
    oldVersionDays: Math.max(1, lock?.days ?? 0),
    validation: { cron: args.validate ?? DEFAULTS.validate, schedule: "daily" },
  };
}

const lockOf = (lock: Lock): BackupPlan["lock"] =>
  lock.mode === "none" ? undefined : { mode: lock.mode, days: days(lock.for) };

function daily({ namespaces, rpo, daily: retention = DEFAULTS.daily }: BackupPlanArgs): PlannedSchedule {
  const hours = hoursBetween(rpo ?? DEFAULTS.rpo);
  const cron = hours === 24 ? "0 2 * * *" : `0 */${hours} * * *`;
  const every: Duration = `${hours} hours`;
  const scope = { only: [...namespaces].toSorted() };
  return { name: "daily", cron, every, retention, ttl: goDuration(retention), scope };
}

function weekly({ leaveOut = [], weekly: retention = DEFAULTS.weekly }: BackupPlanArgs): PlannedSchedule {
  const scope = { allBut: [...SYSTEM_NAMESPACES, ...leaveOut].toSorted() };
  return { name: "weekly", cron: "0 3 * * 0", every: "7 days", retention, ttl: goDuration(retention), scope };
}

/** Divisors of a day, so that the gap over midnight is no longer than the others. */
const STEPS = [24, 12, 8, 6, 4, 3, 2, 1] as const;

/** The longest step that still meets the objective. */
const hoursBetween = (rpo: Duration): number => STEPS.find((step) => step * 3_600 <= seconds(rpo)) ?? 1;

/** Everything wrong with the input, at once. */
export function backupProblems(args: BackupPlanArgs): readonly Problem[] {
  const { rpo = DEFAULTS.rpo, daily: short = DEFAULTS.daily, weekly: long = DEFAULTS.weekly } = args;
  return [
    ...check(args.namespaces.length > 0, "backup.namespaces", "none", "at least one namespace"),
    ...check(seconds(rpo) >= 3_600, "backup.rpo", rpo, "one hour or more; databases recover to a point in time"),
    ...check(seconds(short) >= seconds(rpo), "backup.daily", short, `at least the objective, ${rpo}`),
    ...check(days(long) >= 7, "backup.weekly", long, "at least 7 days, or there are weeks without a backup"),
    ...lockProblems(args.lock ?? NO_LOCK, days(short) <= days(long) ? short : long),
  ];
}

const lockProblems = (lock: Lock, shortest: Duration): readonly Problem[] =>
  lock.mode === "none"
    ? []
    : check(
        seconds(lock.for) <= seconds(shortest),
        "backup.lock.for",
        lock.for,
        `at most the shortest retention, ${shortest}`,
      );

const check = (fine: boolean, where: string, got: string, want: string): readonly Problem[] =>
  fine ? [] : [{ where, got, want, mend: `change ${where}` }];
