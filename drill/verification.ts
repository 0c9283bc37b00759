/** Whether the new region is whole: verified on what it holds, not assumed from steps that ended well. */
import { withCloud } from "../embedded/standin/cloud";
import { regionalOf } from "../embedded/standin/regional";
import { backUpBase } from "../embedded/region/postgres";
import { stackObjects } from "../stacks/objects";
import { lookAgain, objectsIn, sentinelLines } from "./after-the-loss";
import { cloudOf, type Drill, objectName, recoveryOf, startThere } from "./embedded-drill";
import { everything } from "./cluster-objects";
import { type Journal } from "./journal";
import { compared, done, type Line, notRun } from "./line";
import { type Lost } from "./references";
import { postgresOf, type Region, resourcesOf, runVelero, withApi } from "./region";
import { type StepResult } from "./run";
import { backupOf, reasonOf, runToEnd } from "./velero-runs";
import { presentLines, reachLines, referenceLines, routeLines } from "./wholeness";

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
      ...referenceLines({
        resources: resourcesOf(recovery),
        objects,
        settings: drill.settings,
        lost: await lostIds(drill),
      }),
      notRun("requests through the load balancer", "no container runs here; against real stacks each route is asked"),
    ],
  };
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

/** Ids that only the lost region's things have. */
const lostIds = (drill: Drill): Promise<Lost> =>
  withCloud(cloudOf(drill), (cloud) => {
    const { region } = drill.settings.cloud;
    const { telling } = regionalOf(drill.settings);
    const there = cloud.objects((one) => one.region === region && telling.test(one.type) && !one.id.startsWith("mrk-"));
    return { region, ids: there.map(({ id }) => id).filter((id) => id.length > 8) };
  });
