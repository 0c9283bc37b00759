/** Steps after the loss: the other region from the same program, the data from the copies, then everything by itself. */
import { endPostgres, isPrimary, recover, startPostgres } from "../embedded/region/postgres";
import { isS3Running, listObjects } from "../embedded/region/s3";
import { type Manifest } from "../graph/manifest";
import { stackObjects } from "../stacks/objects";
import { vaultOf } from "../stacks/recovery-stack";
import { type Drill, objectName, recoveryOf, startThere, copySite } from "./embedded-drill";
import { type Journal } from "./journal";
import { type Blocker, compared, done, type Line, notRun } from "./line";
import { bringUp, deliverNow, postgresOf, type Region, resourcesOf, runVelero, withApi } from "./region";
import { exclusions, restoreObject } from "./restore-plan";
import { type StepResult } from "./run";
import { readRows, readSentinel, sentinelNamespaces, sentinelObject } from "./sentinels";
import { reasonOf, runToEnd, statusOf, waitFor } from "./velero-runs";

export async function recreate(drill: Drill): Promise<StepResult> {
  const recovery = await recoveryOf(drill, false);
  await bringUp(recovery, { judged: true, deliver: true });
  const workloads = await withApi(recovery, async (api) => {
    const list = (await api.call({ method: "GET", path: "/apis/apps/v1/deployments" })) as { items: Manifest[] };
    const namespaces = sentinelNamespaces(recovery.graph);
    return list.items.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? "")).length;
  });
  const { recovers } = recovery.settings;
  return {
    lines: [
      done(
        "real",
        `the engine brought ${recovery.settings.stack} up in ${recovery.name}`,
        `${resourcesOf(recovery).length} resources, judged by the policy pack`,
      ),
      ...Object.entries(recovers?.databases ?? {}).map(([store, backup]) =>
        done("modelled", `store/${store}: the managed database comes up from its copied backup`, backup),
      ),
      ...(recovery.settings.delivery.by === "argocd"
        ? [compared("real", "Argo CD has delivered nothing to the services' namespaces yet", workloads, 0)]
        : []),
    ],
  };
}

export async function restore(drill: Drill, journal: Journal): Promise<StepResult> {
  const lost = lostCopies(drill);
  if (lost !== undefined) return { lines: [], blockers: [lost] };
  const recovery = await recoveryOf(drill, false);
  await startThere(drill, recovery);
  const rows = await restoreDatabases(drill, recovery, journal);
  await runVelero(recovery, drill.tools.velero);
  const restored = await restoreObjects(drill, recovery, journal);
  return { ...restored, lines: [...rows, ...restored.lines] };
}

/** The S3 API here holds its content in memory: after a restart of the machine there is nothing to restore from. */
const lostCopies = (drill: Drill): Blocker | undefined =>
  isS3Running(copySite(drill))
    ? undefined
    : {
        name: "copies-gone",
        got: "the stand-in's S3 API of the recovery region has ended, and what it held in memory with it",
        want: "the one that ran when the region was lost",
        mend: `begin a new drill: keelson drill -s ${drill.settings.stack} --anew`,
      };

async function restoreDatabases(drill: Drill, recovery: Region, { facts }: Journal): Promise<readonly Line[]> {
  const { postgres } = drill.tools;
  const { copy } = vaultOf(drill.settings);
  if (postgres === undefined) return [notRun("databases", "no PostgreSQL on this machine")];
  const lines = postgresOf(recovery).map(async (site) => {
    const server = `${site.store}-${drill.settings.cloud.region}-1`;
    await recover(site, { s3: recovery.s3, bucket: copy, server }, postgres);
    await startPostgres(site, postgres);
    const ready = await waitFor(async () => ((await isPrimary(site, postgres.kit)) ? true : undefined), 120);
    if (ready === undefined) await endPostgres(site);
    const found = ready === undefined ? "still recovering" : (await readRows(site, postgres.kit, drill.id)).text;
    const expected = facts.sentinels?.[`store/${site.store}`];
    return compared("real", `store/${site.store}: the copied archive restores every row`, found, expected);
  });
  return Promise.all(lines);
}

const SYNCED_SECONDS = 90;

async function restoreObjects(drill: Drill, recovery: Region, journal: Journal): Promise<StepResult> {
  const { facts } = journal;
  const declared = stackObjects(recovery.graph, recovery.settings).map(({ manifest }) => manifest);
  const namespace = declared.find(({ kind }) => kind === "BackupStorageLocation")?.metadata.namespace ?? "velero";
  const backup = { apiVersion: "velero.io/v1", kind: "Backup", metadata: { name: facts.backup ?? "", namespace } };
  const wanted = restoreObject({
    name: objectName(drill, journal, "restore"),
    namespace,
    backup: backup.metadata.name,
    declared,
  });
  return withApi(recovery, async (api) => {
    const synced = await waitFor(() => api.read(backup), SYNCED_SECONDS);
    if (synced === undefined) return { lines: [], blockers: [notSynced(backup.metadata.name)] };
    const { expiration } = statusOf(synced) as { readonly expiration?: string };
    const status = await runToEnd(api, wanted);
    if (status.phase !== "Completed") return { lines: [], blockers: [notRestored(reasonOf(status))] };
    const left = exclusions(declared).length;
    return {
      lines: [
        done(
          "real",
          "Velero of the new region sees the lost region's backup, read-only",
          `${backup.metadata.name}, kept until ${expiration ?? "it expires"}`,
        ),
        done(
          "real",
          "Velero restored what the program does not declare",
          `${status.progress?.itemsRestored ?? 0} objects, ${left} kinds left alone, ${status.warnings ?? 0} warnings`,
        ),
        notRun("files of volumes", "no container runs here, so no node agent does"),
      ],
    };
  });
}

const notSynced = (backup: string): Blocker => ({
  name: "backup-not-found",
  got: `no backup ${backup} in the recovery cluster after ${SYNCED_SECONDS} s`,
  want: "what the copy holds, through the read-only location",
  mend: "look at the location's phase, its bucket and region, and whether the copy has arrived",
});

const notRestored = (got: string): Blocker => ({
  name: "restore-not-completed",
  got,
  want: "a Restore that is Completed",
  mend: "read `velero restore logs`; a restore that died in between is deleted and made again: existing objects stay",
});

export async function activate(drill: Drill): Promise<StepResult> {
  const recovery = await recoveryOf(drill, true);
  const changed = await bringUp(recovery, { judged: true, deliver: true });
  return {
    lines: [
      done("real", "the engine lets Argo CD and the schedules act", `${changed} changes`),
      done(
        "modelled",
        "Argo CD synced what the recovery folder says",
        "played: the objects are real, the controller is not",
      ),
    ],
  };
}

/** The sentinels of the services' namespaces, as the new cluster has them. */
export async function sentinelLines(drill: Drill, recovery: Region, { facts }: Journal): Promise<readonly Line[]> {
  return withApi(recovery, (api) =>
    Promise.all(
      sentinelNamespaces(recovery.graph).map(async (namespace) => {
        const found = await readSentinel(api, sentinelObject(drill.id, namespace));
        const what = `namespace/${namespace}: the sentinel came back`;
        return compared("real", what, found ?? "nothing", facts.sentinels?.[`namespace/${namespace}`]);
      }),
    ),
  );
}

/** Argo CD looks again: what waits for something outside, such as a public name, gets another chance. */
export const lookAgain = (recovery: Region): Promise<void> => deliverNow(recovery);

export const objectsIn = async (recovery: Region, prefix: string): Promise<number> =>
  (await listObjects(recovery.s3, recovery.bucket, prefix)).length;
