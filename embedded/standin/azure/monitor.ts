/** What agents collect, and for whom: rules of Azure Monitor, and the resources that they are tied to. */
import { follows, type Minting, type TypeTable, weak } from "../types";
import { block, resource } from "./identifiers";
import * as names from "./names";

const { CLUSTER, COLLECTION, COLLECTION_RULE, WORKSPACE } = names;

export const monitorTypes: TypeTable = {
  [COLLECTION_RULE]: resource({
    provider: "Microsoft.Insights",
    path: [["dataCollectionRules", "dataCollectionRuleName"]],
    outputs: (m) => ({ immutableId: `dcr-${m.hex(32, "rule")}` }),
    refs: { "destinations.logAnalytics[].workspaceResourceId": follows(WORKSPACE) },
    valid: { dataCollectionRuleName: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]$/, kind: ["Linux", "Windows"] },
    refuse: (m) => flowProblem(m),
  }),
  [COLLECTION]: {
    checks: "checked",
    id: ({ inputs }) =>
      `${String(inputs["resourceUri"])}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${String(inputs["associationName"])}`,
    name: { property: "associationName", max: 64 },
    forceNew: ["associationName", "resourceUri"],
    refs: { resourceUri: follows(CLUSTER), dataCollectionRuleId: weak(COLLECTION_RULE) },
    outputs: ({ inputs }) => ({
      type: "Microsoft.Insights/dataCollectionRuleAssociations",
      name: String(inputs["associationName"]),
    }),
    unique: [{ in: "account", by: ["resourceUri", "associationName"] }],
  },
};

/** A flow names streams that a source has and destinations that the rule lists. */
function flowProblem({ inputs }: Minting): string | undefined {
  const destinations = listOf(block(inputs["destinations"])["logAnalytics"]).map(({ name }) => name);
  const streams = listOf(block(inputs["dataSources"])["extensions"]).flatMap((source) => source["streams"]);
  const wrong = listOf(inputs["dataFlows"]).find(
    (flow) =>
      [flow["destinations"]].flat().some((each) => !destinations.includes(each)) ||
      [flow["streams"]].flat().some((each) => !streams.includes(each)),
  );
  return wrong === undefined
    ? undefined
    : "InvalidPayload: a data flow names a stream or a destination that is not there";
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map((each) => block(each)) : [];
