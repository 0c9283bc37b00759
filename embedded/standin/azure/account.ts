/**
 * What a team's subscription holds before the first deployment: the zones that stacks adopt. The program only refers to
 * them, so the stand-in cloud must have them too, or it would rightly refuse.
 */
import { withCloud } from "../cloud";
import { RESOURCE_GROUP, ZONE } from "./names";

export interface Subscription {
  readonly region: string;
  /** Resource groups of DNS zones, by the zone's name. */
  readonly zones: Readonly<Record<string, string>>;
}

/** Makes what is missing; does nothing the second time. */
export const prepareSubscription = (file: string, { region, zones }: Subscription): Promise<void> =>
  withCloud(file, (cloud) => {
    const by = { region, owner: "bootstrap" } as const;
    const own = cloud.objects(({ owner }) => owner === by.owner);
    const lacks = (property: string, name: string) => own.every(({ properties }) => properties[property] !== name);
    const groups = [...new Set(Object.values(zones))].filter((group) => lacks("resourceGroupName", group));
    for (const resourceGroupName of groups) cloud.create(RESOURCE_GROUP, { resourceGroupName, location: region }, by);
    for (const [zoneName, resourceGroupName] of Object.entries(zones).filter(([zone]) => lacks("zoneName", zone)))
      cloud.create(ZONE, { zoneName, resourceGroupName, location: "global" }, by);
  });
