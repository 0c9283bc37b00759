/**
 * IPv4 ranges without string tricks: as intervals of numbers for containment and overlap, as a first address and a prefix
 * to be cut into parts. Refuses text that is no range.
 */
import { type Cidr } from "./landscape";

export interface Interval {
  readonly first: number;
  readonly last: number;
}

const read = new Map<Cidr, Interval>();

/** @throws Error when the text is no IPv4 range; settings are checked before they get here. */
export function interval(cidr: Cidr): Interval {
  const known = read.get(cidr) ?? parse(cidr);
  read.set(cidr, known);
  return known;
}

function parse(cidr: Cidr): Interval {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [a, b, c, d, bits] = (match?.slice(1) ?? []).map(Number) as [number, number, number, number, number];
  if (match === null || Math.max(a, b, c, d) > 255 || bits > 32) throw new Error(`not an IPv4 range: ${cidr}`);
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

export const isCidr = (text: string): text is Cidr => {
  try {
    return interval(text as Cidr).first >= 0;
  } catch {
    return false;
  }
};

export const includes = ({ first, last }: Interval, address: number): boolean => first <= address && address <= last;

export const overlaps = (a: Interval, b: Interval): boolean => a.first <= b.last && b.first <= a.last;

/** Whether the inner one lies in the outer one as a whole. */
export const encloses = (outer: Interval, inner: Interval): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** `10.0.0.7` from its number. */
export const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

/** What is left of ranges once the holes are cut out. */
export const without = (ranges: readonly Interval[], holes: readonly Interval[]): readonly Interval[] =>
  holes.reduce<readonly Interval[]>((left, hole) => left.flatMap((range) => cut(range, hole)), ranges);

function cut(range: Interval, hole: Interval): readonly Interval[] {
  if (!overlaps(range, hole)) return [range];
  const sides = [
    { first: range.first, last: hole.first - 1 },
    { first: hole.last + 1, last: range.last },
  ];
  return sides.filter(({ first, last }) => first <= last);
}

/** The prefix length: 16 of `10.20.0.0/16`. */
export const prefixOf = (cidr: Cidr): number => Number(cidr.split("/")[1]);

/** A range that begins where its prefix does: its first address and its prefix length. */
export interface Range {
  readonly first: number;
  readonly prefix: number;
}

/** The range a text stands for; undefined when it is none, or its address has bits beyond its prefix. */
export function parseCidr(text: string): Range | undefined {
  if (!isCidr(text)) return undefined;
  const range = rangeAround(text, prefixOf(text));
  return formatCidr(range) === text ? range : undefined;
}

/** The range of another prefix in which this one begins. */
export function rangeAround(cidr: Cidr, prefix: number): Range {
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(interval(cidr).first / size) * size, prefix };
}

export const formatCidr = ({ first, prefix }: Range): Cidr => `${dotted(first)}/${prefix}`;

/** Cuts a range into `2 ** bits` equal parts, in order. */
export const parts = (range: Range, bits: number): readonly Range[] =>
  Array.from({ length: 2 ** bits }, (_, index) => part(range, bits, index));

/** The part number `index` of `2 ** bits` equal parts. */
export const part = ({ first, prefix }: Range, bits: number, index: number): Range => ({
  first: first + index * 2 ** (32 - prefix - bits),
  prefix: prefix + bits,
});
