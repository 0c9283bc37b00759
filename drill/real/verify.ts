/** Whether the throw-away stack is whole: judged on what its cluster and its state hold, and by real requests. */
import { type Manifest, objectId } from "../../graph/manifest";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { type Settings } from "../../stacks/schema";
import { everything } from "../cluster-objects";
import { type Journal } from "../journal";
import { compared, type Line, notRun } from "../line";
import { type StepResult } from "../run";
import { backupOf, reasonOf, runToEnd } from "../velero-runs";
import { presentLines, reachLines, referenceLines, routeLines } from "../wholeness";
import { exported } from "./engine";
import { withCluster } from "./kubeconfig";
import { requestLines } from "./requests";
import { CLUSTER_PATIENCE_SECONDS, engineOf, objectName, type Rehearsal, sumOf, throwAway } from "./steps";

export async function verify(rehearsal: Rehearsal, journal: Journal): Promise<StepResult> {
  const { settings } = throwAway(rehearsal, true);
  const declared = { settings, graph: compileStack(settings) };
  const objects = await withCluster(rehearsal.access.recovery, everything);
  const resources = await exported(engineOf(rehearsal));
  const lost = { region: rehearsal.settings.cloud.region, ids: [] };
  return {
    lines: [
      ...sentinelLines(objects, journal),
      ...presentLines(declared, objects),
      ...reachLines(declared, objects),
      ...routeLines(declared, objects),
      await backupLine(rehearsal, settings, journal),
      ...referenceLines({ resources, objects, settings: rehearsal.settings, lost }),
      ...(await requestLines(rehearsal.access, declared, objects)),
    ],
  };
}

function sentinelLines(objects: readonly Manifest[], { facts }: Journal): readonly Line[] {
  const sums = new Map(objects.map((one) => [objectId(one), one]));
  const wanted = Object.entries(facts.sentinels ?? {});
  const differing = wanted.filter(([id, sum]) => {
    const found = sums.get(id);
    return found === undefined || sumOf(found) !== sum;
  });
  if (wanted.length === 0) return [notRun("sentinels", "there were none")];
  const what = `all ${wanted.length} sentinels came back with their checksums`;
  return [
    compared(
      "real",
      what,
      differing.map(([id]) => id),
      [],
    ),
  ];
}

async function backupLine(rehearsal: Rehearsal, settings: Settings, journal: Journal): Promise<Line> {
  const objects = stackObjects(compileStack(settings), settings).map(({ manifest }) => manifest);
  const schedule = objects.find(({ kind, metadata }) => kind === "Schedule" && metadata.name === "daily");
  if (schedule === undefined) return compared("real", "the new stack has a daily schedule", false, true);
  const wanted = backupOf(schedule, objectName(rehearsal, journal, "verify"));
  const status = await withCluster(rehearsal.access.recovery, (api) => runToEnd(api, wanted, CLUSTER_PATIENCE_SECONDS));
  return compared("real", "Velero backs up into the new stack's own vault", reasonOf(status), "Completed");
}
