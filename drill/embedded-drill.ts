/**
 * The embedded drill: what its steps share. Two regions below one folder, one stand-in cloud for both, the tools, and the
 * recovery stack as it is derived anew whenever it is needed.
 */
import { join } from "node:path";
import { stringify } from "yaml";
import { stackFiles } from "../embedded/engine/stack-files";
import { writeWhole } from "../embedded/files";
import { findPostgres, type PostgresTools } from "../embedded/region/postgres";
import { ensureBucket, startS3 } from "../embedded/region/s3";
import { type VeleroBinaries } from "../embedded/region/velero";
import { withCloud } from "../embedded/standin/cloud";
import { zonesOf } from "../embedded/standin/aws/regions";
import { toolContext } from "../embedded/toolchain/context";
import { ensureTools } from "../embedded/toolchain/ensure";
import { ensurePythonKit, type PythonKit } from "../embedded/toolchain/python-kit";
import { DRILL_TOOLS } from "../embedded/toolchain/tools";
import { onAws, recoveryRegion, recoverySettings, recoveryStackName, vaultOf } from "../stacks/recovery-stack";
import { type AwsSettings } from "../stacks/schema";
import { readSettings } from "../stacks/settings";
import { databaseCopies, type Sight, type StatePlace } from "./preflight";
import { type Journal, recordOf } from "./journal";
import { type StepName } from "./steps";
import { derivedFile, planeOf, portsOf, type Region, regionOf, type Surroundings } from "./region";

export interface DrillTools {
  readonly velero: VeleroBinaries;
  readonly kit: PythonKit;
  /** Undefined where this machine has no PostgreSQL: then databases are not run. */
  readonly postgres: PostgresTools | undefined;
}

export interface Drill extends Surroundings {
  readonly id: string;
  /** Of the stack that loses its region. */
  readonly settings: AwsSettings;
  readonly tools: DrillTools;
  /** The first of sixty ports. */
  readonly port: number;
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

export const primaryOf = (drill: Drill): Region => regionOf(drill, drill.settings, portsOf(drill.port, 0));

export const cloudOf = ({ folder }: Surroundings): string => join(folder, "cloud.json");

/** The region that stands in, from what can be found there; writes its stack file. */
export async function recoveryOf(drill: Drill, restored: boolean): Promise<Region> {
  const { settings } = drill;
  const stack = recoveryStackName(settings.stack);
  const world = await withCloud(cloudOf(drill), (cloud) => cloud.objects(({ status }) => status === "live"));
  const zones = zonesOf(recoveryRegion(settings)).slice(0, 3);
  const raw = recoverySettings(settings, { zones, databases: databaseCopies(world, settings), restored });
  const config = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`keelson:${key}`, value]));
  const head = `# ${stack}: derived from Pulumi.${settings.stack}.yaml by \`keelson drill\`; do not edit.\n`;
  writeWhole(derivedFile(drill, stack), head + stringify({ config }, { aliasDuplicateObjects: false }));
  return regionOf(drill, onAws(readSettings(stack, raw)), portsOf(drill.port, 1));
}

/** S3 of the region that stands in, which exists before it is needed: it holds the copies. */
export const copySite = (drill: Drill) => ({
  dir: join(drill.folder, "recovery"),
  region: recoveryRegion(drill.settings),
  port: portsOf(drill.port, 1).s3,
});

export const sightOf = (drill: Drill): Sight => ({
  settings: drill.settings,
  cloud: cloudOf(drill),
  vault: { site: primaryOf(drill).s3, bucket: vaultOf(drill.settings).bucket },
  copy: { site: copySite(drill), bucket: vaultOf(drill.settings).copy },
  state: stateOf(drill),
});

/** The recovery stack's state lies in a folder of its own here, under a passphrase of its own. */
function stateOf(drill: Drill): StatePlace {
  const files = stackFiles(drill.checkout, recoveryStackName(drill.settings.stack), {
    root: join(drill.folder, "recovery"),
    cloud: cloudOf(drill),
  });
  return { backend: `file://${files.backend}`, secrets: "passphrase", locks: [files.lock] };
}

/** The object stores of both regions, with the buckets that the program made in the stand-in cloud. */
export async function startStores(drill: Drill): Promise<void> {
  const { vault, copy } = sightOf(drill);
  for (const { site, bucket } of [vault, copy]) {
    await startS3(site, drill.tools.kit);
    await ensureBucket(site, bucket);
  }
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
  await startS3(recovery.s3, drill.tools.kit);
  await ensureBucket(recovery.s3, recovery.bucket);
}
