/** Where a live object lacks what was asked for. What the server adds (defaults, status) is no difference. */
type Tree = unknown;

const isTree = (value: Tree): value is Readonly<Record<string, Tree>> => typeof value === "object" && value !== null;

/** `100m` and `0.1`, `1Gi` and `1024Mi`: the server stores one spelling of a quantity. */
const UNITS: Readonly<Record<string, number>> = { m: 1e-3, "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

function amount(value: Tree): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi|Ti|)$/.exec(String(value));
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}

const same = (wanted: Tree, live: Tree): boolean =>
  wanted === live || (amount(wanted) !== undefined && amount(wanted) === amount(live));

/** Paths at which `live` is not what `wanted` says. */
export function lacking(wanted: Tree, live: Tree, path = ""): readonly string[] {
  if (wanted === undefined || wanted === null) return [];
  if (!isTree(wanted))
    return same(wanted, live) ? [] : [`${path}: ${JSON.stringify(live)}, not ${JSON.stringify(wanted)}`];
  const entries = Object.entries(wanted);
  if (entries.length === 0) return [];
  if (!isTree(live)) return [`${path}: missing`];
  return entries.flatMap(([key, value]) => lacking(value, live[key], `${path}.${key}`));
}
