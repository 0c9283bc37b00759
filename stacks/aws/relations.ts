/** Relations between settings of a stack on AWS. */
import { type Problem } from "../../graph/problems";
import { days } from "../../graph/units";
import { type PartOf, settingAt } from "../relations";
import { type AwsSettings } from "../schema";

type Part = PartOf<AwsSettings>;

export const awsRelations = (part: Part): readonly Problem[] => [...zoneRelation(part), ...lockRelation(part)];

function zoneRelation({ stack, cloud }: Part): readonly Problem[] {
  const strange = (cloud?.zones ?? []).filter((zone) => !zone.startsWith(cloud?.region ?? ""));
  if (cloud === undefined || strange.length === 0) return [];
  const right = ["a", "b", "c"].map((letter) => cloud.region + letter);
  return [
    {
      where: settingAt(stack, ["cloud", "zones"]),
      got: `${strange.join(", ")} outside cloud.region ${cloud.region}`,
      want: `three zones of ${cloud.region}`,
      mend: `write zones: [${right.join(", ")}] under keelson:cloud`,
    },
  ];
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
