/**
 * The stack that stands in for a lost region: the same program with the same settings, in the region that holds the copies.
 * Derived, so that it cannot drift from the stack it recovers. Names carry the region, so both can exist at once.
 */
import { serverName } from "../components/data/archive-objects";
import { InvalidInput } from "../graph/problems";
import { type CopiedBucket, type Loss, type MeantReference } from "./recovery-site";
import { recoverySiteOf } from "./recovery-sites";
import { type Raw } from "./settings";
import { type Settings, type StoreSettings } from "./schema";
import { siteOf } from "./sites";

export { type Loss } from "./recovery-site";

export const recoveryStackName = (stack: string): string => `${stack}-recovery`;

/** The stack in the region that was lost, after going back. `pulumi stack rename` gives it the name it had. */
export const returnStackName = (stack: string): string => `${stack}-return`;

/** The region that stands in. @throws InvalidInput when the settings name none. */
export function recoveryRegion(settings: Settings): string {
  const { copies } = siteOf(settings);
  if (!("none" in copies)) return copies.region;
  const { none } = copies;
  const reason = "by" in none ? NO_SECOND : none;
  throw new InvalidInput([
    {
      ...reason,
      where: `Pulumi.${settings.stack}.yaml: keelson:backup`,
      want: "a region that holds a copy of the backups: without one there is nothing to recover from",
    },
  ]);
}

/** A stack that stands in for a lost region has no further one yet. */
const NO_SECOND = {
  got: "a stack that stands in for a lost region",
  mend: "drill the stack that it was made from",
} as const;

/**
 * Its settings as they would stand in `Pulumi.<stack>-recovery.yaml`, without the namespace.
 *
 * @param target Name of the stack. @default - the stack's own, with `-recovery` behind it
 * @param past What was in that region before, when this is the way back. @default - nothing
 */
export function recoverySettings(
  settings: Settings,
  loss: Loss,
  target = recoveryStackName(settings.stack),
  past?: Settings,
): Raw {
  const { cloud, stores, delivery } = settings;
  const region = recoveryRegion(settings);
  const moved = ([name, store]: readonly [string, StoreSettings]) => [
    name,
    fromArchive(store, cloud.region, past?.stores[name]),
  ];
  return {
    ...rawOf(settings),
    role: "recovery",
    ...recoverySiteOf(settings).there(region, loss),
    stores: Object.fromEntries(Object.entries(stores).map(moved)),
    delivery:
      delivery.by === "pulumi" ? delivery : { ...delivery, repository: renderedApart(settings, target, delivery) },
  };
}

/**
 * Of a stack that stood in and serves: from now on a primary like any other, copied to the region that was lost. What it came
 * back from it needs no longer. Its way back begins here.
 */
export const returningSettings = (settings: Settings, home: string): Raw => ({
  ...lacking(rawOf(settings), ["recovers"]),
  role: "primary",
  stores: Object.fromEntries(Object.entries(settings.stores).map(([name, store]) => [name, ofItself(store)])),
  ...recoverySiteOf(settings).copiedTo(home),
});

const lacking = (raw: object, keys: readonly string[]): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => !keys.includes(key)));

const rawOf = (settings: Settings): Raw => lacking(settings, ["stack", "provider"]);

type Archive = Exclude<Extract<StoreSettings, { readonly archive?: unknown }>["archive"], undefined>;

const archiveOf = (store: StoreSettings | undefined): Archive | undefined =>
  store !== undefined && "archive" in store ? store.archive : undefined;

/**
 * A store in the cluster comes back from what it archived in the lost region, and begins a history of its own: where one was
 * written in that region before, the next.
 */
function fromArchive(store: StoreSettings, region: string, past: StoreSettings | undefined): unknown {
  const archive = archiveOf(store);
  if (archive === undefined) return store;
  const generation = (archiveOf(past)?.generation ?? 0) + 1;
  return { ...store, archive: { ...archive, generation, from: { region, generation: archive.generation } } };
}

function ofItself(store: StoreSettings): unknown {
  const archive = archiveOf(store);
  return archive === undefined ? store : { ...store, archive: lacking(archive, ["from"]) };
}

type Delivered = Extract<Settings["delivery"], { readonly by: "argocd" }>;

/** What Argo CD reads for the recovery region lies in a folder of its own, or one push would change both regions. */
const renderedApart = ({ stack }: Settings, target: string, { repository }: Delivered) => ({
  ...repository,
  path: repository.path.endsWith(`/${stack}`)
    ? `${repository.path.slice(0, -stack.length)}${target}`
    : `${repository.path}/recovery`,
});

/** Where the stack that stands in for this one names its region on purpose. */
export const meantReferences = (settings: Settings): readonly MeantReference[] => [
  ...recoverySiteOf(settings).meant,
  ...databasesOf(settings).map(({ store, server }) => ({
    where: new RegExp(`/Cluster [^ ]*/${store}:`),
    value: new RegExp(`^${server}$`),
    because: "an archive is named after the region that wrote it",
  })),
];

/** Where a stack keeps its backups or archives, and their copy in its recovery region. Names follow from settings. */
export function vaultOf(settings: Settings, holds: CopiedBucket["holds"] = "backups"): CopiedBucket {
  const found = recoverySiteOf(settings).copied.find((one) => one.holds === holds);
  if (found === undefined) throw new Error(`${settings.stack} has no bucket for its ${holds}`);
  return found;
}

/** A database that comes back to a moment, from a base backup and the log after it. */
export interface Database {
  readonly store: string;
  /** Whether the cloud runs it, or an operator in the cluster. */
  readonly by: "cloud" | "cluster";
  /** Where its log is archived: a managed one's cloud keeps it beside the backups. */
  readonly vault: CopiedBucket;
  /** Where in that bucket. */
  readonly path: string;
  /** Name that it archives under. */
  readonly server: string;
}

/** Every such database of a stack, in the order of the settings. */
export function databasesOf(settings: Settings): readonly Database[] {
  const { cloud, stores } = settings;
  const managed = recoverySiteOf(settings).databases;
  return Object.entries(stores).flatMap(([store, one]): readonly Database[] => {
    const named = (generation: number) => ({ store, server: serverName(store, cloud.region, generation) });
    if (managed[store] !== undefined)
      return [{ ...named(1), by: "cloud", vault: vaultOf(settings), path: "databases" }];
    if (!("archive" in one) || one.archive === undefined) return [];
    return [{ ...named(one.archive.generation), by: "cluster", vault: vaultOf(settings, "archive"), path: "postgres" }];
  });
}
