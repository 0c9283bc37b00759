/** The texts a setting may be: units, ranges, names. Each says by example what it wants. */
import { z } from "zod";
import { isCidr } from "../graph/cidr";
import { type Cidr } from "../graph/landscape";
import { type Cpu, type Duration, isCpu, isDuration, isRate, isSize, type Rate, type Size } from "../graph/units";

export const duration = (example: string) => z.custom<Duration>(isText(isDuration), `a duration such as "${example}"`);
export const size = (example: string) => z.custom<Size>(isText(isSize), `a size such as "${example}"`);
export const cpu = z.custom<Cpu>(isText(isCpu), `processor time such as "50m" or "2"`);
export const rate = z.custom<Rate>(isText(isRate), `a rate such as "1000 per minute"`);
export const cidr = z.custom<Cidr>(isText(isCidr), `an IPv4 range such as "10.20.0.0/16"`);
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and hyphens, a letter first");
export const hostName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, `a host name such as "api.example.com"`);
export const image = z
  .string()
  .regex(/^[^\s:@]+(:\d+)?[^\s:@]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/, "an image reference");

function isText<T extends string>(matches: (text: string) => text is T): (value: unknown) => value is T {
  return (value): value is T => typeof value === "string" && matches(value);
}
