/** Relations between settings of a stack on Azure: what its region has, and what needs something else. */
import { flexibleServerProblems } from "../../components/data/flexible-server-plan";
import { ENDPOINTS } from "../../components/network/azure-plan";
import { type Problem } from "../../graph/problems";
import { days } from "../../graph/units";
import { type PartOf, settingAt } from "../relations";
import { type AzureSettings } from "../schema";
import { retentionProblems } from "../../components/observability/log-workspace";
import { PAIRS, WITHOUT_ZONES } from "./regions";

type Part = PartOf<AzureSettings>;

export const azureRelations = (part: Part): readonly Problem[] => [
  ...zoneRelation(part),
  ...pairRelation(part),
  ...originRelation(part),
  ...serverRelation(part),
  ...endpointsRelation(part),
  ...undeleteRelation(part),
  ...defenderRelation(part),
  ...workspaceRelation(part),
  ...retentionRelation(part),
];

function zoneRelation({ stack, cloud }: Part): readonly Problem[] {
  if (cloud === undefined) return [];
  if (!WITHOUT_ZONES.includes(cloud.region)) return sameZones({ stack, zones: cloud.zones });
  return [
    {
      where: settingAt(stack, ["cloud", "region"]),
      got: `${cloud.region}, which has no availability zones`,
      want: "a region with three zones: quorums and spreads rely on them",
      mend: `write region: ${PAIRS[cloud.region] ?? "westeurope"} under keelson:cloud`,
    },
  ];
}

const sameZones = ({ stack, zones }: { readonly stack: string; readonly zones: readonly string[] }) =>
  new Set(zones).size === zones.length
    ? []
    : [
        {
          where: settingAt(stack, ["cloud", "zones"]),
          got: `${zones.join(", ")}: one of them twice`,
          want: "three different zones: quorums and spreads rely on them",
          mend: 'write zones: ["1", "2", "3"] under keelson:cloud',
        },
      ];

function pairRelation({ stack, cloud, backup }: Part): readonly Problem[] {
  if (cloud === undefined || backup?.copies !== "pairedRegion" || PAIRS[cloud.region] !== undefined) return [];
  return [
    {
      where: settingAt(stack, ["backup", "copies"]),
      got: `pairedRegion, but Azure pairs ${cloud.region} with no other region`,
      want: "copies within the region, or a region that has a pair",
      mend: "write copies: zones under keelson:backup",
    },
  ];
}

/** Geo-redundant storage copies a region to its pair and nowhere else. */
const originRelation = ({ stack, cloud, stores = {} }: Part): readonly Problem[] =>
  Object.entries(stores).flatMap(([name, store]) => {
    const [path, from] = originOf(store);
    if (cloud === undefined || from === undefined || from === cloud.region || PAIRS[from] === cloud.region) return [];
    const pair = PAIRS[cloud.region];
    return [
      {
        where: settingAt(stack, ["stores", name, ...path, "region"]),
        got: `${from}, whose copies are in ${PAIRS[from] ?? "no other region"}`,
        want: `${cloud.region} itself${pair === undefined ? "" : `, or ${pair}`}`,
        mend: `write region: ${pair ?? cloud.region} under keelson:stores.${[name, ...path].join(".")}`,
      },
    ];
  });

/** Where a store comes back from, and the setting that says so. */
const originOf = (store: AzureSettings["stores"][string]): readonly [readonly string[], string | undefined] =>
  "archive" in store
    ? [["archive", "from"], store.archive?.from?.region]
    : [["from"], "from" in store ? store.from?.region : undefined];

/** What Azure would refuse of a database halfway through a run. */
const serverRelation = ({ stack, stores = {} }: Part): readonly Problem[] =>
  Object.entries(stores).flatMap(([name, store]) =>
    store.flavour === "flexible-server"
      ? flexibleServerProblems(settingAt(stack, ["stores", name]), { ...store, store: name })
      : [],
  );

/** The platform's own private addresses have a slot, too. */
const endpointsRelation = ({ stack, stores = {} }: Part): readonly Problem[] =>
  Object.entries(stores)
    .filter(([, store]) => "slot" in store && store.slot === ENDPOINTS.slot)
    .map(([name]) => ({
      where: settingAt(stack, ["stores", name, "slot"]),
      got: `${ENDPOINTS.slot}, where the private addresses of the vault, the registry and the backups are`,
      want: `a slot of its own, from 0 to ${ENDPOINTS.slot - 1}`,
      mend: "write slot: 0, or another that is free",
    }));

/** What Azure keeps of deleted blobs at all. */
const UNDELETE_DAYS = { least: 1, most: 365 } as const;

function undeleteRelation({ stack, backup }: Part): readonly Problem[] {
  const { least, most } = UNDELETE_DAYS;
  if (backup === undefined || (days(backup.undelete) >= least && days(backup.undelete) <= most)) return [];
  const want = `${least} to ${most} days`;
  const mend = "write undelete: 14 days under keelson:backup";
  return [{ where: settingAt(stack, ["backup", "undelete"]), got: backup.undelete, want, mend }];
}

function defenderRelation({ stack, cluster }: Part): readonly Problem[] {
  if (cluster === undefined || !cluster.defender || cluster.logs !== undefined) return [];
  return [
    {
      where: settingAt(stack, ["cluster", "defender"]),
      got: "true, but nothing to write its findings to",
      want: "a log workspace beside it",
      mend: "write logs: 90 days under keelson:cluster, or defender: false",
    },
  ];
}

function workspaceRelation({ stack, cluster, logs }: Part): readonly Problem[] {
  if (cluster === undefined || logs?.to !== "logAnalytics" || cluster.logs !== undefined) return [];
  return [
    {
      where: settingAt(stack, ["logs", "to"]),
      got: "logAnalytics, but no workspace to write to",
      want: "the workspace that keeps the control plane's log",
      mend: "write logs: 90 days under keelson:cluster, or to: otlp with an endpoint under keelson:logs",
    },
  ];
}

const retentionRelation = ({ stack, cluster }: Part): readonly Problem[] =>
  cluster?.logs === undefined
    ? []
    : retentionProblems(cluster.logs).map((problem) => ({
        ...problem,
        where: settingAt(stack, ["cluster", "logs"]),
        mend: "write logs: 90 days under keelson:cluster",
      }));
