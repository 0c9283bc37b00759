/**
 * The embedded drill: what its steps share. Two regions below one folder, one stand-in cloud for both, the tools, and the
 * recovery stack as it is derived anew whenever it is needed.
 */
import { join } from "node:path";
import { stackFiles } from "../embedded/engine/stack-files";
import { writeWhole } from "../embedded/files";
import { findPostgres, type PostgresTools } from "../embedded/region/postgres";
import { type Copied, copyBucket, ensureBucket, startS3 } from "../embedded/region/s3";
import { keepBucket, refillBucket } from "../embedded/region/s3-kept";
import { type VeleroBinaries } from "../embedded/region/velero";
import { withCloud } from "../embedded/standin/cloud";
import { regionalOf } from "../embedded/standin/regional";
import { toolContext } from "../embedded/toolchain/context";
import { ensureTools } from "../embedded/toolchain/ensure";
import { ensurePythonKit, type PythonKit } from "../embedded/toolchain/python-kit";
import { DRILL_TOOLS } from "../embedded/toolchain/tools";
import { backupScope } from "../graph/derive/backup";
import { type Manifest } from "../graph/manifest";
import { recoverySiteOf } from "../stacks/recovery-sites";
import { recoveryRegion, recoverySettings } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { type Raw, readSettings } from "../stacks/settings";
import { stackText } from "../stacks/stack-file";
import { databaseCopies, type Sight, type StatePlace } from "./preflight";
import { everything } from "./cluster-objects";
import { type Journal, recordOf } from "./journal";
import { type StepName } from "./steps";
import { derivedFile, planeOf, portsOf, type Region, regionOf, type Seat, type Surroundings, withApi } from "./region";

export interface DrillTools {
  readonly velero: VeleroBinaries;
  readonly kit: PythonKit;
  /** Undefined where this machine has no PostgreSQL: then databases are not run. */
  readonly postgres: PostgresTools | undefined;
}

export interface Drill extends Surroundings {
  readonly id: string;
  /** Of the stack that loses its region. */
  readonly settings: Settings;
  readonly tools: DrillTools;
  /** The first of sixty ports. */
  readonly port: number;
  /** Where the region is that is lost, and where the one that stands in. */
  readonly from: Seat;
  readonly to: Seat;
  /** Name of the stack that stands in. */
  readonly target: string;
  /** What was there before, on the way back. @default - nothing */
  readonly past?: Settings;
}

export async function getTools({ progress, interruption: { signal } }: Surroundings): Promise<DrillTools> {
  const context = toolContext({ progress, signal });
  const kit = await ensurePythonKit(context);
  const found = await ensureTools(DRILL_TOOLS, context);
  const folder = findPostgres();
  return {
    kit,
    velero: { velero: found.velero.path, plugin: found["velero-plugin-for-aws"].path },
    postgres: folder === undefined ? undefined : { folder, kit },
  };
}

export const primaryOf = (drill: Drill): Region => regionOf(drill, drill.settings, drill.from, drill.port);

export const cloudOf = ({ folder }: Surroundings): string => join(folder, "cloud.json");

/** The region that stands in, from what can be found there; writes its stack file. */
export async function recoveryOf(drill: Drill, restored: boolean): Promise<Region> {
  const { settings, target, past } = drill;
  const world = await withCloud(cloudOf(drill), (cloud) => cloud.objects(({ status }) => status === "live"));
  const zones = regionalOf(settings).zonesOf(recoveryRegion(settings)).slice(0, 3);
  const raw = recoverySettings(settings, { zones, databases: databaseCopies(world, settings), restored }, target, past);
  return regionOf(drill, derive(drill, { stack: target, from: settings.stack, raw }), drill.to, drill.port);
}

interface Derived {
  readonly stack: string;
  /** The stack that it was made from. */
  readonly from: string;
  readonly raw: Raw;
}

/** Writes the file of a stack that nobody committed one for, and reads it as any other. */
export function derive(around: Surroundings, { stack, from, raw }: Derived): Settings {
  const head = `# ${stack}: derived from Pulumi.${from}.yaml by \`keelson drill\`; do not edit.\n`;
  writeWhole(derivedFile(around, stack), head + stackText(raw));
  return readSettings(stack, raw);
}

/** S3 of the region that stands in, which exists before it is needed: it holds the copies. */
export const copySite = (drill: Drill) => ({
  dir: join(drill.folder, drill.to.dir),
  region: recoveryRegion(drill.settings),
  port: portsOf(drill.port, drill.to).s3,
});

export const sightOf = (drill: Drill): Sight => ({
  settings: drill.settings,
  cloud: cloudOf(drill),
  vaults: recoverySiteOf(drill.settings).copied.map(({ bucket, copy }) => ({
    from: { site: primaryOf(drill).s3, bucket },
    to: { site: copySite(drill), bucket: copy },
  })),
  state: stateOf(drill),
  objects: () => livingObjects(primaryOf(drill)),
});

/** Of the services' namespaces and those of stores, which are backed up every day; nothing where no API server answers. */
async function livingObjects(primary: Region): Promise<readonly Manifest[]> {
  const namespaces = backupScope(primary.graph).namespaces;
  const all = await withApi(primary, everything).catch(() => []);
  return all.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? ""));
}

/** The recovery stack's state lies in a folder of its own here, under a passphrase of its own. */
function stateOf(drill: Drill): StatePlace {
  const files = stackFiles(drill.checkout, drill.target, {
    root: join(drill.folder, drill.to.dir),
    cloud: cloudOf(drill),
  });
  return { backend: `file://${files.backend}`, secrets: "passphrase", locks: [files.lock] };
}

/** The object stores of both regions, with the buckets that the program made in the stand-in cloud. */
export async function startStores(drill: Drill): Promise<void> {
  const { vaults } = sightOf(drill);
  await startS3(primaryOf(drill).s3, drill.tools.kit);
  for (const { from } of vaults) await ensureBucket(from.site, from.bucket);
  await startCopies(drill);
}

/** The buckets of the region that stands in, with what was copied into them before the machine was restarted, if it was. */
export async function startCopies(drill: Drill): Promise<void> {
  await startS3(copySite(drill), drill.tools.kit);
  for (const { to } of sightOf(drill).vaults) {
    await ensureBucket(to.site, to.bucket);
    await refillBucket(to);
  }
}

/** What the cloud does by itself: copies what is new in every bucket to the other region. */
export async function replicate(drill: Drill): Promise<Copied> {
  const { vaults } = sightOf(drill);
  const copied = await Promise.all(vaults.map(({ from, to }) => copyBucket(from, to)));
  await Promise.all(vaults.map(({ to }) => keepBucket(to)));
  const sum = (of: (one: Copied) => number): number => copied.reduce((total, one) => total + of(one), 0);
  return { objects: sum(({ objects }) => objects), bytes: sum(({ bytes }) => bytes) };
}

/**
 * Name of what a step of a drill makes in a cluster: `drill-2026-11-25t04-12-00-000z-1`. Another attempt makes another: one
 * that failed stays as it is, to be looked at.
 */
export const objectName = ({ id }: Pick<Drill, "id">, journal: Journal, step: StepName): string =>
  `drill-${id.toLowerCase()}-${recordOf(journal, step)?.attempts ?? 1}`;

/** What the region that stands in needs running, after whatever happened in between. */
export async function startThere(drill: Drill, recovery: Region): Promise<void> {
  await planeOf(recovery).start();
  await startCopies(drill);
  for (const { bucket } of recoverySiteOf(recovery.settings).copied) await ensureBucket(recovery.s3, bucket);
}
