/**
 * What a stack brings to its system, worked out from settings alone: where packets come from and go to, which store lives
 * where, which parts of the platform must talk. No cloud is asked, so a graph compiles anywhere and is always the same.
 */
import { backupActors } from "../components/backup/backup-actors";
import { dataActors } from "../components/data/data-actors";
import { placementOf } from "../components/data/placement";
import { argoCdActors, rolloutsActors } from "../components/delivery/delivery-actors";
import { speaksTlsInside } from "../components/kubernetes/facts";
import { brokerInCluster } from "../components/messaging/placement";
import { tierRanges } from "../components/network/plan";
import { type Actor, type Landscape, type StorePlacement } from "../graph/landscape";
import { INTERNET } from "./addresses";
import { scopeOf } from "./scope";
import { type Settings } from "./schema";
import { OFFERS } from "./schema-data";
import { type Site } from "./site";
import { siteOf } from "./sites";
import { systemActors } from "./system-actors";

export function landscapeOf(settings: Settings): Landscape {
  const site = siteOf(settings);
  return {
    stack: settings.stack,
    stage: settings.stage,
    region: settings.cloud.region,
    host: settings.edge.host,
    stores: placements(settings, site),
    offers: OFFERS[settings.provider],
    edge: site.edge,
    actors: [...site.actors, ...commonActors(settings, site)],
    internet: INTERNET,
    dialect: site.dialect,
    pods: site.pods,
    ...(settings.broker === undefined ? {} : { broker: brokerInCluster() }),
  };
}

const placements = (settings: Settings, { network, vaultReach }: Site): Readonly<Record<string, StorePlacement>> =>
  Object.fromEntries(
    Object.entries(settings.stores).map(([name, store]) => [
      name,
      placementOf(name, store, {
        scope: scopeOf(settings),
        ranges: tierRanges(network, "data", name),
        internalTls: speaksTlsInside(settings),
        archiveReach: vaultReach,
      }),
    ]),
  );

/** Parts of the platform that are the same on every cloud. */
const commonActors = (settings: Settings, { vaultReach }: Site): readonly Actor[] => [
  ...dataActors(settings.stores),
  ...systemActors(settings, INTERNET),
  ...backupActors(vaultReach),
  ...(rollsOut(settings) ? rolloutsActors(INTERNET) : []),
  ...(settings.delivery.by === "argocd" ? argoCdActors(settings.delivery, INTERNET) : []),
];

const rollsOut = ({ services }: Settings): boolean =>
  Object.values(services).some(({ rollout }) => rollout.strategy !== "rolling");
