/** Observes what a recovery depends on: the stack's own objects, the stand-in cloud, the vault and its copy. */
import { existsSync } from "node:fs";
import { catalog } from "../embedded/standin/catalog";
import { withCloud } from "../embedded/standin/cloud";
import { type CloudObject } from "../embedded/standin/store";
import { answers, isS3Running, listObjects, s3Url, type S3Object, type S3Site } from "../embedded/region/s3";
import { BACKUP_COPY } from "../embedded/standin/aws/rds";
import { type Manifest } from "../graph/manifest";
import { compileStack } from "../stacks/compile";
import { stackObjects } from "../stacks/objects";
import { databaseName, databasesOf, recoveryRegion, vaultOf } from "../stacks/recovery-stack";
import { type AwsSettings } from "../stacks/schema";
import { type Observed, type Quota } from "./assessment";

export interface Sight {
  readonly settings: AwsSettings;
  /** File of the stand-in cloud. */
  readonly cloud: string;
  readonly vault: { readonly site: S3Site; readonly bucket: string };
  readonly copy: { readonly site: S3Site; readonly bucket: string };
  readonly state: StatePlace;
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

const CACHED = ["A", "CNAME"];

/** Of the names that clients ask for; proofs for certificates begin with an underscore. */
function longestTtl(world: readonly CloudObject[]): number | undefined {
  const records = world.filter(
    ({ type, properties }) => type === "aws:route53/record:Record" && CACHED.includes(String(properties["type"])),
  );
  const asked = records.filter(
    ({ properties }) => !String(properties["name"]).startsWith("_") && properties["ttl"] !== undefined,
  );
  return asked.length === 0 ? undefined : Math.max(...asked.map(({ properties }) => Number(properties["ttl"])));
}

export async function observe(sight: Sight): Promise<Observed> {
  const { settings } = sight;
  const [region, lost] = [recoveryRegion(settings), settings.cloud.region];
  const world = await withCloud(sight.cloud, (cloud) => cloud.objects(({ status }) => status === "live"));
  const manifests = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
  return {
    ...{ region, lost },
    vault: { ...(await vaultSeen(sight)), ...copySeen(world, settings, region), throttled: undefined },
    ...cloudSeen(world, settings, region),
    ...objectsSeen(manifests),
    state: { ...stateSeen(sight.state), staleLock: sight.state.locks.some((path) => existsSync(path)) },
    credentialMinutes: undefined, // the stand-in asks for none
    clockSkew: await skewOf(sight.copy.site),
    recordTtl: longestTtl(world),
  };
}

// The vault

async function vaultSeen({ vault, copy }: Sight): Promise<Pick<Observed["vault"], "behind" | "halfWritten">> {
  if (!isS3Running(vault.site)) return { behind: 0, halfWritten: [] };
  const there = await listObjects(copy.site, copy.bucket);
  const keys = new Set(there.map(({ key }) => key));
  const here = await listObjects(vault.site, vault.bucket);
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

const copySeen = (world: readonly CloudObject[], settings: AwsSettings, region: string) => {
  const { copy } = vaultOf(settings);
  const bucket = world.find(({ type, id }) => type === "aws:s3/bucket:Bucket" && id === copy);
  return { copyRegion: bucket?.region, locationRegion: region };
};

// The cloud

function cloudSeen(world: readonly CloudObject[], settings: AwsSettings, region: string) {
  const there = world.filter((one) => one.region === region);
  const copies = databaseCopies(world, settings);
  const missing = databasesOf(settings).filter((store) => copies[store] === undefined);
  return {
    keys: {
      usableThere: there.some(({ type }) => type === "aws:kms/replicaKey:ReplicaKey"),
      managedByCloud: there
        .filter(({ type, properties }) => type === BACKUP_COPY && properties["kmsKeyId"] === undefined)
        .map(({ id }) => id),
    },
    databasesWithoutCopy: missing,
    quotas: quotasOf(world, settings.cloud.region, region),
    takenNames: takenNames(world, settings.cloud.region, region),
  };
}

/** The copied backup of each managed database in the recovery region, by store: what it comes back from. */
export function databaseCopies(world: readonly CloudObject[], settings: AwsSettings): Readonly<Record<string, string>> {
  const copies = world.filter(({ type, region }) => type === BACKUP_COPY && region === recoveryRegion(settings));
  return Object.fromEntries(
    databasesOf(settings).flatMap((store) => {
      const ending = `:db:${databaseName(settings, store)}`;
      const copy = copies.find(({ properties }) => String(properties["sourceDbInstanceArn"]).endsWith(ending));
      return copy === undefined ? [] : [[store, copy.id] as const];
    }),
  );
}

/** What the recovery region has of each type, and what the lost one's share of it would add. */
function quotasOf(world: readonly CloudObject[], lost: string, region: string): readonly Quota[] {
  const count = (type: string, where: string): number =>
    world.filter((one) => one.type === type && one.region === where && one.owner !== "bootstrap").length;
  return Object.entries(catalog).flatMap(([type, { quota }]) => {
    if (quota === undefined || quota.per !== undefined) return [];
    const [used, needed] = [count(type, region), count(type, lost)];
    return needed === 0 ? [] : [{ what: type, limit: quota.limit, used, needed }];
  });
}

/** Names with the lost region in them, as the recovery stack will have them, that somebody has already. */
function takenNames(world: readonly CloudObject[], lost: string, region: string): readonly string[] {
  const handles = new Set(world.flatMap(({ type, handles: names }) => names.map((name) => `${type} ${name}`)));
  const wanted = world.flatMap(({ type, handles: names }) =>
    names.filter((name) => name.includes(lost)).map((name) => `${type} ${name.replaceAll(lost, region)}`),
  );
  return [...new Set(wanted)].filter((name) => handles.has(name));
}

// The objects

const BOUND = "eks.amazonaws.com/role-arn";

export function objectsSeen(manifests: readonly Manifest[]) {
  const named = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
  return {
    issuerBound: manifests.filter(({ metadata }) => metadata.annotations?.[BOUND] !== undefined).map(named),
    fixedHosts: manifests.filter((one) => /\.elb\.[a-z0-9-]*\.?amazonaws\.com/.test(JSON.stringify(one))).map(named),
    volumesWithoutCopy: savesFiles(manifests) ? [] : manifests.filter(hasVolumes).map(named),
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

async function skewOf(site: S3Site): Promise<number | undefined> {
  if (!(await answers(site))) return undefined;
  const told = (await fetch(`${s3Url(site)}/`)).headers.get("date");
  return told === null ? undefined : Math.round((Date.now() - Date.parse(told)) / 1_000);
}
