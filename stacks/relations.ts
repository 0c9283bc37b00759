/** Relations between settings, which no single key can show. Each looks at what is sound. */
import { formatCidr, interval, overlaps, parseCidr, prefixOf, rangeAround } from "../graph/cidr";
import { type Cidr } from "../graph/landscape";
import { type Problem } from "../graph/problems";
import { awsRelations } from "./aws/relations";
import { azureRelations } from "./azure/relations";
import { dataRelations } from "./relations-data";
import { type AwsSettings, type AzureSettings, type Settings } from "./schema";

/** What of a stack's file is right by itself. */
export type PartOf<S extends Settings> = { readonly [K in keyof S]?: S[K] | undefined } & Pick<S, "stack" | "provider">;
export type Part = PartOf<AwsSettings> | PartOf<AzureSettings>;

export const settingAt = (stack: string, path: readonly PropertyKey[]): string =>
  `Pulumi.${stack}.yaml: keelson:${path.map(String).join(".")}`;

export const relations = (part: Part): readonly Problem[] => [
  ...sizeRelation(part),
  ...alignRelation(part),
  ...overlapRelation(part),
  ...slotRelation(part),
  ...protectionRelation(part),
  ...dataRelations(part),
  ...(part.provider === "aws" ? awsRelations(part) : azureRelations(part)),
];

/** The planner's bounds. AWS makes nothing larger; on Azure a larger one would take room from its neighbours for nothing. */
function sizeRelation({ stack, network }: Part): readonly Problem[] {
  const prefix = network === undefined ? 16 : prefixOf(network.cidr);
  if (network === undefined || (prefix >= 16 && prefix <= 20)) return [];
  const better = prefix < 16 ? 16 : 20;
  return [
    {
      where: settingAt(stack, ["network", "cidr"]),
      got: `${network.cidr}, which is too ${prefix < 16 ? "large" : "small"}`,
      want: "a range from /16 (the largest a VPC takes) to /20 (the least that three zones of four tiers need)",
      mend: `write cidr: ${formatCidr(rangeAround(network.cidr, better))} under keelson:network`,
    },
  ];
}

function alignRelation({ stack, network }: Part): readonly Problem[] {
  if (network === undefined || parseCidr(network.cidr) !== undefined) return [];
  const want = "an address that ends where the prefix does";
  const mend = `write cidr: ${formatCidr(rangeAround(network.cidr, prefixOf(network.cidr)))} under keelson:network`;
  return [{ where: settingAt(stack, ["network", "cidr"]), got: network.cidr, want, mend }];
}

/** Ranges that routing must tell apart: the network's, the Services', and the pods' where they have one of their own. */
function overlapRelation({ stack, network }: Part): readonly Problem[] {
  if (network === undefined) return [];
  const ranges = {
    cidr: network.cidr,
    services: network.services,
    ...("pods" in network ? { pods: network.pods } : {}),
  };
  const all = Object.entries(ranges);
  return all.slice(1).flatMap(([name, range], index) => {
    const met = all.slice(0, index + 1).find(([, other]) => overlaps(interval(other), interval(range)));
    return met === undefined ? [] : [meeting(stack, { name, range, met: met[0], with: met[1] }, Object.values(ranges))];
  });
}

interface Meeting {
  readonly name: string;
  readonly range: Cidr;
  readonly met: string;
  readonly with: Cidr;
}

function meeting(stack: string, { name, range, met, with: other }: Meeting, taken: readonly Cidr[]): Problem {
  const free = ["172.20.0.0/16", "10.100.0.0/16", "192.168.0.0/16"] as const;
  const apart = free.find((each) => taken.every((one) => one === range || !overlaps(interval(each), interval(one))));
  return {
    where: settingAt(stack, ["network", name]),
    got: `${range}, which overlaps network.${met} ${other}`,
    want: `a range outside ${met === "cidr" ? "the network" : `network.${met}`}`,
    mend: `write ${name}: ${apart ?? free[0]} under keelson:network`,
  };
}

/** A slot is a store's own part of the data subnets: two stores in one could not be told apart by address. */
function slotRelation({ stack, stores = {} }: Part): readonly Problem[] {
  const slots = Object.entries(stores).flatMap(([name, store]) =>
    "slot" in store ? [{ name, slot: store.slot }] : [],
  );
  const taken = new Set(slots.map(({ slot }) => slot));
  const free = [...Array(16).keys()].find((slot) => !taken.has(slot));
  return slots.flatMap(({ name, slot }, index) => {
    const first = slots.findIndex((other) => other.slot === slot);
    if (first === index) return [];
    return [
      {
        where: settingAt(stack, ["stores", name, "slot"]),
        got: `${slot}, which ${slots[first]?.name} has too`,
        want: "a slot of its own",
        mend: free === undefined ? "place one of the stores in the cluster" : `write slot: ${free}`,
      },
    ];
  });
}

function protectionRelation({ stack, stage, protection }: Part): readonly Problem[] {
  if (stage !== "prod" || protection === undefined || protection.mode === "retain") return [];
  if (protection.confirms === stack) return [];
  return [
    {
      where: settingAt(stack, ["protection", "mode"]),
      got: "disposable stores in stage prod",
      want: "retain: production data is not disposable by a slip",
      mend: `remove keelson:protection, or write confirms: ${stack} under it to give the data up`,
    },
  ];
}
