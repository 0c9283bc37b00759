/** Shapes of Azure identifiers, and what most resources have alike. */
import { follows, type Minting, type TypeRow } from "../types";
import { isProperties, type Properties, type Value } from "../values";
import { RESOURCE_GROUP } from "./names";

type Mint = (minting: Minting) => string;

/** The value of an input, as text. */
export const input =
  (name: string): Mint =>
  ({ inputs }) =>
    String(inputs[name] ?? "");

export const uuid = ({ hex }: Minting, purpose: string): string =>
  [
    hex(8, `${purpose} a`),
    hex(4, `${purpose} b`),
    `4${hex(3, purpose)}`,
    `8${hex(3, `${purpose} d`)}`,
    hex(12, purpose),
  ].join("-");

/** `/subscriptions/…/resourceGroups/shop-prod`. */
export const groupId = ({ account, inputs }: Minting): string =>
  `/subscriptions/${account}/resourceGroups/${String(inputs["resourceGroupName"])}`;

/** `…/providers/Microsoft.Network/virtualNetworks/network`; a path of several kinds is one for what lies in another. */
export const armId =
  (provider: string, ...steps: readonly (readonly [kind: string, name: string])[]): Mint =>
  (m) =>
    [groupId(m), "providers", provider, ...steps.flatMap(([kind, name]) => [kind, input(name)(m)])].join("/");

/** A nested block, empty when absent. */
export const block = (value: Value | undefined): Properties => (isProperties(value) ? value : {});

export const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);

interface Shape extends Partial<TypeRow> {
  /** `Microsoft.Network`. */
  readonly provider: string;
  /** Kinds and the inputs that name them, from the outermost: what lies in another has several. */
  readonly path: readonly (readonly [kind: string, name: string])[];
}

/** A resource in a group: it goes with the group, its name and its place never change. */
export function resource({ provider, path, outputs, ...row }: Shape): TypeRow {
  const [, nameInput = ""] = path.at(-1) ?? [];
  const names = path.map(([, name]) => name);
  return {
    checks: "checked",
    id: armId(provider, ...path),
    name: { property: nameInput, max: 60, glue: "" },
    unique: [{ in: "account", by: ["resourceGroupName", ...names] }],
    handles: ({ inputs }) => [String(inputs[nameInput])],
    ...row,
    outputs: (m) => ({ name: input(nameInput)(m), ...standing(provider, path), ...outputs?.(m) }),
    forceNew: ["resourceGroupName", ...names, "location", ...(row.forceNew ?? [])],
    refs: { resourceGroupName: follows(RESOURCE_GROUP), ...row.refs },
  };
}

const standing = (provider: string, path: Shape["path"]): Properties => ({
  type: [provider, ...path.map(([kind]) => kind)].join("/"),
  provisioningState: "Succeeded",
});

/** What lies in no region: private zones, grants. */
export const GLOBAL = { global: true } as const;
