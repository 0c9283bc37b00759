/** Availability zones by the ids that name the same building in every account. */
import { zonesOf } from "../../../stacks/aws/regions";

export { zonesOf };

/** `euw1-az1`: zone ids name the same building in every account. */
export const zoneIdsOf = (region: string): readonly string[] =>
  zonesOf(region).map((_, at) => `${shortName(region)}-az${at + 1}`);

function shortName(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const number = rest.pop() ?? "";
  return `${area}${rest.map((word) => word.replace(/(north|south|east|west|central)/g, (side) => side[0] ?? "")).join("")}${number}`;
}
