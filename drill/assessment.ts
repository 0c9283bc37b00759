/**
 * Whether a recovery would work, before anything is lost: what was observed, judged by one rule for each way in which
 * recreated regions fail. Pure; `preflight.ts` observes. Each rule that does not hold is a named blocker with what to do.
 */
import { type Blocker, type Line, type Mark, notRun } from "./line";

/** What a recovery depends on, as it stands now. */
export interface Observed {
  readonly region: string;
  readonly lost: string;
  readonly vault: {
    /** Region the copy's bucket really is in; undefined when there is no such bucket. */
    readonly copyRegion: string | undefined;
    /** Region the recovery stack's location says. */
    readonly locationRegion: string;
    /** Objects that have not arrived in the copy; undefined when it could not be asked. */
    readonly behind: number | undefined;
    /** Backups of the copy that lack a part. */
    readonly halfWritten: readonly string[];
    /** Whether the copy refuses although it is asked again and again; undefined when it could not be asked. */
    readonly throttled: boolean | undefined;
  };
  readonly keys: {
    /** Whether the copy's key can be used in the recovery region. */
    readonly usableThere: boolean;
    /** Databases whose copies are under a key that AWS manages, which cannot be shared between regions. */
    readonly managedByCloud: readonly string[];
  };
  /** Managed databases without a copied backup there. */
  readonly databasesWithoutCopy: readonly string[];
  /** Claims of volumes whose data would stay in the lost region: neither in a file-system backup nor moved. */
  readonly volumesWithoutCopy: readonly string[];
  readonly quotas: readonly Quota[];
  /** Names that the recovery stack needs and somebody has: live, or deleted and still reserved. */
  readonly takenNames: readonly string[];
  readonly state: {
    /** Region of the state's backend; undefined for one that lies in no region. */
    readonly backendRegion: string | undefined;
    /** Region whose key the state's secrets are encrypted with; undefined for a passphrase. */
    readonly secretsRegion: string | undefined;
    /** A lock that a dead run left. */
    readonly staleLock: boolean;
  };
  /** Minutes for which the credentials are good; undefined where none are needed. */
  readonly credentialMinutes: number | undefined;
  /** Seconds by which this machine's clock differs from the vault's; undefined when it gave no answer. */
  readonly clockSkew: number | undefined;
  /** Roles whose trust names a cluster's OIDC issuer instead of Pod Identity. */
  readonly issuerBound: readonly string[];
  /** Host names of load balancers that settings or objects hold. */
  readonly fixedHosts: readonly string[];
  /** Longest time that a record of the system may be cached, in seconds; undefined when there is none yet. */
  readonly recordTtl: number | undefined;
}

export interface Quota {
  readonly what: string;
  readonly limit: number;
  readonly used: number;
  readonly needed: number;
}

interface Rule {
  /** The blocker's name. */
  readonly name: string;
  readonly what: string;
  readonly mark: Mark;
  /** What is wrong; undefined when it holds. */
  readonly fault: (seen: Observed) => string | undefined;
  /** Why it was not observed here; undefined when it was. @default - it was */
  readonly unseen?: (seen: Observed) => string | undefined;
  readonly want: string;
  readonly mend: string;
}

const some = (list: readonly string[]): string | undefined => (list.length === 0 ? undefined : list.join(", "));
const when = (wrong: boolean, got: string): string | undefined => (wrong ? got : undefined);

/** A recovery of a few hours must not end for want of a password. */
const CREDENTIAL_MINUTES = 60;
/** AWS refuses signatures that are older than this. */
const SKEW_SECONDS = 300;
const TTL_SECONDS = 60;

const UNASKED = "the copy could not be asked";

const full = ({ limit, used, needed }: Quota): boolean => used + needed > limit;

export const RULES: readonly Rule[] = [
  {
    name: "vault-copy-missing",
    what: "the backups have a copy in the recovery region",
    mark: "modelled",
    fault: ({ vault, region }) => when(vault.copyRegion === undefined, `no copy of the vault in ${region}`),
    want: "a bucket there that backups are replicated to",
    mend: "set replicateTo under keelson:backup, then `pulumi up` the primary, and wait for the replication",
  },
  {
    name: "vault-wrong-region",
    what: "the location says the region that its bucket is in",
    mark: "real",
    fault: ({ vault: { copyRegion, locationRegion } }) =>
      when(
        copyRegion !== undefined && copyRegion !== locationRegion,
        `a bucket in ${copyRegion}, a location that says ${locationRegion}: S3 answers 301`,
      ),
    want: "the same region in both",
    mend: "let the drill derive the recovery stack; a location written by hand must carry the copy's region",
  },
  {
    name: "replication-behind",
    what: "the copy has everything the vault has",
    mark: "real",
    fault: ({ vault: { behind = 0 } }) => when(behind > 0, `${behind} objects have not arrived`),
    unseen: ({ vault }) => when(vault.behind === undefined, UNASKED),
    want: "none",
    mend: "wait, or look at the replication's role and key; what has not arrived is lost with the region",
  },
  {
    name: "backup-half-written",
    what: "every backup in the copy is whole",
    mark: "real",
    fault: ({ vault }) => some(vault.halfWritten),
    unseen: ({ vault }) => when(vault.behind === undefined, UNASKED),
    want: "the metadata of a backup together with its contents",
    mend: "restore from the backup before; take a new one and see that it completes",
  },
  {
    name: "vault-throttled",
    what: "the vault answers when it is asked often",
    mark: "real",
    fault: ({ vault }) => when(vault.throttled === true, "SlowDown after retries"),
    unseen: ({ vault }) => when(vault.throttled === undefined, UNASKED),
    want: "answers within the client's retries",
    mend: "wait some minutes and run it again; spread schedules over the hour if it comes back",
  },
  {
    name: "key-not-there",
    what: "the copies' key can be used there",
    mark: "modelled",
    fault: ({ keys, region }) => when(!keys.usableThere, `no replica of the vault's key in ${region}`),
    want: "a multi-Region key with a replica there",
    mend: "a key cannot become a multi-Region one: make the vault anew with replicateTo set, and copy the backups",
  },
  {
    name: "key-managed-by-cloud",
    what: "copied databases are under a key of ours",
    mark: "modelled",
    fault: ({ keys }) => some(keys.managedByCloud),
    want: "a customer-managed key in each region",
    mend: "restore each once under a key of ours; the cloud's default key cannot be shared",
  },
  {
    name: "database-copy-missing",
    what: "every managed database has a copied backup there",
    mark: "modelled",
    fault: ({ databasesWithoutCopy }) => some(databasesWithoutCopy),
    want: "replicated automated backups in the recovery region",
    mend: "set replicateTo under keelson:backup and `pulumi up` the primary",
  },
  {
    name: "volume-stays",
    what: "every volume's data leaves the region",
    mark: "real",
    fault: ({ volumesWithoutCopy }) => some(volumesWithoutCopy),
    want: "a file-system backup, or the data mover: snapshots do not leave their region",
    mend: "set defaultVolumesToFsBackup on the schedule, or keep the state in a store that has copies",
  },
  {
    name: "quota-too-small",
    what: "the recovery region's quotas hold a second platform",
    mark: "modelled",
    fault: ({ quotas }) =>
      some(
        quotas
          .filter(full)
          .map(({ what, limit, used, needed }) => `${what}: ${used} of ${limit} used, ${needed} more needed`),
      ),
    want: "room for everything the stack makes",
    mend: "ask for higher quotas in the recovery region now: it takes days, and nobody answers faster in an outage",
  },
  {
    name: "name-taken",
    what: "no name the recovery stack needs is taken",
    mark: "modelled",
    fault: ({ takenNames }) => some(takenNames),
    want: "names of its own, also beside the old region and beside what was deleted but is still reserved",
    mend: "delete the leftovers for good, restore the reserved ones, or change keelson:organisation",
  },
  {
    name: "state-in-lost-region",
    what: "the state and its secrets' key lie elsewhere",
    mark: "real",
    fault: ({ state: { backendRegion, secretsRegion }, lost }) =>
      some([
        ...(backendRegion === lost ? [`the state's backend is in ${lost}`] : []),
        ...(secretsRegion === lost ? [`the state's secrets need a key of ${lost}`] : []),
      ]),
    want: "a backend and a key that answer without the primary region",
    mend: "`pulumi stack change-secrets-provider` while the old key lives, and move the backend: docs/bootstrap.md",
  },
  {
    name: "state-locked",
    what: "no dead run holds the recovery stack's state",
    mark: "real",
    fault: ({ state }) => when(state.staleLock, "a lock whose process is gone"),
    want: "no lock",
    mend: "`pulumi cancel`, then look at pending operations before the next `pulumi up`",
  },
  {
    name: "credential-expires",
    what: "the credentials outlive the recovery",
    mark: "modelled",
    fault: ({ credentialMinutes }) =>
      when(
        (credentialMinutes ?? CREDENTIAL_MINUTES) < CREDENTIAL_MINUTES,
        `good for ${credentialMinutes} more minutes`,
      ),
    unseen: ({ credentialMinutes }) => when(credentialMinutes === undefined, "none are needed here"),
    want: `at least ${CREDENTIAL_MINUTES} minutes`,
    mend: "sign in again; ask for a longer session for the deploy role",
  },
  {
    name: "clock-off",
    what: "this machine's clock is right",
    mark: "real",
    fault: ({ clockSkew }) =>
      when(Math.abs(clockSkew ?? 0) > SKEW_SECONDS, `off by ${clockSkew} s: signatures are refused`),
    unseen: ({ clockSkew }) => when(clockSkew === undefined, "the vault gave no time"),
    want: `within ${SKEW_SECONDS} s of the cloud's`,
    mend: "set the clock; then run it again",
  },
  {
    name: "identity-bound-to-issuer",
    what: "no role trusts the lost cluster's issuer",
    mark: "real",
    fault: ({ issuerBound }) => some(issuerBound),
    want: "Pod Identity, which knows no issuer",
    mend: "give the service account an identity through Pod Identity",
  },
  {
    name: "host-name-fixed",
    what: "no setting or object holds a load balancer's own host name",
    mark: "real",
    fault: ({ fixedHosts }) => some(fixedHosts),
    want: "names of ours, which can be pointed elsewhere",
    mend: "use the public host or the store's private name",
  },
  {
    name: "record-cached-long",
    what: "people find the new region soon",
    mark: "real",
    fault: ({ recordTtl }) => when((recordTtl ?? 0) > TTL_SECONDS, `records that may be cached for ${recordTtl} s`),
    unseen: ({ recordTtl }) => when(recordTtl === undefined, "no record is there yet"),
    want: `at most ${TTL_SECONDS} s, or an alias record`,
    mend: "lower the TTL a day before you need it",
  },
];

export interface Assessment {
  readonly lines: readonly Line[];
  readonly blockers: readonly Blocker[];
}

/** @param unasked rules that nobody looked at, by name, each with how to. @default - every rule was looked at */
export function assess(seen: Observed, unasked: Readonly<Record<string, string>> = {}): Assessment {
  const judged = RULES.map((rule) => ({ rule, got: rule.name in unasked ? undefined : rule.fault(seen) }));
  return {
    lines: judged.map(({ rule, got }) => lineOf(rule, got, unasked[rule.name] ?? rule.unseen?.(seen))),
    blockers: judged.flatMap(({ rule: { name, want, mend }, got }) =>
      got === undefined ? [] : [{ name, got, want, mend }],
    ),
  };
}

const lineOf = ({ what, mark }: Rule, got: string | undefined, unseen: string | undefined): Line =>
  unseen === undefined ? { what, mark, fine: got === undefined, detail: got ?? "holds" } : notRun(what, unseen);
