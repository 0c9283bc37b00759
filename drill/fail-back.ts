/**
 * Going back is the same drill with the regions exchanged. It begins in the region that stands in, which is whole, and ends
 * in the one that was lost, which answers again and is made anew: whatever it still held is older than what people wrote
 * since, and is removed first.
 */
import { withCloud } from "../embedded/standin/cloud";
import { objectKey } from "../embedded/standin/minting";
import { type CloudObject } from "../embedded/standin/store";
import { returningSettings, returnStackName } from "../stacks/recovery-stack";
import { startAll } from "./before-the-loss";
import { cloudOf, derive, type Drill, primaryOf, recoveryOf } from "./embedded-drill";
import { done } from "./line";
import { bringUp, SEATS } from "./region";
import { type StepResult } from "./run";

/** The drill that goes back, from what this one has made. */
export async function exchanged(drill: Drill): Promise<Drill> {
  const { settings } = await recoveryOf(drill, true);
  const raw = returningSettings(settings, drill.settings.cloud.region);
  return {
    ...drill,
    id: `${drill.id}-back`,
    settings: derive(drill, { stack: settings.stack, from: drill.settings.stack, raw }),
    ...{ from: SEATS.recovery, to: SEATS.returned, target: returnStackName(drill.settings.stack) },
  };
}

/** The first step of it: the region answers again, and the copies go there. */
export async function prepareReturn(drill: Drill, back: Drill): Promise<StepResult> {
  const removed = await answerAgain(drill);
  const here = primaryOf(back);
  const changes = await bringUp(here, { judged: true, deliver: true });
  await startAll(back);
  const home = drill.settings.cloud.region;
  return {
    lines: [
      done("modelled", `${home} answers again, and what it still held of ${drill.settings.stack} is removed`, removed),
      done("real", `the engine makes ${here.settings.stack} a primary, copied to ${home}`, `${changes} changes`),
    ],
  };
}

/** What a person does in two steps: compares first, then `pulumi destroy` of the stack that was lost. */
const answerAgain = (drill: Drill): Promise<string> =>
  withCloud(cloudOf(drill), (cloud) => {
    cloud.recoverRegion(drill.settings.cloud.region);
    const left = cloud.objects((one) => isLeft(drill, one));
    for (const object of left) cloud.drop(objectKey(object));
    return `${left.length} things; a person compares them first`;
  });

/** Made there by the lost stack or by its cluster's controllers; the copies lie in the other region, and stay. */
function isLeft({ settings }: Drill, { region, owner, urn }: CloudObject): boolean {
  if (owner === "bootstrap" || ![settings.cloud.region, "global"].includes(region)) return false;
  return owner === "engine" ? urn.split(":")[2] === settings.stack : region !== "global";
}
