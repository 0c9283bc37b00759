/** The refusals of a cloud, as messages: what, why, and the cloud's own error code. */
import { objectKey } from "./minting";
import { Refused } from "./provider";
import type { CloudObject, RefKind } from "./store";
import { valuesAt, type Minting, type Quota, type TypeRow, type Unique } from "./types";
import { canonical, type Properties, type Value } from "./values";

export interface Proposal {
  readonly type: string;
  readonly row: TypeRow;
  readonly minting: Minting;
  /** Every other object of the type, wherever it is. */
  readonly others: readonly CloudObject[];
  readonly isNew: boolean;
}

/** Throws unless names are free, quotas leave room and the type's own rule agrees. */
export function verify(proposal: Proposal): void {
  const { row, type, minting } = proposal;
  for (const unique of row.unique ?? []) refuseTaken(proposal, unique);
  if (row.quota !== undefined && proposal.isNew) refuseFull(proposal, row.quota);
  const reason = row.refuse?.(minting);
  if (reason !== undefined) throw new Refused(`${type}: ${reason}`);
}

function refuseTaken({ type, minting, others }: Proposal, unique: Unique): void {
  const wanted = identity(minting.inputs, unique.by);
  if (wanted === undefined) return;
  const holder = others.find((one) => inScope(one, unique, minting) && identity(one.properties, unique.by) === wanted);
  if (holder === undefined) return;
  const scope = { world: "in the world", account: "in this account", region: `in ${minting.region}` }[unique.in];
  const what = unique.by.map((name) => `${name} ${show(minting.inputs[name])}`).join(", ");
  if (holder.status !== "live") throw new Refused(stillTaken(type, what, holder));
  throw new Refused(`${type} with ${what} already exists ${scope}: it belongs to ${ownerOf(holder)} (AlreadyExists)`);
}

const stillTaken = (type: string, what: string, holder: CloudObject): string =>
  `${type} with ${what}: a deleted one of ${ownerOf(holder)} keeps the name until it is purged: recover it, or choose ` +
  `another name (ConflictError)`;

const inScope = (one: CloudObject, unique: Unique, { region }: Minting): boolean =>
  (one.status === "live" || unique.lasting === true) && (unique.in !== "region" || one.region === region);

/** Undefined when none of the properties is given: then there is nothing to collide. */
function identity(of: Properties, by: readonly string[]): string | undefined {
  const values = by.map((name) => of[name] ?? null);
  return values.every((value) => value === null) ? undefined : canonical(values);
}

function refuseFull({ type, minting, others }: Proposal, { limit, per, code }: Quota): void {
  const same = (one: CloudObject) => per === undefined || one.properties[per] === minting.inputs[per];
  const count = others.filter((one) => one.status === "live" && one.region === minting.region && same(one)).length;
  if (count < limit) return;
  const where = per === undefined ? minting.region : `${per} ${show(minting.inputs[per])}`;
  throw new Refused(
    `${type}: ${count} of ${limit} in ${where} are in use (${code}); ask for a higher quota or delete one`,
  );
}

/** Each reference must name something alive; the answer says what, so that it cannot be deleted meanwhile. */
export function resolve(type: string, row: TypeRow, minting: Minting): Readonly<Record<string, RefKind>> {
  const found: Record<string, RefKind> = {};
  for (const [path, ref] of Object.entries(row.refs ?? {}))
    for (const value of valuesAt(minting.inputs, path)) {
      if (typeof value !== "string" || value === "" || ref.except?.test(value)) continue;
      const target = ref.types.map((one) => minting.find(one, value)).find((one) => one !== undefined);
      if (target === undefined) throw new Refused(notFound({ type, path, value, wanted: ref.types }, minting.region));
      found[objectKey(target)] = stronger(found[objectKey(target)], ref.kind);
    }
  return found;
}

const STRENGTH: readonly RefKind[] = ["weak", "follows", "blocks"];

const stronger = (a: RefKind | undefined, b: RefKind): RefKind =>
  a !== undefined && STRENGTH.indexOf(a) > STRENGTH.indexOf(b) ? a : b;

interface Missing {
  readonly type: string;
  readonly path: string;
  readonly value: string;
  readonly wanted: readonly string[];
}

const notFound = ({ type, path, value, wanted }: Missing, region: string): string =>
  `${type}: ${path} is ${value}, but no ${wanted.map(shortType).join(" or ")} of that name exists ` +
  `in ${region} (${shortType(wanted[0] ?? "")}.NotFound)`;

export const dependencyViolation = (object: CloudObject, referrers: readonly CloudObject[]): string =>
  `DependencyViolation: ${shortType(object.type)} ${object.id} cannot be deleted: ` +
  `still used by ${referrers.map((one) => `${shortType(one.type)} ${one.id} of ${ownerOf(one)}`).join(", ")}`;

export const noAnswer = (type: string, region: string): string =>
  `${type}: no answer from ${region}: connection refused (the region is lost)`;

const ownerOf = ({ urn, owner }: CloudObject): string => (urn === "" ? owner : urn);

/** `Vpc` of `aws:ec2/vpc:Vpc`. */
const shortType = (type: string): string => type.split(":").pop() ?? type;

const show = (value: Value | undefined): string => (typeof value === "string" ? value : canonical(value ?? null));
