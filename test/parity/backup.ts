/** What is saved, how often, how long it is kept, and how each part that holds state comes back. */
import { backupPlanOf } from "../../components/backup/velero-objects";
import { backupScope } from "../../graph/derive/backup";
import { type Manifest } from "../../graph/manifest";
import { factsOf } from "../../stacks/facts";
import { recoveryPlan } from "../../stacks/recovery";
import { type Settings } from "../../stacks/schema";
import { at } from "../objects/stacks";
import { type Combination } from "./combinations";
import { text } from "./reading";
import { partOf } from "./roles";

export const backupOf = (combination: Combination): readonly string[] => [
  ...combination.objects.flatMap(({ manifest }) => objectLines(combination, manifest)),
  ...promiseLines(combination),
  ...pathLines(combination),
  ...vaultLines(combination.settings),
];

function objectLines({ graph }: Combination, manifest: Manifest): readonly string[] {
  const [{ kind, metadata }, spec] = [manifest, at(manifest, "spec")];
  if (kind === "Schedule") return scheduleLines(metadata.name, spec);
  if (kind === "BackupStorageLocation")
    return [
      `location ${metadata.name}: ${text(at(spec, "accessMode"))} under ${text(at(spec, "objectStorage", "prefix"))}`,
    ];
  if (kind === "ObjectStore")
    return [`archive of ${partOf(graph, manifest)}: ${metadata.name} kept ${text(at(spec, "retentionPolicy"))}`];
  if (kind === "ScheduledBackup")
    return [`base backup of ${partOf(graph, manifest)}: at ${text(at(spec, "schedule"))}`];
  return kind === "CronJob" && metadata.namespace === "velero"
    ? [`${metadata.name} runs at ${text(at(spec, "schedule"))}`]
    : [];
}

/** A line for each namespace, so that one that is missing is named. */
function scheduleLines(name: string, spec: unknown): readonly string[] {
  const template = at(spec, "template");
  const namespaces = (key: string): readonly string[] => (at(template, key) ?? []) as readonly string[];
  const rest = Object.fromEntries(
    Object.entries(template as object).filter(([key]) => !["includedNamespaces", "excludedNamespaces"].includes(key)),
  );
  return [
    `${name} backups at ${text(at(spec, "schedule"))}: ${JSON.stringify(rest)}`,
    ...namespaces("includedNamespaces").map((namespace) => `${name} backups hold ${namespace}`),
    ...namespaces("excludedNamespaces").map((namespace) => `${name} backups leave out ${namespace}`),
  ];
}

/** What each store was promised, and by which means it comes back. */
function promiseLines({ graph, settings }: Combination): readonly string[] {
  const { validation } = backupPlanOf(graph, factsOf(settings));
  return [
    ...backupScope(graph).stores.map(
      ({ store, by, rpo, rto }) => `store ${store} comes back by ${by}: RPO ${rpo}, RTO ${rto}`,
    ),
    `a restore is tried at ${validation.cron}`,
  ];
}

/** Where each part comes back when its region is lost, losing how much at most. The region's name is the stack's own. */
const pathLines = ({ graph, settings }: Combination): readonly string[] =>
  settings.provider === "aws"
    ? recoveryPlan(settings, graph).map(({ node, rpo, rto, path }) => {
        const loses = "loses" in path ? `, losing at most ${path.loses}` : "";
        return `${node} survives its region by ${"by" in path ? path.by : "nothing"}${loses}: RPO ${rpo}, RTO ${rto}`;
      })
    : [];

/** What guards the backups themselves. */
function vaultLines(settings: Settings): readonly string[] {
  if (settings.provider === "azure")
    return [
      ...(settings.backup.copies === "pairedRegion" ? [ELSEWHERE] : []),
      `a deleted backup can be brought back for ${settings.backup.undelete}`,
    ];
  const { lock, replicateTo } = settings.backup;
  return [
    ...(replicateTo === undefined ? [] : [ELSEWHERE]),
    ...(lock.mode === "none" ? [] : [`nobody can delete a backup for ${lock.for}`]),
  ];
}

const ELSEWHERE = "a copy of every backup is in another region";
