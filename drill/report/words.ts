/** Durations as people say them, and how a measured one stands to a declared one. */

/** `45 s`, `4 min 5 s`, `1 h 10 min`. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined) return "not measured";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

export const kept = (measured: number | undefined, declared: number): string =>
  measured === undefined ? "not measured" : measured <= declared ? "kept" : "missed";

/** How a modelled duration stands to a declared one: what is kept in half of all cases only is told as such. */
export const keptModelled = ({ p50, p95 }: { readonly p50: number; readonly p95: number }, declared: number): string =>
  p50 <= declared && p95 > declared ? "p95 missed" : kept(p95, declared);
