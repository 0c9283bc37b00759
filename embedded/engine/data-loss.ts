/**
 * The gate before data is lost, and the waivers that open it: `data-loss-waivers.json` beside the stack files. A waiver is
 * for one object and one cause, names its owner and what is lost, and is signed with the name that the cloud gives that very
 * object: once the object is gone it opens nothing any more. See docs/data-loss.md.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InvalidInput, type Problem } from "../../graph/problems";
import { DataLoss } from "./failures";
import { DELETION, type Impact, isLoss, REQUEST } from "./impact";
import { nameOf, typeOf } from "./state";

export const LOSS_WAIVERS = "data-loss-waivers.json";

const told = z.string().trim().min(1);
const day = z.iso.date();
const waiver = z.strictObject({
  /** URN of the object that is lost. */
  urn: told,
  /** Where the change comes from, as the plan names it. */
  root: z.strictObject({ urn: told, property: told }),
  /** What is lost, in a sentence of whoever answers for it. */
  loses: told,
  reason: told,
  /** Who answers for it: a team or a person. */
  owner: told,
  /** The last day it holds, `2027-03-31`, UTC. */
  expires: day,
  /** What the cloud calls the object: whoever signs has looked at it. */
  signed: told,
});

export type LossWaiver = z.infer<typeof waiver>;

/** Longer than a change takes, a waiver is a hole. */
const LONGEST_DAYS = 31;

const file = z.strictObject({ waivers: z.array(waiver) });

const problem = (where: string, got: string): InvalidInput =>
  new InvalidInput([{ where, got, want: "the form that docs/data-loss.md shows", mend: "correct the entry" }]);

function parsed(path: string, text: string): readonly LossWaiver[] {
  try {
    const found = file.safeParse(JSON.parse(text));
    if (found.success) return found.data.waivers;
    const wrong = found.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw problem(path, wrong.join("; "));
  } catch (error) {
    throw error instanceof SyntaxError ? problem(path, "a file that is not JSON") : error;
  }
}

/** The waivers of a checkout; none when there is no file. @throws InvalidInput for a file with a mistake. */
export function readLossWaivers(checkout: string): readonly LossWaiver[] {
  const path = join(checkout, LOSS_WAIVERS);
  return existsSync(path) ? parsed(path, readFileSync(path, "utf8")) : [];
}

const isBound = ({ urn, root, signed }: LossWaiver, impact: Impact): boolean =>
  urn === impact.urn && root.urn === impact.root?.urn && root.property === impact.root.property && signed === impact.id;

const daysUntil = (expires: string, today: string): number => (Date.parse(expires) - Date.parse(today)) / 86_400_000;

const holds = ({ expires }: LossWaiver, today: string): boolean =>
  daysUntil(expires, today) >= 0 && daysUntil(expires, today) <= LONGEST_DAYS;

/** The waiver that allows this loss today. `today` such as `2026-11-21`, UTC. */
export const waiverFor = (impact: Impact, waivers: readonly LossWaiver[], today: string): LossWaiver | undefined =>
  waivers.find((each) => isBound(each, impact) && holds(each, today));

/** Losses that nobody has signed for. */
export const unsigned = (
  all: readonly Impact[],
  waivers: readonly LossWaiver[],
  today = new Date().toISOString().slice(0, 10),
): readonly Impact[] => all.filter((impact) => isLoss(impact) && waiverFor(impact, waivers, today) === undefined);

/** `multiRegion of aws:kms/key:Key secrets-key`, and whether it is only not known yet. */
export function rootText({ root }: Impact): string {
  if (root === undefined) return "";
  const at = `${typeOf(root.urn)} ${nameOf(root.urn)}`;
  if (root.property === DELETION) return `${at} is no longer in the program`;
  if (root.property === REQUEST) return `${at} is to be replaced on request`;
  return `${root.property} of ${at} ${root.cause === "changed" ? "changes" : "is not known before `up`"}`;
}

/** The entry to fill in and to commit. */
export function waiverDraft({ urn, root, loses = "", id = "" }: Impact): string {
  const entry = { urn, root: { urn: root?.urn ?? "", property: root?.property ?? "" } };
  return JSON.stringify({ ...entry, loses, reason: "", owner: "", expires: "", signed: id });
}

const lost = (impact: Impact): Problem => ({
  where: `${impact.type} ${impact.name}`,
  got: `${impact.kind}, because ${rootText(impact)}`,
  want: `a change that does not lose ${impact.loses ?? ""}`,
  mend: `undo it, or have the owner of the data fill in, for ${LONGEST_DAYS} days at most, and commit in ${LOSS_WAIVERS}: ${waiverDraft(impact)}`,
});

/** @throws DataLoss naming every loss that nobody has signed for, before anything is changed. */
export function refuseDataLoss(open: readonly Impact[]): void {
  if (open.length > 0) throw new DataLoss(open.map(lost));
}
