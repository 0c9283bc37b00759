/**
 * What differs between Azure's regions and decides whether a stack can be there. From Microsoft's list of regions
 * as of March 2025; one that is in neither list has zones and no pair.
 *
 * @see https://learn.microsoft.com/en-us/azure/reliability/regions-list
 */

/** Regions without availability zones. */
export const WITHOUT_ZONES: readonly string[] = [
  "australiacentral",
  "australiacentral2",
  "australiasoutheast",
  "brazilsoutheast",
  "canadaeast",
  "francesouth",
  "germanynorth",
  "koreasouth",
  "northcentralus",
  "norwaywest",
  "southafricawest",
  "southindia",
  "swedensouth",
  "switzerlandwest",
  "uaecentral",
  "ukwest",
  "westcentralus",
  "westindia",
  "westus",
];

/** Region by region, the other one that geo-redundant storage copies to. */
export const PAIRS: Readonly<Partial<Record<string, string>>> = {
  ...bothWays([
    ["australiaeast", "australiasoutheast"],
    ["canadacentral", "canadaeast"],
    ["centralindia", "southindia"],
    ["centralus", "eastus2"],
    ["eastasia", "southeastasia"],
    ["eastus", "westus"],
    ["francecentral", "francesouth"],
    ["germanywestcentral", "germanynorth"],
    ["japaneast", "japanwest"],
    ["koreacentral", "koreasouth"],
    ["northcentralus", "southcentralus"],
    ["northeurope", "westeurope"],
    ["norwayeast", "norwaywest"],
    ["southafricanorth", "southafricawest"],
    ["swedencentral", "swedensouth"],
    ["switzerlandnorth", "switzerlandwest"],
    ["uaenorth", "uaecentral"],
    ["uksouth", "ukwest"],
    ["westcentralus", "westus2"],
  ]),
  // Their pairs copy elsewhere themselves.
  brazilsouth: "southcentralus",
  westus3: "eastus",
};

function bothWays(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.flatMap(([one, other]) => [
      [one, other],
      [other, one],
    ]),
  );
}
