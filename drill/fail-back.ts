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
    past: drill.settings,
  };
}

/** The first step of it: the region answers again, and the copies go there. */
export async function prepareReturn(drill: Drill, back: Drill): Promise<StepResult> {
  const { stack, cloud } = drill.settings;
  await withCloud(cloudOf(drill), (world) => world.recoverRegion(cloud.region));
  const here = primaryOf(back);
  const changes = await bringUp(here, { judged: true, deliver: true }); // lets go of the lost region's copies
  const left = await removeLeft(drill);
  await startAll(back);
  return {
    lines: [
      done(
        "real",
        `the engine makes ${here.settings.stack} a primary, copied to ${cloud.region}`,
        `${changes} changes`,
      ),
      done(
        "modelled",
        `what ${cloud.region} still held of ${stack} is removed`,
        `${left} things; people compare first`,
      ),
    ],
  };
}

/** What people do with `pulumi destroy` of the stack that was lost. Says how many things it had. */
const removeLeft = (drill: Drill): Promise<number> =>
  withCloud(cloudOf(drill), (cloud) => {
    const left = cloud.objects((one) => isLeft(drill, one));
    for (const object of left) cloud.drop(objectKey(object));
    return left.length;
  });

/** Made there by the lost stack or by its cluster's controllers; the copies lie in the other region, and stay. */
function isLeft({ settings }: Drill, { region, owner, urn }: CloudObject): boolean {
  if (owner === "bootstrap" || ![settings.cloud.region, "global"].includes(region)) return false;
  return owner === "engine" ? urn.split(":")[2] === settings.stack : region !== "global";
}
