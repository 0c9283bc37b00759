/** Which region holds copies of what a stack on Azure keeps: the pair, to which geo-redundant storage copies. */
import { type RestorePath } from "../../graph/derive/recovery";
import { type Duration } from "../../graph/units";
import { type AzureSettings } from "../schema";
import { type Copies } from "../site";
import { PAIRS } from "./regions";

/**
 * CloudNativePG ends a segment of its log after five minutes at the latest and archives it. Microsoft names fifteen minutes
 * as what geo-redundant storage typically lags at most, and promises no number.
 * @see https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy (from knowledge, not read anew)
 */
const COPIED_SEGMENTS: Duration = "20 minutes";

export function azureCopies({ stack, cloud: { region }, role, backup: { copies } }: AzureSettings): Copies {
  const pair = PAIRS[region];
  if (copies === "pairedRegion" && pair !== undefined) return { region: pair, archives: COPIED_SEGMENTS };
  if (role === "recovery") return { none: SECOND_LOSS };
  return {
    none: {
      got: `no copy outside ${region}`,
      want: "a restore path in the paired region, or settings that give the data up",
      mend:
        pair === undefined
          ? `choose a region that has a pair: Azure copies ${region} nowhere`
          : `write copies: pairedRegion under keelson:backup in Pulumi.${stack}.yaml`,
    },
  };
}

/** A region that stands in for a lost one: whatever is written there from now on. */
const SECOND_LOSS: RestorePath = {
  by: "given up",
  loses: "What is written here, if this region is lost too before keelson:backup.copies names its pair.",
};
