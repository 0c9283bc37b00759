/** Availability zones by region. Regions not listed have three. From knowledge, not read anew: a wrong row shows as a zone the stand-in does not know. */
const LETTERS: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ca-central-1": "abd",
};

export const zonesOf = (region: string): readonly string[] =>
  [...(LETTERS[region] ?? "abc")].map((letter) => `${region}${letter}`);

/** `euw1-az1`: zone ids name the same building in every account. */
export const zoneIdsOf = (region: string): readonly string[] =>
  zonesOf(region).map((_, at) => `${shortName(region)}-az${at + 1}`);

function shortName(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const number = rest.pop() ?? "";
  return `${area}${rest.map((word) => word.replace(/(north|south|east|west|central)/g, (side) => side[0] ?? "")).join("")}${number}`;
}
