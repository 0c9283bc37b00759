/** Steps until the region is lost: a primary that serves, known values in it, a backup whose copy has arrived, the loss. */
import { mkdirSync } from "node:fs";
import { backUpBase, initialise, shipLog, startPostgres } from "../embedded/region/postgres";
import { answers, S3Error } from "../embedded/region/s3";
import { isReady } from "../embedded/plane/readiness";
import { withCloud } from "../embedded/standin/cloud";
import { regionalOf } from "../embedded/standin/regional";
import { noAnswer } from "../embedded/standin/rules";
import { hasPath, type NoPath, PLATFORM, type RestorePath } from "../graph/derive/recovery";
import { stackObjects } from "../stacks/objects";
import { recoveryPlan } from "../stacks/recovery";
import { assess } from "./assessment";
import {
  cloudOf,
  copySite,
  type Drill,
  objectName,
  primaryOf,
  replicate,
  sightOf,
  startStores,
} from "./embedded-drill";
import { type Journal } from "./journal";
import { compared, done, type Line, notRun } from "./line";
import { observe } from "./preflight";
import {
  bringUp,
  loseRegion as lose,
  planeOf,
  postgresOf,
  type Region,
  resourcesOf,
  runVelero,
  withApi,
} from "./region";
import { type StepResult } from "./run";
import { readRows, sentinelNamespaces, sentinelObject, writeLateRow, writeRows, writeSentinel } from "./sentinels";
import { save, type Saved } from "./velero-steps";

const NO_POSTGRES = "no PostgreSQL on this machine: install postgresql from your distribution";

export async function prepare(drill: Drill): Promise<StepResult> {
  const primary = primaryOf(drill);
  mkdirSync(copySite(drill).dir, { recursive: true });
  await bringUp(primary, { judged: false, deliver: true });
  const resources = resourcesOf(primary).length;
  await startAll(drill);
  return {
    lines: [
      done(
        "real",
        `the engine holds ${resources} resources of ${primary.settings.stack} in ${primary.name}`,
        "brought up",
      ),
      done("real", "Kubernetes API, S3 API and Velero of the primary run", "as plain processes"),
      ...databaseLines(drill, "its write-ahead log goes to the vault"),
      done(
        "modelled",
        "cloud resources",
        `a stand-in for ${regionalOf(primary.settings).name}: ids, references, quotas, names, deletion order`,
      ),
      ...standInLines(drill),
      notRun("containers", "kwok reports pods as running; none runs"),
    ],
  };
}

/** What Velero does is real; where it does not go through its own plugin, the way it goes is not. */
function standInLines({ settings }: Drill): readonly Line[] {
  const { vaultStandIn } = regionalOf(settings);
  return vaultStandIn === undefined ? [] : [done("modelled", "Velero's way to the backups", vaultStandIn)];
}

/** Everything the primary needs running, after whatever happened in between. */
export async function startAll(drill: Drill): Promise<void> {
  const primary = primaryOf(drill);
  await planeOf(primary).start();
  await startStores(drill);
  await runVelero(primary, drill.tools.velero);
  const { postgres } = drill.tools;
  if (postgres === undefined) return;
  await Promise.all(
    postgresOf(primary).map(async (site) => {
      await initialise(site, postgres);
      await startPostgres(site, postgres);
    }),
  );
}

const databaseLines = (drill: Drill, detail: string): readonly Line[] => {
  const stores = postgresOf(primaryOf(drill)).map(({ store }) => store);
  return stores.map((store) =>
    drill.tools.postgres === undefined
      ? notRun(`store/${store}: a PostgreSQL`, NO_POSTGRES)
      : done("real", `store/${store}: a PostgreSQL stands in for the managed one`, detail),
  );
};

export async function preflight(drill: Drill): Promise<StepResult> {
  await unlessRefused(async () => {
    await startStores(drill);
    await replicate(drill);
  });
  return assess(await observe(sightOf(drill)));
}

/** What the object store refuses is for the assessment to tell. */
async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
  }
}

export async function sentinels(drill: Drill): Promise<StepResult> {
  const primary = primaryOf(drill);
  await startAll(drill);
  const objects = sentinelNamespaces(primary.graph).map((namespace) => sentinelObject(drill.id, namespace));
  const written = await withApi(primary, (api) =>
    Promise.all(
      objects.map(async (each) => [`namespace/${each.metadata.namespace}`, await writeSentinel(api, each)] as const),
    ),
  );
  const rows = await Promise.all(
    withDatabases(drill).map(async (site) => {
      await writeRows(site, drill.tools.kit, drill.id);
      return [`store/${site.store}`, (await readRows(site, drill.tools.kit, drill.id)).text] as const;
    }),
  );
  const all = [...written, ...rows];
  return {
    lines: [
      ...all.map(([node, sum]) => done("real", `${node}: a sentinel is written`, sum)),
      ...otherLines(
        primary,
        all.map(([node]) => node),
      ),
    ],
    facts: { sentinels: Object.fromEntries(all) },
  };
}

const withDatabases = (drill: Drill) => (drill.tools.postgres === undefined ? [] : postgresOf(primaryOf(drill)));

/** Whatever else holds state, with the reason why nothing is written there. */
const otherLines = ({ graph, settings }: Region, written: readonly string[]): readonly Line[] =>
  recoveryPlan(settings, graph)
    .filter(({ node }) => !written.includes(node) && node !== PLATFORM)
    .map(({ node, path }) => notRun(`${node}: a sentinel`, reasonOf(path)));

function reasonOf(path: RestorePath | NoPath): string {
  if (!hasPath(path)) return path.got;
  if (path.by === "rebuild") return "it holds nothing of its own: it is filled again from stores that are restored";
  return path.by === "given up" ? path.loses : NO_POSTGRES;
}

export async function backUp(drill: Drill, journal: Journal): Promise<StepResult> {
  await startAll(drill);
  const backup = await saveObjects(drill, journal);
  if (backup.blockers.length > 0) return { lines: [], blockers: backup.blockers };
  const rows = await saveDatabases(drill);
  const { objects, bytes } = await replicate(drill);
  await Promise.all(withDatabases(drill).map((site) => writeLateRow(site, drill.tools.kit, drill.id)));
  const { lines, blockers: found } = assess(await observe(sightOf(drill)));
  return {
    lines: [
      done("real", "Velero saved the services' namespaces", `backup ${backup.name}`),
      notRun("files of volumes", "no container runs here, so no node agent does"),
      ...rows.map(({ store, latest }) =>
        done("real", `store/${store}: base backup and log are in the vault`, `until ${latest}`),
      ),
      done(
        "modelled",
        "the vault is replicated",
        `${objects} objects, ${(bytes / 2 ** 20).toFixed(1)} MiB copied, as ${regionalOf(primaryOf(drill).settings).name} would`,
      ),
      ...lines,
    ],
    blockers: found,
    facts: {
      backup: backup.name,
      saved: { ...Object.fromEntries(rows.map(({ store, latest }) => [`store/${store}`, latest])), objects: backup.at },
    },
  };
}

function saveObjects(drill: Drill, journal: Journal): Promise<Saved> {
  const primary = primaryOf(drill);
  const objects = stackObjects(primary.graph, primary.settings).map(({ manifest }) => manifest);
  const named = (kind: string) => objects.find((one) => one.kind === kind && one.metadata.name === "daily");
  const [schedule, location] = [named("Schedule"), named("BackupStorageLocation")];
  if (schedule === undefined || location === undefined) throw new Error("the stack has no daily schedule");
  return withApi(primary, (api) => save(api, { schedule, location, name: objectName(drill, journal, "back-up") }));
}

async function saveDatabases(drill: Drill): Promise<readonly { readonly store: string; readonly latest: string }[]> {
  const { kit } = drill.tools;
  return Promise.all(
    withDatabases(drill).map(async (site) => {
      await backUpBase(site, kit);
      const { latest } = await readRows(site, kit, drill.id);
      await shipLog(site, kit);
      return { store: site.store, latest };
    }),
  );
}

export async function loseRegion(drill: Drill, journal: Journal): Promise<StepResult> {
  const primary = primaryOf(drill);
  const lostAt = journal.facts.lostAt ?? new Date().toISOString();
  const api = await withApi(primary, (client) => Promise.resolve(client)).catch(() => undefined);
  await lose(primary);
  await withCloud(cloudOf(drill), (cloud) => cloud.loseRegion(primary.name));
  const gone = api === undefined || !(await isReady(api));
  const refusal = await refusalOf(drill);
  return {
    lines: [
      compared("real", "the primary's Kubernetes API answers nothing", gone, true),
      compared("real", "the primary's vault answers nothing", await answers(primary.s3), false),
      compared(
        "modelled",
        "the primary's cloud answers nothing",
        refusal,
        noAnswer(regionalOf(drill.settings).probe, primary.name),
      ),
      compared("real", "the primary's state is out of reach", resourcesOf(primary).length, 0),
      compared("real", "the copies' S3 API answers", await answers(copySite(drill)), true),
    ],
    facts: { lostAt },
  };
}

const refusalOf = (drill: Drill): Promise<string> =>
  withCloud(cloudOf(drill), (cloud) => {
    try {
      cloud.expectAnswer(regionalOf(drill.settings).probe, drill.settings.cloud.region);
      return "an answer";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
