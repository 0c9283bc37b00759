/** Relations between settings of a stack on AWS. */
import { type Problem } from "../../graph/problems";
import { days } from "../../graph/units";
import { type PartOf, settingAt } from "../relations";
import { type AwsSettings } from "../schema";
import { zonesOf } from "./regions";

type Part = PartOf<AwsSettings>;

export const awsRelations = (part: Part): readonly Problem[] => [
  ...zoneRelation(part),
  ...lockRelation(part),
  ...recoveryRelation(part),
  ...retentionRelation(part),
];

/** Zones that are there, each once, and three of them: quorums and spreads rely on it. */
function zoneRelation({ stack, cloud }: Part): readonly Problem[] {
  if (cloud === undefined) return [];
  const where = settingAt(stack, ["cloud", "zones"]);
  const known = zonesOf(cloud.region);
  if (known.length < 3)
    return [
      {
        where: settingAt(stack, ["cloud", "region"]),
        got: `${cloud.region}, where an account sees ${known.length} zones`,
        want: "a region with three zones: quorums and spreads rely on them",
        mend: "write region: us-west-2 under keelson:cloud, or another that has three",
      },
    ];
  const want = `three different zones of ${cloud.region}: ${known.join(", ")}`;
  const mend = `write zones: [${known.slice(0, 3).join(", ")}] under keelson:cloud`;
  const strange = cloud.zones.filter((zone) => !known.includes(zone));
  if (strange.length > 0)
    return [{ where, got: `${strange.join(", ")}, which ${cloud.region} does not have`, want, mend }];
  if (new Set(cloud.zones).size === cloud.zones.length) return [];
  return [{ where, got: `${cloud.zones.join(", ")}: one of them twice`, want, mend }];
}

function lockRelation({ stack, backup }: Part): readonly Problem[] {
  if (backup === undefined || backup.lock.mode === "none") return [];
  const shortest = days(backup.daily) <= days(backup.weekly) ? backup.daily : backup.weekly;
  if (days(backup.lock.for) <= days(shortest)) return [];
  return [
    {
      where: settingAt(stack, ["backup", "lock", "for"]),
      got: backup.lock.for,
      want: `at most the shortest retention, ${shortest}: what is locked cannot be deleted when it expires`,
      mend: `write for: ${shortest} under keelson:backup.lock`,
    },
  ];
}

/** A stack that stands in for a lost region says for which one, and what its databases come back from. */
function recoveryRelation({ stack, cloud, role, recovers, stores = {} }: Part): readonly Problem[] {
  const where = settingAt(stack, ["recovers"]);
  const write = "let `keelson drill` write the stack of the recovery region";
  if (role === "recovery" && recovers === undefined)
    return [{ where, got: "nothing", want: "the lost region, for a stack of role recovery", mend: write }];
  if (recovers === undefined) return [];
  if (role !== "recovery")
    return [
      { where, got: "a lost region", want: "role: recovery beside it", mend: "remove it, or set role: recovery" },
    ];
  const same = recovers.region === cloud?.region;
  return [
    ...(same ? [{ where, got: recovers.region, want: "a region other than cloud.region", mend: write }] : []),
    ...Object.entries(stores).flatMap(([name, { flavour }]) => databaseProblem(where, name, flavour, recovers)),
  ];
}

/** Without it the database would come up empty, and serve. */
function databaseProblem(
  where: string,
  name: string,
  flavour: string,
  { databases }: NonNullable<Part["recovers"]>,
): readonly Problem[] {
  if (flavour !== "rds" || databases[name] !== undefined) return [];
  return [
    {
      where: `${where}.databases.${name}`,
      got: "nothing",
      want: "the ARN of the database's automated backup in this region, or it would come up empty",
      mend: "let `keelson drill` find it; by hand: aws rds describe-db-instance-automated-backups",
    },
  ];
}

/** What CloudWatch keeps a group for; it refuses every other number. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function retentionRelation({ stack, cluster, network, logs }: Part): readonly Problem[] {
  const kept = {
    "cluster.logs": cluster?.logs,
    "network.flowLogs": network?.flowLogs,
    "logs.retention": logs?.to === "cloudWatch" ? logs.retention : undefined,
  };
  return Object.entries(kept).flatMap(([setting, retention]) => {
    if (retention === undefined || RETENTION_DAYS.includes(days(retention))) return [];
    const next = RETENTION_DAYS.find((each) => each >= days(retention)) ?? Math.max(...RETENTION_DAYS);
    const [group = "", key = ""] = setting.split(".");
    return [
      {
        where: settingAt(stack, [group, key]),
        got: `${retention}, for which CloudWatch keeps nothing`,
        want: `one of ${RETENTION_DAYS.join(", ")} days`,
        mend: `write ${key}: ${next} days under keelson:${group}`,
      },
    ];
  });
}
