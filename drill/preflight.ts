/** Observes what a recovery depends on: the stack's own objects, the stand-in cloud, the vault and its copy. */
import { existsSync } from "node:fs";
import { catalog } from "../embedded/standin/catalog";
import { withCloud } from "../embedded/standin/cloud";
import { type PublicRecord, regionalOf, type World } from "../embedded/standin/regional";
import {
  answers,
  type BucketAt,
  bucketRegion,
  isS3Running,
  listObjects,
  S3Error,
  s3Url,
  type S3Object,
} from "../embedded/region/s3";
import { type Manifest } from "../graph/manifest";
import { compileStack } from "../stacks/compile";
import { stackObjects } from "../stacks/objects";
import { recoverySiteOf } from "../stacks/recovery-sites";
import { recoveryRegion, vaultOf } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { type Observed, type Quota } from "./assessment";
import { isThrottling, patiently } from "./patience";

export interface Sight {
  readonly settings: Settings;
  /** File of the stand-in cloud. */
  readonly cloud: string;
  /** Every bucket with its copy. */
  readonly vaults: readonly { readonly from: BucketAt; readonly to: BucketAt }[];
  readonly state: StatePlace;
  /** What people and controllers put into the primary's cluster, where it answers. */
  readonly objects: () => Promise<readonly Manifest[]>;
}

/** Where the recovery stack's state will lie. */
export interface StatePlace {
  /** As `pulumi login` takes it: `s3://bucket?region=eu-central-1`, `file:///…`. */
  readonly backend: string;
  /** As the stack file says it: `awskms://alias/x?region=eu-central-1`, `passphrase`. */
  readonly secrets: string;
  /** Files that a lock on it would be. */
  readonly locks: readonly string[];
}

const regionIn = (url: string): string | undefined => /[?&]region=([a-z0-9-]+)/.exec(url)?.[1];

/** Regions that the state cannot be read without. */
export const stateSeen = ({ backend, secrets }: Pick<StatePlace, "backend" | "secrets">) => ({
  backendRegion: regionIn(backend),
  secretsRegion: regionIn(secrets) ?? /^awskms:\/\/\/?arn:aws[^:]*:kms:([a-z0-9-]+):/.exec(secrets)?.[1],
});

/** Of the names that clients ask for. */
function longestTtl(records: readonly PublicRecord[]): number | undefined {
  const asked = records.flatMap(({ leads, ttl }) => (leads && ttl !== undefined ? [ttl] : []));
  return asked.length === 0 ? undefined : Math.max(...asked);
}

export async function observe(sight: Sight): Promise<Observed> {
  const { settings } = sight;
  const [region, lost] = [recoveryRegion(settings), settings.cloud.region];
  const world = await withCloud(sight.cloud, (cloud) => cloud.objects());
  const live = world.filter(({ status }) => status === "live");
  const manifests = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
  const { expired, ...vault } = await vaultSeen(sight);
  return {
    ...{ region, lost },
    vault: { ...vault, ...(await copySeen(live, sight, region)) },
    ...cloudSeen(live, settings, region),
    takenNames: takenNames(world, settings.cloud.region, region), // what is deleted may still be reserved
    ...objectsSeen([...manifests, ...(await sight.objects())]),
    state: { ...stateSeen(sight.state), staleLock: sight.state.locks.some((path) => existsSync(path)) },
    credentialMinutes: expired ? 0 : undefined, // the stand-in's credentials are good for ever, unless it is told otherwise
    clockSkew: await skewOf(sight.vaults),
    recordTtl: longestTtl(regionalOf(settings).records(live)),
  };
}

// The vault

type VaultSeen = Pick<Observed["vault"], "behind" | "halfWritten" | "throttled">;

/** What the object store says of every bucket and its copy; of what it refuses to say, only why. */
async function vaultSeen({ vaults }: Sight): Promise<VaultSeen & { readonly expired: boolean }> {
  try {
    const seen = await Promise.all(vaults.map(({ from, to }) => bucketSeen(from, to)));
    return {
      behind: seen.reduce((sum, { behind }) => sum + behind, 0),
      halfWritten: seen.flatMap((one) => one.halfWritten),
      ...{ throttled: false, expired: false },
    };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const expired = EXPIRED.includes(error.code);
    return { behind: undefined, halfWritten: [], throttled: expired ? undefined : isThrottling(error), expired };
  }
}

const EXPIRED = ["ExpiredToken", "InvalidToken"];

async function bucketSeen(from: BucketAt, to: BucketAt) {
  if (!isS3Running(from.site)) return { behind: 0, halfWritten: [] };
  const there = await patiently(() => listObjects(to.site, to.bucket));
  const keys = new Set(there.map(({ key }) => key));
  const here = await listObjects(from.site, from.bucket);
  return { behind: here.filter(({ key }) => !keys.has(key)).length, halfWritten: halfWritten(there) };
}

/** Backups of the copy whose description has arrived without their contents, or the reverse. */
export function halfWritten(objects: readonly Pick<S3Object, "key">[]): readonly string[] {
  const keys = new Set(objects.map(({ key }) => key));
  const folders = [...new Set([...keys].flatMap((key) => /^[^/]+\/backups\/[^/]+\//.exec(key)?.[0] ?? []))];
  return folders
    .filter((folder) => {
      const name = folder.split("/").at(-2) ?? "";
      return ![`${folder}velero-backup.json`, `${folder}${name}.tar.gz`].every((key) => keys.has(key));
    })
    .map((folder) => folder.slice(0, -1));
}

/** The cloud knows whether there is a copy, the object store in which region it is. */
async function copySeen(world: World, { settings, vaults }: Sight, region: string) {
  const known = regionalOf(settings).copyRegion(world, vaultOf(settings), region);
  const [first] = vaults;
  if (known === undefined || first === undefined) return { copyRegion: known, locationRegion: region };
  const told = await bucketRegion(first.to.site, first.to.bucket).catch(() => known);
  return { copyRegion: told, locationRegion: region };
}

// The cloud

function cloudSeen(world: World, settings: Settings, region: string) {
  const regional = regionalOf(settings);
  const copies = databaseCopies(world, settings);
  return {
    keys: {
      usableThere: regional.keyUsable(world, region),
      managedByCloud: regional.databaseCopies(world, region).flatMap(({ id, ownKey }) => (ownKey ? [] : [id])),
    },
    databasesWithoutCopy: Object.keys(recoverySiteOf(settings).databases).filter((store) => !(store in copies)),
    quotas: quotasOf(world, settings.cloud.region, region),
  };
}

/** The copied backup of each managed database in the recovery region, by store: what it comes back from. */
export function databaseCopies(world: World, settings: Settings): Readonly<Record<string, string>> {
  const copies = regionalOf(settings).databaseCopies(world, recoveryRegion(settings));
  return Object.fromEntries(
    Object.entries(recoverySiteOf(settings).databases).flatMap(([store, name]) => {
      const copy = copies.find(({ source }) => source.endsWith(name));
      return copy === undefined ? [] : [[store, copy.id] as const];
    }),
  );
}

/** What the recovery region has of each type, and what the lost one's share of it would add. */
function quotasOf(world: World, lost: string, region: string): readonly Quota[] {
  const count = (type: string, where: string): number =>
    world.filter((one) => one.type === type && one.region === where && one.owner !== "bootstrap").length;
  return Object.entries(catalog).flatMap(([type, { quota }]) => {
    if (quota === undefined || quota.per !== undefined) return [];
    const [used, needed] = [count(type, region), count(type, lost)];
    return needed === 0 ? [] : [{ what: type, limit: quota.limit, used, needed }];
  });
}

/** Names that the lost region's things have, as the recovery stack will have them, that somebody has already. */
function takenNames(world: World, lost: string, region: string): readonly string[] {
  const inTheWay = world.filter((one) => isNear(one, region) || isOneEverywhere(one.type));
  const handles = new Set(inTheWay.flatMap(({ type, handles: names }) => names.map((name) => `${type} ${name}`)));
  const theirs = world.filter((one) => isNear(one, lost));
  const wanted = theirs.flatMap(({ type, handles: names }) =>
    names.filter((name) => name.includes(lost)).map((name) => `${type} ${name.replaceAll(lost, region)}`),
  );
  return [...new Set(wanted)].filter((name) => handles.has(name));
}

const isNear = (one: World[number], region: string): boolean => one.region === region || one.region === "global";

/** Whether two regions cannot both have something of one name: a bucket. */
const isOneEverywhere = (type: string): boolean =>
  (catalog[type]?.unique ?? []).some(({ in: where }) => where !== "region");

// The objects

const BOUND = "eks.amazonaws.com/role-arn";
/** Velero leaves out what carries it. */
const LEFT_OUT = "velero.io/exclude-from-backup";

/** Judged without their status: where a load balancer is now, controllers write there. */
export function objectsSeen(all: readonly Manifest[]) {
  const manifests = all.map((one) => ({ ...one, status: undefined }));
  const named = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
  const staying = manifests.filter(
    (one) => hasVolumes(one) && (!savesFiles(manifests) || one.metadata.labels?.[LEFT_OUT] === "true"),
  );
  return {
    issuerBound: manifests.filter(({ metadata }) => metadata.annotations?.[BOUND] !== undefined).map(named),
    fixedHosts: manifests.filter((one) => /\.elb\.[a-z0-9-]*\.?amazonaws\.com/.test(JSON.stringify(one))).map(named),
    volumesWithoutCopy: staying.map(named),
  };
}

const hasVolumes = ({ kind, spec }: Manifest): boolean =>
  kind === "PersistentVolumeClaim" ||
  (kind === "StatefulSet" && JSON.stringify(spec).includes('"volumeClaimTemplates"'));

const savesFiles = (manifests: readonly Manifest[]): boolean =>
  manifests.some(
    ({ kind, spec }) => kind === "Schedule" && JSON.stringify(spec).includes('"defaultVolumesToFsBackup":true'),
  );

// The clock

async function skewOf([vault]: Sight["vaults"]): Promise<number | undefined> {
  if (vault === undefined || !(await answers(vault.to.site))) return undefined;
  const { site } = vault.to;
  const told = (await fetch(`${s3Url(site)}/`)).headers.get("date");
  return told === null ? undefined : Math.round((Date.now() - Date.parse(told)) / 1_000);
}
