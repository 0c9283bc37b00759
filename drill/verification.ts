/** Whether the new region is whole: verified on what it holds, not assumed from steps that ended well. */
import { withCloud } from "../embedded/standin/cloud";
import { backUpBase } from "../embedded/region/postgres";
import { type ApiClient } from "../embedded/plane/api";
import { routeTable } from "../graph/derive/routes";
import { type NetworkPolicy } from "../graph/derive/network-policy";
import { type Manifest, objectId } from "../graph/manifest";
import { stackObjects } from "../stacks/objects";
import { vaultOf } from "../stacks/recovery-stack";
import { lookAgain, objectsIn, sentinelLines } from "./after-the-loss";
import { cloudOf, type Drill, objectName, recoveryOf, startThere } from "./embedded-drill";
import { type Journal } from "./journal";
import { compared, done, type Line, notRun } from "./line";
import { reachability } from "./reachability";
import { allowances, type Holder, type Lost, references } from "./references";
import { postgresOf, type Region, resourcesOf, runVelero, withApi } from "./region";
import { type StepResult } from "./run";
import { backupOf, reasonOf, runToEnd } from "./velero-runs";

export async function verify(drill: Drill, journal: Journal): Promise<StepResult> {
  const recovery = await recoveryOf(drill, true);
  await startThere(drill, recovery);
  await runVelero(recovery, drill.tools.velero);
  await lookAgain(recovery);
  const objects = await withApi(recovery, everything);
  return {
    lines: [
      ...(await sentinelLines(drill, recovery, journal)),
      ...presentLines(recovery, objects),
      ...reachLines(recovery, objects),
      ...routeLines(recovery, objects),
      ...(await backupLines(drill, recovery, journal)),
      ...(await referenceLines(drill, recovery, objects)),
      notRun("requests through the load balancer", "no container runs here; against real stacks each route is asked"),
    ],
  };
}

interface Resource {
  readonly name: string;
  readonly verbs: readonly string[];
}

/** Every object that the server keeps, of every kind it serves in its preferred version. */
async function everything(api: ApiClient): Promise<readonly Manifest[]> {
  const groups = (await api.call({ method: "GET", path: "/apis" })) as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const roots = ["/api/v1", ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(roots.map((root) => allOf(api, root)));
  return lists.flat();
}

async function allOf(api: ApiClient, root: string): Promise<readonly Manifest[]> {
  const { resources } = (await api.call({ method: "GET", path: root })) as { resources: readonly Resource[] };
  const kept = resources.filter(
    ({ name, verbs }) => !name.includes("/") && verbs.includes("list") && !SKIPPED.includes(name),
  );
  const found = await Promise.all(kept.map(({ name }) => listed(api, `${root}/${name}`)));
  return found.flat();
}

/** Definitions are the same everywhere and large; the others are the cluster's own notes. */
const SKIPPED = [
  "customresourcedefinitions",
  "events",
  "leases",
  "flowschemas",
  "prioritylevelconfigurations",
  "apiservices",
];

async function listed(api: ApiClient, path: string): Promise<readonly Manifest[]> {
  const answer = (await api.call({ method: "GET", path })) as { apiVersion: string; kind: string; items?: Manifest[] };
  const kind = answer.kind.replace(/List$/, "");
  return (answer.items ?? []).map((item) => ({ ...item, apiVersion: answer.apiVersion, kind }));
}

/** Every object the program declares, whoever delivers it. */
function presentLines({ graph, settings }: Region, objects: readonly Manifest[]): readonly Line[] {
  const ids = new Set(objects.map(withoutVersion));
  const declared = stackObjects(graph, settings).map(({ manifest }) => manifest);
  const missing = declared.filter((manifest) => !ids.has(withoutVersion(manifest))).map(objectId);
  return [compared("real", `all ${declared.length} declared objects are in the new cluster`, missing, [])];
}

/** A server may keep another version of a group than the one written. */
const withoutVersion = (manifest: Manifest): string =>
  objectId({ ...manifest, apiVersion: manifest.apiVersion.replace(/\/?v[^/]*$/, "") });

const isPolicy = (manifest: Manifest): manifest is NetworkPolicy => manifest.kind === "NetworkPolicy";

function reachLines({ graph }: Region, objects: readonly Manifest[]): readonly Line[] {
  const { pairs, shut, open } = reachability(graph, objects.filter(isPolicy));
  const what = `of ${pairs} connections judged`;
  return [
    compared("real", `every edge gets through the new cluster's policies, ${what}`, shut, []),
    compared("real", `nothing else does, ${what}`, open, []),
  ];
}

function routeLines({ graph }: Region, objects: readonly Manifest[]): readonly Line[] {
  const paths = objects
    .filter(({ kind }) => kind === "HTTPRoute")
    .flatMap((route) =>
      [...JSON.stringify(route["spec"]).matchAll(/"value":"(\/[^"]*)"/g)].map(([, path]) => path ?? ""),
    );
  const lacking = routeTable(graph)
    .filter(({ path }) => !paths.includes(path))
    .map(({ path }) => path);
  const refused = objects
    .filter(({ kind, status }) => kind === "HTTPRoute" && /"status":"False"/.test(JSON.stringify(status ?? {})))
    .map(objectId);
  return [
    compared("real", `all ${routeTable(graph).length} routes are declared to the new gateway`, lacking, []),
    compared("modelled", "the gateway's controller refuses none of them", refused, []),
  ];
}

async function backupLines(drill: Drill, recovery: Region, journal: Journal): Promise<readonly Line[]> {
  const objects = stackObjects(recovery.graph, recovery.settings).map(({ manifest }) => manifest);
  const schedule = objects.find(({ kind, metadata }) => kind === "Schedule" && metadata.name === "daily");
  if (schedule === undefined) return [compared("real", "the new region has a daily schedule", false, true)];
  const name = `${objectName(drill, journal, "verify")}-there`;
  const status = await withApi(recovery, (api) => runToEnd(api, backupOf(schedule, name)));
  const { postgres } = drill.tools;
  const databases = postgres === undefined ? [] : postgresOf(recovery);
  await Promise.all(databases.map((site) => backUpBase(site, drill.tools.kit)));
  return [
    compared(
      "real",
      `Velero backs up into the new region's own vault ${recovery.bucket}`,
      reasonOf(status),
      "Completed",
    ),
    compared("real", "the backup is in that vault", (await objectsIn(recovery, `daily/backups/${name}/`)) > 0, true),
    ...databases.map(({ store }) =>
      done("real", `store/${store}: is archived into the new region's own vault`, "base backup taken"),
    ),
  ];
}

async function referenceLines(drill: Drill, recovery: Region, objects: readonly Manifest[]): Promise<readonly Line[]> {
  const state = resourcesOf(recovery).map(({ urn, inputs, outputs }) => ({
    name: urn.split("::").slice(2).join(" "),
    value: { inputs, outputs },
  }));
  const cluster = objects.map((object) => ({ name: objectId(object), value: object }));
  const allowed = allowances(drill.settings.cloud.region, vaultOf(drill.settings).copy);
  const lost = await lostIds(drill);
  const judged = (holders: readonly Holder[]) =>
    references(holders, lost, allowed).map(({ where, value }) => `${where} = ${value}`);
  return [
    compared(
      "real",
      `nothing of ${state.length} resources in the new state names ${lost.region}`,
      judged(state).slice(0, 5),
      [],
    ),
    compared(
      "real",
      `nothing of ${cluster.length} objects in the new cluster names ${lost.region}`,
      judged(cluster).slice(0, 5),
      [],
    ),
  ];
}

/** Ids that only the lost region's things have. */
const lostIds = (drill: Drill): Promise<Lost> =>
  withCloud(cloudOf(drill), (cloud) => {
    const { region } = drill.settings.cloud;
    const telling = /:(key:Key|cluster:Cluster|loadBalancer:LoadBalancer|vpc:Vpc)$/;
    const there = cloud.objects((one) => one.region === region && telling.test(one.type) && !one.id.startsWith("mrk-"));
    return { region, ids: there.map(({ id }) => id).filter((id) => id.length > 8) };
  });
