/**
 * Whether the new region still names the old one: its name, zones, keys, hosts or OIDC issuer, anywhere in the engine's
 * state or in the cluster. A short list of references is meant, each with its reason; everything else is a finding. Pure.
 */

import { type MeantReference } from "../stacks/recovery-site";

export interface Reference {
  /** `aws:s3/bucket:Bucket vault-store-bucket: bucket`, or `v1/ConfigMap order-service/x: data.region`. */
  readonly where: string;
  readonly value: string;
}

/** Something with texts in it that may name a region. */
export interface Holder {
  readonly name: string;
  readonly value: unknown;
}

export interface Lost {
  readonly region: string;
  /** Ids that only the lost region's resources have: keys, load balancers' hosts, the issuer. */
  readonly ids: readonly string[];
}

/** Every text of a holder that names the lost region and is not allowed to. */
export function references(
  holders: readonly Holder[],
  lost: Lost,
  allowed: readonly MeantReference[],
): readonly Reference[] {
  const marks = [lost.region, ...lost.ids].filter((mark) => mark !== "");
  return holders
    .flatMap(({ name, value }) => texts(value, "").map(([path, text]) => ({ where: `${name}: ${path}`, value: text })))
    .filter(({ value }) => marks.some((mark) => value.includes(mark)))
    .flatMap((found) => remaining(found, marks, allowed));
}

/** A policy document is one text with many in it: what is allowed is taken out, and the rest judged. */
function remaining(
  { where, value }: Reference,
  marks: readonly string[],
  allowed: readonly MeantReference[],
): readonly Reference[] {
  const words = value.split(/["'\s,{}[\]]+/).filter((word) => marks.some((mark) => word.includes(mark)));
  const meant = (word: string): boolean => allowed.some((one) => one.where.test(where) && one.value.test(word));
  return [...new Set(words)].filter((word) => !meant(word)).map((word) => ({ where, value: word }));
}

function texts(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.includes("/") || key.includes(".") ? texts(key, `${path}.(key)`) : []),
    ...texts(item, path === "" ? key : `${path}.${key}`),
  ]);
}
