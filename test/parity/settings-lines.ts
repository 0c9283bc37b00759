/** What a stack's settings say of the system, whatever the cloud: a setting that had to give way on the way shows here. */
import { type Combination } from "./combinations";

/** Each cloud's own words, whose effect the other aspects compare; and where the stack is, which is what differs. */
const OWN_WORDS: readonly string[] = ["stack", "provider", "cloud", "network", "cluster"];
const OWN_EDGE: readonly string[] = ["kind", "routes", "zone", "certificates", "waf", "rules"];
const OWN_BACKUP: readonly string[] = ["lock", "replicateTo", "copies", "undelete"];

export function settingsOf({ settings }: Combination): readonly string[] {
  const left = Object.entries(settings).filter(([key]) => !OWN_WORDS.includes(key));
  return left.flatMap(([key, value]) => lines(key, value)).filter((line) => !isOwn(line));
}

const isOwn = (line: string): boolean =>
  [...OWN_EDGE.map((key) => `edge.${key}`), ...OWN_BACKUP.map((key) => `backup.${key}`)].some(
    (path) => line.startsWith(`${path} `) || line.startsWith(`${path}.`),
  );

/** `services.order.scale.min is 3` */
function lines(path: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [`${path} is ${String(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => lines(`${path}.${key}`, inner));
}
