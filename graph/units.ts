/**
 * Quantities as types: `"30 days"`, `"64 MiB"`, `"50m"`. A bare number does not compile, so no unit can be guessed wrong.
 * Conversions happen only where a provider or Kubernetes demands a number of its own.
 */

/** A span of time, such as `"90 seconds"`, `"30 days"`. */
export type Duration = `${number} ${keyof typeof SECONDS}`;

/** An amount of bytes, such as `"64 MiB"`, `"50 GiB"`. */
export type Size = `${number} ${keyof typeof BYTES}`;

/** Processor time in thousandths of a core (`"50m"`) or whole cores (`"2"`), as Kubernetes writes it. */
export type Cpu = `${number}m` | `${number}`;

/** A bound on requests, such as `"1000 per minute"`. */
export type Rate = `${number} per ${"second" | "minute" | "hour"}`;

const SECONDS = {
  second: 1,
  seconds: 1,
  minute: 60,
  minutes: 60,
  hour: 3_600,
  hours: 3_600,
  day: 86_400,
  days: 86_400,
} as const;

const BYTES = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

const RATE_SECONDS = { second: 1, minute: 60, hour: 3_600 } as const;

const split = (text: string): [number, string] => {
  const at = text.indexOf(" ");
  return [Number(text.slice(0, at)), text.slice(at + 1)];
};

export const isDuration = (text: string): text is Duration => {
  const [amount, unit] = split(text);
  return /^\d+(\.\d+)? /.test(text) && amount > 0 && unit in SECONDS;
};

export const isSize = (text: string): text is Size => {
  const [amount, unit] = split(text);
  return /^\d+(\.\d+)? /.test(text) && amount > 0 && unit in BYTES;
};

export const isCpu = (text: string): text is Cpu => /^[1-9]\d*m?$/.test(text);

export const isRate = (text: string): text is Rate => /^[1-9]\d* per (second|minute|hour)$/.test(text);

/** Whole seconds of a duration. */
export function seconds(duration: Duration): number {
  const [amount, unit] = split(duration);
  return Math.round(amount * SECONDS[unit as keyof typeof SECONDS]);
}

/** Whole days of a duration, rounded up: a retention of 36 hours keeps two days. */
export const days = (duration: Duration): number => Math.ceil(seconds(duration) / SECONDS.day);

/** A duration as Velero and Go read it, in hours: `"30 days"` is `720h0m0s`. */
export function goDuration(duration: Duration): string {
  const total = seconds(duration);
  return `${Math.floor(total / 3_600)}h${Math.floor((total % 3_600) / 60)}m${total % 60}s`;
}

/** Bytes of a size. */
export function bytes(size: Size): number {
  const [amount, unit] = split(size);
  return amount * BYTES[unit as keyof typeof BYTES];
}

/** A size as Kubernetes writes it: `"64 MiB"` is `64Mi`. */
export const quantity = (size: Size): string => size.replace(" ", "").replace(/B$/, "");

/** Whole gibibytes of a size, rounded up, for APIs that count in GiB. */
export const gibibytes = (size: Size): number => Math.ceil(bytes(size) / BYTES.GiB);

/** Requests per five minutes, the window of an AWS WAF rate rule, rounded up to its minimum of 10. */
export function perFiveMinutes(rate: Rate): number {
  const [amount, unit] = [Number(rate.split(" ")[0]), rate.split(" ")[2] as keyof typeof RATE_SECONDS];
  return Math.max(10, Math.ceil((amount * 300) / RATE_SECONDS[unit]));
}
