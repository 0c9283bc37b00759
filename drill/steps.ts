/**
 * The steps of the drill as data, in order: what each is for, which of the source's four stages it belongs to, and what a
 * person does in its place against real clouds. The drill, its report and the runbook are all made from this one list.
 */

export type StepName =
  | "prepare"
  | "preflight"
  | "sentinels"
  | "back-up"
  | "lose-region"
  | "recreate"
  | "restore"
  | "activate"
  | "verify"
  | "switch-dns"
  | "fail-back";

/** The stages of the source: assess, restore, verify health, DNS update. */
export type Stage = "before the loss" | "assess" | "restore" | "verify health" | "DNS update" | "afterwards";

export interface StepPlan {
  readonly name: StepName;
  readonly title: string;
  readonly stage: Stage;
  readonly why: string;
  /** What it takes against real clouds, in order. Commands as they are typed; STACK and REGION stand for themselves. */
  readonly byHand: readonly string[];
  /** Whether its time is part of the RTO. */
  readonly counts: boolean;
}

export const STEPS: readonly StepPlan[] = [
  {
    name: "prepare",
    title: "A primary region to lose",
    stage: "before the loss",
    why: "The drill never loses a region that serves: embedded, it brings one up for itself.",
    byHand: ["Nothing: the primary is there, and stays untouched in a rehearsal."],
    counts: false,
  },
  {
    name: "preflight",
    title: "Would it work?",
    stage: "assess",
    why: "Quotas, names, keys, copies, credentials and the state's own backend fail a recovery more often than computing does.",
    byHand: [
      "`npx keelson drill -s STACK --assess` and mend what it names.",
      "In an emergency: decide. Is the region gone, or one service of it? Who decides, and when did it begin? Note the time.",
      "Freeze deployments: pause the pipelines and every merge to the delivery repository.",
    ],
    counts: true,
  },
  {
    name: "sentinels",
    title: "Something to recognise",
    stage: "before the loss",
    why: "A restore that ran is not a restore that brought the data back: known values with known checksums tell.",
    byHand: [
      "In a rehearsal: write one row per database and one ConfigMap per service's namespace; note their checksums.",
    ],
    counts: false,
  },
  {
    name: "back-up",
    title: "Back up, and let the copy arrive",
    stage: "before the loss",
    why: "What is not in the other region when the first is lost does not exist.",
    byHand: [
      "In a rehearsal: `velero backup create --from-schedule daily --wait`.",
      "Wait until the replication of the vault has no pending objects, and read the latest restorable time of each database's copy.",
    ],
    counts: false,
  },
  {
    name: "lose-region",
    title: "The region is lost",
    stage: "before the loss",
    why: "From here on nothing may ask the primary region anything: no API, no bucket, no key, no state.",
    byHand: ["In a rehearsal: work with credentials that a policy denies the primary region to."],
    counts: false,
  },
  {
    name: "recreate",
    title: "The same program, in the other region",
    stage: "restore",
    why: "Network, cluster, edge and empty places for the data, under names that carry the region, passive until the data is back.",
    byHand: [
      "Copy the stack file that the drill wrote: `Pulumi.STACK-recovery.yaml`. It names each database's automated backup.",
      "`pulumi login` to the state backend of the recovery region, `pulumi stack init STACK-recovery` with that region's key.",
      "`pulumi up -s STACK-recovery --policy-pack policies`. Databases come up from their copied backups.",
    ],
    counts: true,
  },
  {
    name: "restore",
    title: "Data first, then objects",
    stage: "restore",
    why: "Definitions and controllers are there by now; databases come before the objects that use them; what the program owns is not restored.",
    byHand: [
      "Wait until every database is available, and read its latest restored time.",
      "`velero backup get`: the newest daily backup shows in the location recovery-daily, which is read-only.",
      "Create the Restore that the drill wrote: `kubectl create -f restore.json`. Wait for Completed; read every warning.",
    ],
    counts: true,
  },
  {
    name: "activate",
    title: "Let it act by itself",
    stage: "restore",
    why: "Argo CD and the backup schedules would have made empty volumes before; now they may begin.",
    byHand: [
      "Set `restored: true` under `keelson:recovers` in the stack file, render and push the recovery folder.",
      "`npx keelson render -s STACK-recovery --out rendered/STACK-recovery`, commit, push.",
      "`pulumi up -s STACK-recovery --policy-pack policies`. Argo CD syncs.",
    ],
    counts: true,
  },
  {
    name: "verify",
    title: "Is it whole?",
    stage: "verify health",
    why: "Sentinels, every edge and no other, every route, backups in the new region, and no word of the old one.",
    byHand: [
      "Compare the sentinels' checksums.",
      "Ask each route through the new load balancer's own name, with the public host in the request.",
      "`velero backup create --from-schedule daily --wait` in the new region.",
      "Search `pulumi stack export` and the cluster for the old region's name.",
    ],
    counts: true,
  },
  {
    name: "switch-dns",
    title: "Send people there",
    stage: "DNS update",
    why: "The old region's controller owns the public names and cannot give them up any more.",
    byHand: [
      "In the public zone delete the A and TXT records that external-dns of the lost cluster owned; nothing else.",
      "external-dns of the new cluster writes its own within a minute. Note the time: the service is back.",
    ],
    counts: true,
  },
  {
    name: "fail-back",
    title: "The other way round",
    stage: "afterwards",
    why: "The recovery region is a full region: going back is the same drill with the regions exchanged, at a time of your choosing.",
    byHand: [
      "When the old region answers again: make the recovery stack a primary. Take `keelson:role`, `keelson:recovers` and every archive's `from` out of its file, let `keelson:backup` copy to the old region (`replicateTo` on AWS, `copies: pairedRegion` on Azure), `pulumi up`, and wait until the copy is whole.",
      "Compare the old region's data with what people wrote since, then `pulumi destroy -s STACK`. Its names must be free: what it keeps on purpose, such as a locked vault, is taken into the new stack with `pulumi import`.",
      "Run this page with the regions exchanged; the stack file is named `Pulumi.STACK-return.yaml`. An archive begins a new generation there.",
      "When it serves: make it a primary in the same way, and `pulumi stack rename STACK`.",
    ],
    counts: false,
  },
];

export const stepNamed = (name: StepName): StepPlan => {
  const found = STEPS.find((step) => step.name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
};
