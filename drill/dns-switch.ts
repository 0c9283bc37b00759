/** Sending people to the new region: the lost cluster's controller cannot give its public names up, so they are taken. */
import { withCloud } from "../embedded/standin/cloud";
import { objectKey } from "../embedded/standin/minting";
import { type PublicRecord, regionalOf } from "../embedded/standin/regional";
import { lookAgain } from "./after-the-loss";
import { cloudOf, type Drill, recoveryOf } from "./embedded-drill";
import { compared, done, type Line, notRun } from "./line";
import { type StepResult } from "./run";

export async function switchDns(drill: Drill): Promise<StepResult> {
  const recovery = await recoveryOf(drill, true);
  const taken = await takeNames(drill);
  await lookAgain(recovery);
  const { host } = recovery.settings.edge;
  const found = await targetsOf(drill, host);
  return {
    lines:
      found === undefined
        ? [
            notRun(
              `${host} points to the new region`,
              "no controller that makes this edge's load balancer is played here",
            ),
          ]
        : [takenLine(taken), compared("modelled", `${host} points to the load balancer in`, found, [recovery.name])],
    facts: { servesAt: new Date().toISOString() },
  };
}

const takenLine = (taken: readonly string[]): Line =>
  done(
    "modelled",
    "names that the lost cluster owned are taken from it",
    taken.length === 0 ? "done before" : taken.join(", "),
  );

/** Records of names that external-dns of the lost cluster owned, with the proofs of that, and nothing else. */
const takeNames = (drill: Drill): Promise<readonly string[]> =>
  withCloud(cloudOf(drill), (cloud) => {
    const regional = regionalOf(drill.settings);
    const owners = regional
      .clustersOf(cloud.objects(), drill.settings.cloud.region)
      .map((name) => `external-dns/owner=${name},`);
    const records = regional.records(cloud.objects());
    const proofs = records.filter(({ says }) => owners.some((owner) => says.includes(owner)));
    const hosts = proofs.map(({ name }) => hostOf(name));
    const theirs = records.filter(({ name, leads }) => leads && hosts.includes(name));
    for (const { object } of [...theirs, ...proofs]) cloud.drop(objectKey(object));
    return hosts;
  });

/** A proof stands beside the name it is of, under the same name with the record's type before it. */
const hostOf = (proof: string): string => proof.replace(/^(a|aaaa|cname)-/, "");

/** Regions of the load balancers that the host's records point to; undefined where nothing made a load balancer. */
const targetsOf = (drill: Drill, host: string): Promise<readonly string[] | undefined> =>
  withCloud(cloudOf(drill), (cloud) => {
    const regional = regionalOf(drill.settings);
    const balancers = regional.balancers(cloud.objects());
    const own = regional.records(cloud.objects()).filter(({ name }) => name === host);
    if (balancers.length === 0 && own.length === 0) return undefined;
    const leadsTo = ({ says }: PublicRecord, answersAt: string): boolean => says.includes(`"${answersAt}"`);
    return balancers
      .filter(({ answersAt }) => own.some((record) => leadsTo(record, answersAt)))
      .map((one) => one.region);
  });
