/**
 * Whether a rehearsal would work, as far as it can be seen without the cloud's own tools: the primary's objects, the copy's
 * address, the state's place, the clock and the credential. Every other rule is `not run`, with what to ask.
 */
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { recoverySiteOf } from "../../stacks/recovery-sites";
import { recoveryRegion, vaultOf } from "../../stacks/recovery-stack";
import { backupScope } from "../../graph/derive/backup";
import { assess, type Observed } from "../assessment";
import { everything } from "../cluster-objects";
import { objectsSeen, stateSeen } from "../preflight";
import { type StepResult } from "../run";
import { withCluster } from "./kubeconfig";
import { type Rehearsal } from "./steps";

/** Rules that only the cloud's own tools can judge, with the question. */
const ASK: Readonly<Record<string, string>> = {
  "replication-behind": "ask the bucket's replication metrics, or the account's last sync time",
  "backup-half-written": "Velero of the new cluster says so when it restores",
  "vault-throttled": "Velero of the new cluster says so when it restores",
  "key-not-there": "ask kms describe-key for the copies' key in that region",
  "key-managed-by-cloud": "ask rds describe-db-instance-automated-backups for the keys",
  "quota-too-small": "ask service-quotas, or the subscription's usage, in that region",
  "name-taken": "pulumi up says so",
  "state-locked": "pulumi up says so",
  "record-cached-long": "ask the public zone",
};

export async function preflight(rehearsal: Rehearsal): Promise<StepResult> {
  const { settings, access } = rehearsal;
  const [region, lost] = [recoveryRegion(settings), settings.cloud.region];
  const graph = compileStack(settings);
  const declared = stackObjects(graph, settings).map(({ manifest }) => manifest);
  const { namespaces } = backupScope(graph);
  const living = (await withCluster(access.primary, everything)).filter(({ metadata }) =>
    namespaces.includes(metadata.namespace ?? ""),
  );
  const copy = await askCopy(rehearsal, region);
  const databases = Object.keys(recoverySiteOf(settings).databases);
  return assess(
    {
      ...{ region, lost },
      vault: {
        copyRegion: copy.region,
        locationRegion: region,
        behind: undefined,
        halfWritten: [],
        throttled: undefined,
      },
      keys: { usableThere: true, managedByCloud: [] },
      databasesWithoutCopy: databases.filter((store) => !(store in access.recovery.databases)),
      ...objectsSeen([...declared, ...living]),
      ...{ quotas: [], takenNames: [] },
      state: { ...stateSeen(access.recovery), staleLock: false },
      credentialMinutes: minutesLeft(process.env),
      clockSkew: copy.skew,
      recordTtl: undefined,
    },
    ASK,
  );
}

/** Anybody may ask S3 in which region a bucket is; the answer carries the time, whatever else it says. */
async function askCopy(
  { settings, access }: Rehearsal,
  region: string,
): Promise<{ readonly region: string | undefined; readonly skew: number | undefined }> {
  const { url, copy } = vaultOf(settings);
  const address = access.objectStore === undefined ? url : `${access.objectStore}/${copy}`;
  const answer = await fetch(address, { method: "HEAD" });
  const date = answer.headers.get("date");
  const told = answer.headers.get("x-amz-bucket-region") ?? region;
  return {
    region: answer.status === 404 ? undefined : told,
    skew: date === null ? undefined : Math.round((Date.now() - Date.parse(date)) / 1_000),
  };
}

/** Of a session that says when it ends; undefined of one that does not. */
export function minutesLeft(env: Readonly<Record<string, string | undefined>>): Observed["credentialMinutes"] {
  const ends = Date.parse(env["AWS_CREDENTIAL_EXPIRATION"] ?? "");
  return Number.isNaN(ends) ? undefined : Math.floor((ends - Date.now()) / 60_000);
}
