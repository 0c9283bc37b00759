/** Steps after the loss: the other region from the same program, the data from the copies, then everything by itself. */
import { join } from "node:path";
import { writeWhole } from "../embedded/files";
import { endPostgres, isPrimary, recover, startPostgres } from "../embedded/region/postgres";
import { listObjects } from "../embedded/region/s3";
import { type Manifest } from "../graph/manifest";
import { stackObjects } from "../stacks/objects";
import { databasesOf, vaultOf } from "../stacks/recovery-stack";
import { type Drill, objectName, recoveryOf, startThere, copySite } from "./embedded-drill";
import { type Journal } from "./journal";
import { type Blocker, compared, done, type Line, notRun } from "./line";
import { bringUp, deliverNow, postgresOf, type Region, resourcesOf, runVelero, withApi } from "./region";
import { keepRecreated } from "./recreated";
import { restoreObject } from "./restore-plan";
import { type StepResult } from "./run";
import { readRows, readSentinel, sentinelNamespaces, sentinelObject } from "./sentinels";
import { waitFor } from "./velero-runs";
import { restoreFrom } from "./velero-steps";

export async function recreate(drill: Drill): Promise<StepResult> {
  const recovery = await recoveryOf(drill, false);
  await bringUp(recovery, { judged: true, deliver: true });
  keepRecreated(recovery.dir, resourcesOf(recovery));
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
      ...Object.entries(recovers !== undefined && "databases" in recovers ? recovers.databases : {}).map(
        ([store, backup]) =>
          done("modelled", `store/${store}: the managed database comes up from its copied backup`, backup),
      ),
      ...(recovery.settings.delivery.by === "argocd"
        ? [compared("real", "Argo CD has delivered nothing to the services' namespaces yet", workloads, 0)]
        : []),
    ],
  };
}

export async function restore(drill: Drill, journal: Journal): Promise<StepResult> {
  const recovery = await recoveryOf(drill, false);
  await startThere(drill, recovery);
  const lost = await lostCopies(drill, journal);
  if (lost !== undefined) return { lines: [], blockers: [lost] };
  const rows = await restoreDatabases(drill, recovery, journal);
  await runVelero(recovery, drill.tools.velero);
  const restored = await restoreObjects(drill, recovery, journal);
  return { ...restored, lines: [...rows, ...restored.lines] };
}

/** Copies outlive this machine's restart as files; somebody may have removed those, or the drill's folder. */
async function lostCopies(drill: Drill, { facts }: Journal): Promise<Blocker | undefined> {
  const { copy } = vaultOf(drill.settings);
  const found = await listObjects(copySite(drill), copy, `daily/backups/${facts.backup ?? ""}/`);
  if (found.length > 0) return undefined;
  return {
    name: "copies-gone",
    got: `nothing of ${facts.backup ?? "a backup"} in ${copy}, neither in the stand-in's S3 API nor in what was kept of it`,
    want: "the copy that had arrived when the region was lost",
    mend: `begin a new drill: keelson drill -s ${drill.settings.stack} --anew`,
  };
}

async function restoreDatabases(drill: Drill, recovery: Region, { facts }: Journal): Promise<readonly Line[]> {
  const { postgres } = drill.tools;
  if (postgres === undefined) return [notRun("databases", "no PostgreSQL on this machine")];
  const origins = new Map(databasesOf(drill.settings).map((one) => [one.store, one]));
  const lines = postgresOf(recovery).map(async (site) => {
    const origin = origins.get(site.store);
    if (origin === undefined) throw new Error(`${site.store} is no database of ${drill.settings.stack}`);
    const { vault, path, server } = origin;
    await recover(site, { s3: recovery.s3, bucket: vault.copy, path, server }, postgres);
    await startPostgres(site, postgres);
    const ready = await waitFor(async () => ((await isPrimary(site, postgres.kit)) ? true : undefined), 120);
    if (ready === undefined) await endPostgres(site);
    const found = ready === undefined ? "still recovering" : (await readRows(site, postgres.kit, drill.id)).text;
    const expected = facts.sentinels?.[`store/${site.store}`];
    return compared("real", `store/${site.store}: the copied archive restores every row`, found, expected);
  });
  return Promise.all(lines);
}

async function restoreObjects(drill: Drill, recovery: Region, journal: Journal): Promise<StepResult> {
  const run = restoreRun(drill, recovery, journal);
  writeWhole(restoreFile(drill), `${JSON.stringify(run.wanted, undefined, 2)}\n`);
  const { status, expiration, blockers } = await withApi(recovery, (api) => restoreFrom(api, run));
  if (blockers.length > 0) return { lines: [], blockers };
  const left = run.wanted.spec.excludedResources.length;
  return {
    lines: [
      done(
        "real",
        "Velero of the new region sees the lost region's backup, read-only",
        `${run.backup.metadata.name}, kept until ${expiration ?? "it expires"}`,
      ),
      done(
        "real",
        "Velero restored what the program does not declare",
        `${status.progress?.itemsRestored ?? 0} objects, ${left} kinds left alone, ${status.warnings ?? 0} warnings`,
      ),
      notRun("files of volumes", "no container runs here, so no node agent does"),
    ],
  };
}

const isReadOnly = ({ spec }: Manifest): boolean => (spec as { accessMode?: string }).accessMode === "ReadOnly";

/** Beside the journal, for `kubectl create`: the runbook names it. */
export const restoreFile = ({ folder }: Pick<Drill, "folder">): string => join(folder, "restore.json");

function restoreRun(drill: Drill, { graph, settings }: Region, journal: Journal) {
  const declared = stackObjects(graph, settings).map(({ manifest }) => manifest);
  const location = declared.find(
    (one) => one.kind === "BackupStorageLocation" && isReadOnly(one) && one.metadata.name.endsWith("-daily"),
  );
  if (location === undefined) throw new Error("the stack has no location for the lost region's daily backups");
  const namespace = location.metadata.namespace ?? "velero";
  const name = journal.facts.backup ?? "";
  const backup = { apiVersion: "velero.io/v1", kind: "Backup", metadata: { name, namespace } };
  const wish = { name: objectName(drill, journal, "restore"), namespace, backup: name, declared };
  return { backup, location, wanted: restoreObject(wish) };
}

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
