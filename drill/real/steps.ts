/**
 * The drill's steps against real stacks, in rehearsal: the primary is read and never written, the recovery is a throw-away
 * stack, and no backup is made or deleted where the primary's are. What only a person or the cloud's own tools can tell is
 * `not run`, with what to ask.
 */
import { writeWhole } from "../../embedded/files";
import { everything } from "../cluster-objects";
import { join } from "node:path";
import { type Manifest, objectId } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { recoverySiteOf } from "../../stacks/recovery-sites";
import { type Settings } from "../../stacks/schema";
import { readSettings } from "../../stacks/settings";
import { stackText } from "../../stacks/stack-file";
import { type Journal, recordOf } from "../journal";
import { done, notRun } from "../line";
import { keepRecreated } from "../recreated";
import { restoreObject } from "../restore-plan";
import { type StepResult } from "../run";
import { checksum, sentinelNamespaces } from "../sentinels";
import { type StepName } from "../steps";
import { statusOf } from "../velero-runs";
import { restoreFrom } from "../velero-steps";
import { type Access } from "./access";
import { destroy, ensureStack, exported, type RealEngine, up } from "./engine";
import { withCluster } from "./kubeconfig";
import { rehearsalName, rehearsalSettings } from "./rehearsal";

export interface Rehearsal {
  readonly checkout: string;
  readonly folder: string;
  readonly id: string;
  /** Of the stack whose loss is rehearsed. */
  readonly settings: Settings;
  readonly access: Access;
  readonly note: (line: string) => void;
}

export const configFile = ({ folder, settings }: Rehearsal): string =>
  join(folder, `Pulumi.${rehearsalName(settings.stack)}.yaml`);

export const engineOf = (rehearsal: Rehearsal): RealEngine => ({
  ...{ access: rehearsal.access, checkout: rehearsal.checkout, note: rehearsal.note },
  stack: rehearsalName(rehearsal.settings.stack),
  config: configFile(rehearsal),
});

/** Settings of the throw-away stack, as they are now. */
export function throwAway({ settings, access }: Rehearsal, restored: boolean) {
  const { zones, databases } = access.recovery;
  const raw = rehearsalSettings(settings, { zones, databases, restored });
  return { raw, settings: readSettings(rehearsalName(settings.stack), raw) };
}

function writeConfig(rehearsal: Rehearsal, restored: boolean): void {
  const { raw } = throwAway(rehearsal, restored);
  writeWhole(configFile(rehearsal), stackText(raw));
}

export async function prepare({ access }: Rehearsal): Promise<StepResult> {
  const version = await withCluster(access.primary, (api) => api.call({ method: "GET", path: "/version" }));
  const { gitVersion } = version as { readonly gitVersion: string };
  return {
    lines: [
      done("real", "the primary's Kubernetes API answers", gitVersion),
      notRun("a change of the primary", "a rehearsal reads it and writes nothing"),
      ...(access.standIn === undefined ? [] : [done("modelled", "the account", access.standIn)]),
    ],
  };
}

const OWN_BY_CLUSTER = ["kube-root-ca.crt"];
const DATA = ["ConfigMap", "Secret"];

/** What people and controllers put into the services' namespaces: nothing declares it, so only a backup brings it back. */
function undeclared(rehearsal: Rehearsal, objects: readonly Manifest[]): readonly Manifest[] {
  const { settings } = rehearsal;
  const graph = compileStack(settings);
  const declared = new Set(stackObjects(graph, settings).map(({ manifest }) => objectId(manifest)));
  const namespaces = sentinelNamespaces(graph);
  return objects.filter(
    (one) =>
      DATA.includes(one.kind) &&
      namespaces.includes(one.metadata.namespace ?? "") &&
      !OWN_BY_CLUSTER.includes(one.metadata.name) &&
      !isByPulumi(one) &&
      !declared.has(objectId(one)),
  );
}

/** Credentials are Pulumi's as well, and made anew there; no list of objects has them, because they hold outputs. */
const isByPulumi = ({ metadata }: Manifest): boolean =>
  ((Reflect.get(metadata, "managedFields") ?? []) as readonly { readonly manager?: string }[]).some(
    ({ manager = "" }) => manager.startsWith("pulumi"),
  );

export const sumOf = (object: Manifest): string => checksum(JSON.stringify([object["data"], object["binaryData"]]));

const createdAt = ({ metadata }: Manifest): number => Date.parse(String(Reflect.get(metadata, "creationTimestamp")));

/** The newest backup of the daily schedule that is whole. */
async function newestBackup({ access }: Rehearsal): Promise<Manifest | undefined> {
  const all = await withCluster(access.primary, everything);
  return all
    .filter((one) => one.kind === "Backup" && one.apiVersion.startsWith("velero.io/"))
    .filter((one) => one.metadata.labels?.["velero.io/schedule-name"] === "daily")
    .filter((one) => statusOf(one).phase === "Completed")
    .toSorted((a, b) => createdAt(a) - createdAt(b))
    .at(-1);
}

export async function sentinels(rehearsal: Rehearsal): Promise<StepResult> {
  const backup = await newestBackup(rehearsal);
  const began = Date.parse(statusOf(backup).startTimestamp ?? "");
  const objects = await withCluster(rehearsal.access.primary, everything);
  const saved = undeclared(rehearsal, objects).filter((one) => createdAt(one) < began);
  const sums = Object.fromEntries(saved.map((one) => [objectId(one), sumOf(one)]));
  const what = "objects that nobody declares are the sentinels: they are older than the backup, and only read";
  return {
    lines: [
      saved.length === 0 ? notRun(what, "there are none") : done("real", what, `${saved.length} checksums`),
      notRun("rows in databases", "the primary is left alone: count rows of yours before and after"),
    ],
    facts: { sentinels: sums },
  };
}

export async function backUp(rehearsal: Rehearsal): Promise<StepResult> {
  const backup = await newestBackup(rehearsal);
  if (backup === undefined) return { lines: [], blockers: [NO_BACKUP] };
  const { startTimestamp = "" } = statusOf(backup);
  return {
    lines: [
      done("real", "the newest daily backup is used, none is made", `${backup.metadata.name} of ${startTimestamp}`),
      ...Object.keys(recoverySiteOf(rehearsal.settings).databases).map((store) =>
        notRun(`store/${store}: until when it can be restored`, "its cloud knows: latest restorable time of the copy"),
      ),
    ],
    facts: { backup: backup.metadata.name, saved: { objects: startTimestamp } },
  };
}

const NO_BACKUP = {
  name: "no-backup",
  got: "no completed backup of the schedule daily in the primary's cluster",
  want: "one, whose copy has arrived",
  mend: "read `velero backup get` there; wait for the next one, or make one: velero backup create --from-schedule daily",
};

export const loseRegion = (_: Rehearsal, { facts }: Journal): Promise<StepResult> =>
  Promise.resolve({
    lines: [notRun("the loss", "a rehearsal leaves the primary alone; from here on nothing asks it anything")],
    facts: { lostAt: facts.lostAt ?? new Date().toISOString() },
  });

export async function recreate(rehearsal: Rehearsal): Promise<StepResult> {
  writeConfig(rehearsal, false);
  const engine = engineOf(rehearsal);
  await ensureStack(engine);
  await up(engine);
  const resources = await exported(engine);
  keepRecreated(rehearsal.folder, resources);
  const { length } = resources;
  return {
    lines: [done("real", `pulumi up brought ${engine.stack} up, judged by the policy pack`, `${length} resources`)],
  };
}

/** Name of what a step makes in the new cluster: another attempt makes another. */
export const objectName = ({ id }: Rehearsal, journal: Journal, step: StepName): string =>
  `rehearsal-${id.toLowerCase()}-${recordOf(journal, step)?.attempts ?? 1}`;

export const CLUSTER_PATIENCE_SECONDS = 600;

export async function restore(rehearsal: Rehearsal, journal: Journal): Promise<StepResult> {
  const { settings } = throwAway(rehearsal, false);
  const declared = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
  const location = declared.find(
    ({ kind, metadata }) => kind === "BackupStorageLocation" && metadata.name === "recovery-daily",
  );
  if (location === undefined) throw new Error("the stack has no location for the lost region's daily backups");
  const namespace = location.metadata.namespace ?? "velero";
  const name = journal.facts.backup ?? "";
  const backup = { apiVersion: "velero.io/v1", kind: "Backup", metadata: { name, namespace } };
  const wanted = restoreObject({ name: objectName(rehearsal, journal, "restore"), namespace, backup: name, declared });
  writeWhole(join(rehearsal.folder, "restore.json"), `${JSON.stringify(wanted, undefined, 2)}\n`);
  const run = { backup, location, wanted, patienceSeconds: CLUSTER_PATIENCE_SECONDS };
  const { status, blockers } = await withCluster(rehearsal.access.recovery, (api) => restoreFrom(api, run));
  if (blockers.length > 0) return { lines: [], blockers };
  const detail = `${status.progress?.itemsRestored ?? 0} objects, ${status.warnings ?? 0} warnings`;
  return { lines: [done("real", "Velero of the new cluster restored what the program does not declare", detail)] };
}

export async function activate(rehearsal: Rehearsal): Promise<StepResult> {
  writeConfig(rehearsal, true);
  await up(engineOf(rehearsal));
  return { lines: [done("real", "pulumi up lets the schedules act", rehearsalName(rehearsal.settings.stack))] };
}

export const switchDns = (): Promise<StepResult> =>
  Promise.resolve({
    lines: [notRun("sending people there", "a rehearsal has public names of its own, and nobody is sent to them")],
    facts: { servesAt: new Date().toISOString() },
  });

/** The throw-away goes; what it was restored from stays, for nothing here can write there. */
export async function clearAway(rehearsal: Rehearsal, keep: boolean): Promise<StepResult> {
  const stack = rehearsalName(rehearsal.settings.stack);
  if (keep) return { lines: [notRun(`removing ${stack}`, `--keep was given: pulumi destroy -s ${stack} removes it`)] };
  await destroy(engineOf(rehearsal));
  return { lines: [done("real", `pulumi destroy removed ${stack}; every backup is where it was`, "nothing left")] };
}
