/** Address ranges, IPv4 and IPv6: how wide one is, and whether it holds an address. What is no range holds nothing. */

interface Range {
  readonly address: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

/** A range this wide is the internet in all but name: two halves of it would otherwise pass for something narrow. */
export const OPEN_PREFIX = 7;

export function parseRange(text: string): Range | undefined {
  const [address = "", length] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const value = bits === 128 ? ipv6(address) : ipv4(address);
  const prefix = length === undefined ? bits : Number(length);
  if (value === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) return undefined;
  return { address: value, prefix, bits };
}

/** Whether a range is the whole internet, or so much of it that it makes no difference. */
export const isOpen = (text: string | undefined): boolean => (parseRange(text ?? "")?.prefix ?? 128) <= OPEN_PREFIX;

/** Whether the outer range holds all of the inner one; false across IP versions. */
export function holds(outer: string, inner: string): boolean {
  const [wide, narrow] = [parseRange(outer), parseRange(inner)];
  if (wide === undefined || narrow === undefined || wide.bits !== narrow.bits || wide.prefix > narrow.prefix)
    return false;
  const shift = BigInt(wide.bits - wide.prefix);
  return wide.address >> shift === narrow.address >> shift;
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split(".");
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function ipv6(text: string): bigint | undefined {
  const [head = "", tail, more] = text.split("::");
  const [front, back] = [groups(head), groups(tail ?? "")];
  const missing = 8 - front.length - back.length;
  if (more !== undefined || missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const all = [...front, ...Array.from({ length: missing }, () => "0"), ...back];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
