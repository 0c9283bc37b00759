/**
 * Decides what a network on Azure is made of, as data. Subnets there span zones, so the plan has one "zone" for all; tiers
 * and slots are the same as elsewhere. The public tier stays free: load balancers have no subnet on Azure.
 */
import { type Cidr } from "../../graph/landscape";
import { type Problem } from "../../graph/problems";
import { type NetworkPlan, type NetworkPlanArgs, planNetwork, type PlannedSubnet, tierRanges } from "./plan";

/** Where a subnet is that spans every zone of its region. */
export const ALL_ZONES = "all";

/** Slot of the data tier for what the platform itself reaches by private address: vault, registry, backups. */
export const ENDPOINTS = { name: "private-endpoints", slot: 15 } as const;

export const planAzureNetwork = ({ dataSlots = {}, ...args }: Omit<NetworkPlanArgs, "zones">): NetworkPlan =>
  planNetwork({ ...args, zones: [ALL_ZONES], dataSlots: { ...dataSlots, [ENDPOINTS.name]: ENDPOINTS.slot } });

/** Who may run in a subnet besides us. A delegated subnet takes nothing else. */
export type Delegation = "Microsoft.ContainerService/managedClusters" | "Microsoft.DBforPostgreSQL/flexibleServers";

export interface AzureSubnet {
  readonly name: string;
  readonly planned: PlannedSubnet;
  /** Whether what is in it may reach the internet, through the NAT gateway. */
  readonly exit: boolean;
  readonly delegation: Delegation | undefined;
  readonly group: keyof typeof RULES;
}

/** Subnets by their plan. `delegated` are stores whose managed flavour must have a subnet to itself. */
export const azureSubnets = (plan: NetworkPlan, delegated: readonly string[]): readonly AzureSubnet[] =>
  plan.subnets.filter(({ tier }) => tier !== "public").map((planned) => subnetOf(planned, delegated));

const subnetOf = (planned: PlannedSubnet, delegated: readonly string[]): AzureSubnet => ({
  name: [planned.tier, ...(planned.store === undefined ? [] : [planned.store])].join("-"),
  planned,
  exit: planned.tier === "private",
  delegation: delegationOf(planned, delegated),
  group: groupOf(planned, delegated),
});

const groupOf = ({ tier, store = "" }: PlannedSubnet, delegated: readonly string[]): AzureSubnet["group"] => {
  if (tier === "private") return "nodes";
  if (tier === "intra") return "api";
  if (store === ENDPOINTS.name) return "endpoints";
  return delegated.includes(store) ? "database" : "data";
};

const delegationOf = ({ tier, store = "" }: PlannedSubnet, delegated: readonly string[]): Delegation | undefined => {
  if (tier === "intra") return "Microsoft.ContainerService/managedClusters";
  return delegated.includes(store) ? "Microsoft.DBforPostgreSQL/flexibleServers" : undefined;
};

export interface PlannedRule {
  readonly name: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly from: string;
  readonly to: string;
  readonly ports: readonly string[];
}

const allow = (name: string, from: string, to: string, ports: readonly string[]) =>
  ({ name, direction: "Inbound", access: "Allow", from, to, ports }) as const;

const reach = (name: string, to: string, ports: readonly string[]) =>
  ({ name, direction: "Outbound", access: "Allow", from: "*", to, ports }) as const;

const deny = (name: string, direction: PlannedRule["direction"], from: string, to: string) =>
  ({ name, direction, access: "Deny", from, to, ports: ["*"] }) as const;

/**
 * What each kind of subnet lets in and out, before Azure's own rules: those let a whole network talk to itself and everybody
 * out. `NODES` stands for the nodes' range, `API` for the API server's; what pods send leaves with their node's address. The
 * API server asks the key vault for the key of its Secrets, at the vault's private address.
 *
 * @see https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption, limitations
 */
const RULES = {
  nodes: [allow("web", "Internet", "*", ["443"]), allow("probes", "AzureLoadBalancer", "*", ["*"])],
  api: [],
  endpoints: [
    allow("nodes", "NODES", "*", ["443"]),
    allow("control-plane", "API", "*", ["443"]),
    deny("others", "Inbound", "*", "*"),
    deny("internet", "Outbound", "*", "Internet"),
  ],
  data: [
    allow("nodes", "NODES", "*", ["10000"]),
    allow("members", "SELF", "SELF", ["*"]),
    deny("others", "Inbound", "*", "*"),
    deny("internet", "Outbound", "*", "Internet"),
  ],
  // A database runs in its subnet: it writes its log to Azure's storage, and asks Azure's directory who signs in.
  database: [
    allow("nodes", "NODES", "*", ["5432", "6432"]),
    allow("members", "SELF", "SELF", ["*"]),
    deny("others", "Inbound", "*", "*"),
    reach("backups", "Storage", ["443"]),
    reach("directory", "AzureActiveDirectory", ["443"]),
    deny("internet", "Outbound", "*", "Internet"),
  ],
} as const satisfies Readonly<Record<string, readonly PlannedRule[]>>;

/** The rules of a subnet's own group, in order. */
export function groupRules({ group, planned }: AzureSubnet, plan: NetworkPlan): readonly PlannedRule[] {
  const [nodes = planned.range] = tierRanges(plan, "private");
  const [api = planned.range] = tierRanges(plan, "intra");
  const places: Readonly<Record<string, string>> = { NODES: nodes, API: api, SELF: planned.range };
  const name = (place: string): string => places[place] ?? place;
  return RULES[group].map((rule) => ({ ...rule, from: name(rule.from), to: name(rule.to) }));
}

/** Fewest addresses in a subnet that Azure runs an API server or a store in. */
const DELEGATED_PREFIX = 28;

export const azureNetworkProblems = (plan: NetworkPlan, pods: Cidr): readonly Problem[] =>
  plan.subnets
    .filter(({ tier, range }) => tier === "intra" && Number(range.split("/")[1]) > DELEGATED_PREFIX)
    .map(({ range }) => ({
      where: "network.range",
      got: `${plan.range} beside pods in ${pods}, which leaves ${range} to the API server`,
      want: `at least a /${DELEGATED_PREFIX} for it`,
      mend: "choose a larger range",
    }));
