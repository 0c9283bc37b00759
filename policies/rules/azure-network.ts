/** What network security groups let in from everywhere. Types are matched at any version of Azure's API. */
import { isOpen } from "../cidr";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { cloudRule } from "./cloud-rule";

const GROUP = "azure-native:network:NetworkSecurityGroup";
const RULE = "azure-native:network:SecurityRule";

/** Azure's own words for everybody. */
const EVERYBODY: ReadonlySet<string | undefined> = new Set(["*", "Internet", "Any"]);

const EDGE_PORTS: ReadonlySet<string | undefined> = new Set(["80", "443"]);

/** The rules inside a group, or a rule by itself. */
const rulesOf = (props: Field): readonly Field[] => {
  const inside = props.at("securityRules");
  return inside.isSet ? inside.items : props.at("access").isSet ? [props] : [];
};

const sourcesOf = (rule: Field): readonly Field[] => [
  rule.at("sourceAddressPrefix"),
  ...rule.at("sourceAddressPrefixes").items,
];

const portsOf = (rule: Field): readonly Field[] =>
  [rule.at("destinationPortRange"), ...rule.at("destinationPortRanges").items].filter(({ isSet }) => isSet);

const isEdge = (rule: Field): boolean => portsOf(rule).every(({ text }) => EDGE_PORTS.has(text));

function openIngress(rule: Field): readonly Finding[] {
  if (!rule.at("access").is("Allow") || !rule.at("direction").is("Inbound")) return [];
  return each(sourcesOf(rule), (source) =>
    violatedIf(
      (EVERYBODY.has(source.text) || isOpen(source.text)) && !isEdge(rule),
      source,
      "everybody is let in, on more than port 443 or 80",
    ),
  );
}

export const AZURE_NETWORK_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-azure-no-open-ingress",
      types: [GROUP, RULE],
      severity: "critical",
      standards: ["cis-aks"],
      title: "No network security group may let everybody in, but to the edge's ports.",
      why: "Whatever listens behind it is then one bug away from the internet.",
      remedy: "name the narrowest range, or one of Azure's service tags",
      link: "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview",
    },
    ({ props }) => each(rulesOf(props), openIngress),
  ),
];
