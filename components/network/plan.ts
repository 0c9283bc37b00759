/**
 * Plans a private network: one range and its zones become subnets of four tiers, without overlap, and every address is
 * either in a subnet or listed as spare. Knows no cloud: a VPC and a VNet are built from the same plan. Refuses ranges
 * that are too small or meet a range the network must be able to reach.
 *
 * The range is halved or quartered tier by tier: with three zones, three quarters become the zones' private subnets, and
 * the last quarter is divided in the same way for the public, the data and the intra tier. So private subnets, where
 * every pod takes an address, are large, and no address range depends on what its subnet is called.
 */
import { formatCidr, interval, overlaps, parseCidr, part, parts, type Range } from "../../graph/cidr";
import { type Cidr } from "../../graph/landscape";
import { InvalidInput, type Problem } from "../../graph/problems";

/**
 * `private`: nodes and pods, outbound through NAT. `public`: load balancers and NAT. `data`: managed stores, no way out.
 * `intra`: the control plane's interfaces, no way out.
 */
export const TIERS = ["private", "public", "data", "intra"] as const;
export type Tier = (typeof TIERS)[number];

export interface NetworkPlanArgs {
  /** Range of the whole network, such as `10.20.0.0/16`. A change replaces the network and all in it. */
  readonly range: Cidr;
  /** One to three zones, in an order that must not change: position decides the range. */
  readonly zones: readonly string[];
  /**
   * Managed stores and the slot of the data tier that each one owns, from 0. A store has its own subnets so that an
   * address range means one store; slots are explicit so that a new store moves no other's.
   * @default - none: the data tier is spare
   */
  readonly dataSlots?: Readonly<Record<string, number>>;
  /** Ranges this network must not meet, by what they are: the cluster's services, the other region, an office. @default - none */
  readonly apartFrom?: Readonly<Record<string, Cidr>>;
}

export interface PlannedSubnet {
  readonly tier: Tier;
  readonly zone: string;
  readonly range: Cidr;
  /** The store that owns it, in the data tier. */
  readonly store?: string;
}

export interface NetworkPlan {
  readonly range: Cidr;
  readonly zones: readonly string[];
  readonly subnets: readonly PlannedSubnet[];
  /** Ranges in no subnet: room for stores to come. */
  readonly spare: readonly Cidr[];
}

/** Smallest subnet AWS and Azure make: sixteen addresses, five of them reserved. */
const SMALLEST = 28;
/** Largest network AWS makes. */
const LARGEST = 16;
/** Slots of the data tier, as a power of two; fewer where the range is small. */
const SLOT_BITS = 4;

/** The plan, or every reason why there is none. */
export function planNetwork(args: NetworkPlanArgs): NetworkPlan {
  const problems = networkProblems(args);
  const range = parseCidr(args.range);
  if (problems.length > 0 || range === undefined) throw new InvalidInput(problems);
  const data = dataTier(range, args);
  const subnets = TIERS.flatMap((tier) => (tier === "data" ? data.subnets : wholeTier(range, args.zones, tier)));
  return { range: args.range, zones: args.zones, subnets, spare: [...data.spare].map(formatCidr) };
}

/** Ranges of one tier, or of one store within the data tier. */
export const tierRanges = (plan: NetworkPlan, tier: Tier, store?: string): readonly Cidr[] =>
  plan.subnets.filter((subnet) => subnet.tier === tier && subnet.store === store).map(({ range }) => range);

/** Bits that a tier takes from its block: two zones or three need quarters, one zone needs halves. */
const zoneBits = (zones: number): number => (zones === 1 ? 1 : 2);

/** What is left of a block after a tier took one part per zone. Always one block: 1 of 2, 2 of 4 or 1 of 4 parts. */
function remainder(block: Range, zones: number): Range {
  const bits = zoneBits(zones) - (zones === 2 ? 1 : 0);
  return part(block, bits, 2 ** bits - 1);
}

/** The block a tier divides among its zones. */
function blockOf(range: Range, zones: number, tier: Tier): Range {
  return TIERS.slice(0, TIERS.indexOf(tier)).reduce((block) => remainder(block, zones), range);
}

const zoneRanges = (block: Range, zones: number): readonly Range[] => parts(block, zoneBits(zones)).slice(0, zones);

function wholeTier(range: Range, zones: readonly string[], tier: Tier): readonly PlannedSubnet[] {
  const block = blockOf(range, zones.length, tier);
  const ranges = tier === "intra" ? lastTier(block, zones.length) : zoneRanges(block, zones.length);
  return zones.map((zone, index) => ({ tier, zone, range: formatCidr(ranges[index] ?? block) }));
}

/** Divides a block completely: with three zones the first gets half of it, the others a quarter each. */
function lastTier(block: Range, zones: number): readonly Range[] {
  if (zones === 1) return [block];
  return [part(block, 1, 0), ...lastTier(part(block, 1, 1), zones - 1)];
}

interface DataTier {
  readonly subnets: readonly PlannedSubnet[];
  readonly spare: readonly Range[];
}

function dataTier(range: Range, { zones, dataSlots = {} }: NetworkPlanArgs): DataTier {
  const owners = new Map(Object.entries(dataSlots).map(([store, slot]) => [slot, store]));
  const pieces = zoneRanges(blockOf(range, zones.length, "data"), zones.length).flatMap((block, index) =>
    parts(block, slotBits(range, zones.length)).map((piece, slot) => ({ zone: zones[index] ?? "", piece, slot })),
  );
  const owned = pieces.flatMap(({ zone, piece, slot }) => {
    const store = owners.get(slot);
    return store === undefined ? [] : [{ tier: "data" as const, zone, range: formatCidr(piece), store }];
  });
  return { subnets: owned, spare: pieces.filter(({ slot }) => !owners.has(slot)).map(({ piece }) => piece) };
}

/** Slots that fit into the data tier of this range, as a power of two. Never negative once the range is long enough. */
function slotBits(range: Range, zones: number): number {
  const block = blockOf(range, zones, "data");
  return Math.max(0, Math.min(SLOT_BITS, SMALLEST - block.prefix - zoneBits(zones)));
}

/** Longest prefix at which the smallest subnet of every tier still has sixteen addresses. */
function longestPrefix(zones: number): number {
  const probe = { first: 0, prefix: 0 };
  const intra = lastTier(blockOf(probe, zones, "intra"), zones).map(({ prefix }) => prefix);
  return SMALLEST - Math.max(...intra);
}

/** Everything wrong with the input, at once. */
export function networkProblems(args: NetworkPlanArgs): readonly Problem[] {
  const zones = zoneProblems(args.zones);
  const range = parseCidr(args.range);
  if (range === undefined) return [...zones, notARange("network.range", args.range)];
  if (zones.length > 0) return [...zones, ...meetings(args)];
  return [...sizeProblems(args, range), ...meetings(args), ...slotProblems(args, range)];
}

function zoneProblems(zones: readonly string[]): readonly Problem[] {
  const fine = zones.length >= 1 && zones.length <= 3 && new Set(zones).size === zones.length;
  const want = "one to three different zones";
  return fine ? [] : [{ where: "network.zones", got: zones.join(", ") || "none", want, mend: "list each zone once" }];
}

function sizeProblems({ range, zones }: NetworkPlanArgs, { prefix }: Range): readonly Problem[] {
  const longest = longestPrefix(zones.length);
  if (prefix >= LARGEST && prefix <= longest) return [];
  const want = `a prefix from /${LARGEST} to /${longest} for ${zones.length} zones`;
  return [{ where: "network.range", got: range, want, mend: `choose a range such as 10.20.0.0/${LARGEST}` }];
}

function meetings({ range, apartFrom = {} }: NetworkPlanArgs): readonly Problem[] {
  const ranges = Object.entries({ ...apartFrom, "network.range": range });
  return ranges.flatMap(([where, text], index) => {
    if (parseCidr(text) === undefined) return [notARange(where, text)];
    const met = ranges.slice(index + 1).filter(([, other]) => parseCidr(other) !== undefined && meets(text, other));
    return met.map(([other, otherText]) => meeting(where, text, `${other} (${otherText})`));
  });
}

const meets = (one: Cidr, other: Cidr): boolean => overlaps(interval(one), interval(other));

function slotProblems({ zones, dataSlots = {} }: NetworkPlanArgs, range: Range): readonly Problem[] {
  const slots = 2 ** slotBits(range, zones.length);
  const all = Object.values(dataSlots);
  return Object.entries(dataSlots).flatMap(([store, slot]) => {
    const free =
      Number.isInteger(slot) && slot >= 0 && slot < slots && all.filter((other) => other === slot).length === 1;
    const want = `a slot of its own from 0 to ${slots - 1}`;
    return free ? [] : [{ where: `network.dataSlots.${store}`, got: String(slot), want, mend: "give it a free slot" }];
  });
}

const notARange = (where: string, got: string): Problem => ({
  where,
  got: `"${got}"`,
  want: "an IPv4 range whose address ends where its prefix does, such as 10.20.0.0/16",
  mend: "correct the range",
});

const meeting = (where: string, got: string, other: string): Problem => ({
  where,
  got,
  want: `a range apart from ${other}`,
  mend: "change one of the two ranges",
});
