/** An explanation in words, for a terminal: what was asked, then the edge, both sides' rules, the login, the widenings. */
import { stringify } from "yaml";
import { type Port } from "./port";
import { type EdgeFact, type Explanation, type RuleFact, type Side } from "./why";

/** Lines without a trailing line break. */
export const explain = (told: Explanation): string =>
  [
    headline(told),
    ...told.edges.map(edgeLine),
    ...told.sides.flatMap((side) => sideLines(side, told)),
    ...told.access.map(({ what, says }) => `${what}: ${says}`),
    ...told.widenings.map(
      ({ edge, ranges, ports, means, covers }) =>
        `wider than its edge: ${edge.from} -> ${edge.to} on ${portsText(ports)} means ${means}; ${ranges.join(", ")} also covers ${covers}`,
    ),
    ...(told.missing === undefined ? [] : [`to allow it: ${told.missing}`]),
  ].join("\n");

function headline({ from, to, open, tried, edges }: Explanation): string {
  if (open.length === 0)
    return `${from} cannot reach ${to}: ${edges.length === 0 ? "there is no edge" : "its policies deny it"} (tried ${portsText(tried)})`;
  const means = edges.length === 0 ? ", although no edge means it: a range is wider than its edge" : "";
  return `${from} reaches ${to} on ${portsText(open)}${means}`;
}

const edgeLine = ({ kind, ports, alias, site }: EdgeFact): string =>
  [
    `edge: ${kind}${alias === undefined ? "" : ` as ${alias}`} on ${portsText(ports)}`,
    ...(site === undefined ? ["the platform's own"] : [`declared at ${site}`]),
  ].join(", ");

function sideLines({ node, direction, unjudged, policies, rules }: Side, { open }: Explanation): readonly string[] {
  const head = `${direction} of ${node}`;
  if (unjudged !== undefined) return [`${head}: ${unjudged}`];
  if (policies.length === 0) return [`${head}: no policy selects its pods, so all is allowed`];
  const denied = open.length === 0 && rules.length === 0;
  if (denied) return [`${head}: denied, no rule of ${policies.join(", ")} lets it through`];
  return [`${head}: allowed by`, ...rules.flatMap(ruleLines)];
}

const ruleLines = ({ policy, kind, path, rule, file }: RuleFact): readonly string[] => [
  `  ${kind} ${policy}, ${path}${file === undefined ? "" : ` (${file})`}`,
  ...stringify(rule)
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`),
];

const portsText = (ports: readonly Port[]): string =>
  ports.length === 0 ? "no port" : ports.map(({ protocol, port }) => `${protocol}/${port}`).join(", ");
