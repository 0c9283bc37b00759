/** Sending people to the new region: the lost cluster's controller cannot give its public names up, so they are taken. */
import { withCloud } from "../embedded/standin/cloud";
import { objectKey } from "../embedded/standin/minting";
import { type CloudObject } from "../embedded/standin/store";
import { lookAgain } from "./after-the-loss";
import { cloudOf, type Drill, recoveryOf } from "./embedded-drill";
import { compared, done } from "./line";
import { type StepResult } from "./run";

const RECORD = "aws:route53/record:Record";
const CLUSTER = "aws:eks/cluster:Cluster";

export async function switchDns(drill: Drill): Promise<StepResult> {
  const recovery = await recoveryOf(drill, true);
  const taken = await takeNames(drill);
  await lookAgain(recovery);
  const targets = await targetsOf(drill, recovery.settings.edge.host);
  const servesAt = new Date().toISOString();
  return {
    lines: [
      done(
        "modelled",
        "names that the lost cluster owned are taken from it",
        taken.length === 0 ? "done before" : taken.join(", "),
      ),
      compared("modelled", `${recovery.settings.edge.host} points to the load balancer in`, targets, [recovery.name]),
    ],
    facts: { servesAt },
  };
}

const text = ({ properties }: CloudObject, name: string): string => JSON.stringify(properties[name] ?? "");

/** A and TXT records that external-dns of the lost cluster owned, and nothing else. */
const takeNames = (drill: Drill): Promise<readonly string[]> =>
  withCloud(cloudOf(drill), (cloud) => {
    const lost = cloud.objects(({ type, region }) => type === CLUSTER && region === drill.settings.cloud.region);
    const owners = lost.map(({ properties }) => `external-dns/owner=${String(properties["name"])},`);
    const records = cloud.objects(({ type, status }) => type === RECORD && status === "live");
    const proofs = records.filter((one) => owners.some((owner) => text(one, "records").includes(owner)));
    const hosts = proofs.map(({ properties }) => String(properties["name"]).replace(/^a-/, ""));
    const theirs = records.filter(
      ({ properties }) => properties["type"] === "A" && hosts.includes(String(properties["name"])),
    );
    for (const record of [...theirs, ...proofs]) cloud.drop(objectKey(record));
    return hosts;
  });

/** Regions of the load balancers that the host's records point to. */
const targetsOf = (drill: Drill, host: string): Promise<readonly string[]> =>
  withCloud(cloudOf(drill), (cloud) => {
    const records = cloud.objects(({ type, properties }) => type === RECORD && properties["name"] === host);
    const aliases = records.map((record) => text(record, "aliases"));
    const balancers = cloud.objects(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer");
    return balancers
      .filter(({ properties }) => aliases.some((alias) => alias.includes(String(properties["dnsName"]))))
      .map(({ region }) => region);
  });
