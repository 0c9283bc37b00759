/** Which region holds copies of what a stack on AWS keeps. */
import { type RestorePath } from "../../graph/derive/recovery";
import { type Duration } from "../../graph/units";
import { type AwsSettings } from "../schema";
import { type Copies } from "../site";

/**
 * CloudNativePG ends a segment of its log after five minutes at the latest and archives it; the bucket's copy to the other
 * region follows within minutes (from knowledge: without replication time control AWS promises no number).
 * @see https://cloudnative-pg.io/documentation/current/wal_archiving/
 */
const COPIED_SEGMENTS: Duration = "10 minutes";

export function awsCopies({ stack, cloud: { region }, role, backup: { replicateTo } }: AwsSettings): Copies {
  if (replicateTo === undefined && role === "recovery") return { none: SECOND_LOSS };
  const here = replicateTo === region;
  if (replicateTo !== undefined && !here) return { region: replicateTo, archives: COPIED_SEGMENTS };
  return {
    none: {
      got: here ? `no copy outside ${region}: backup.replicateTo is that region itself` : "no copy in any region",
      want: "a restore path in another region, or settings that give the data up",
      mend: `write replicateTo: ${otherRegion(region)} under keelson:backup in Pulumi.${stack}.yaml`,
    },
  };
}

/** A region that stands in for a lost one: whatever is written there from now on. */
const SECOND_LOSS: RestorePath = {
  by: "given up",
  loses: "What is written here, if this region is lost too before keelson:backup.replicateTo names another.",
};

/** An example for the message; people choose by law and distance. */
const otherRegion = (region: string): string => (region === "eu-central-1" ? "eu-west-1" : "eu-central-1");
