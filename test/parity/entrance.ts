/** What the edge does: where it listens, which path leads where, how much one caller may ask, what it answers and checks. */
import { planRules } from "../../components/edge/alb-waf";
import { type Manifest } from "../../graph/manifest";
import { perFiveMinutes, type Rate } from "../../graph/units";
import { edgeArgs } from "../../stacks/aws/arguments";
import { planStack } from "../../stacks/plan";
import { at } from "../objects/stacks";
import { type Combination } from "./combinations";
import { listAt, text } from "./reading";
import { partOf } from "./roles";

export const entranceOf = (combination: Combination): readonly string[] => [
  ...combination.objects.flatMap(({ manifest }) => linesOf(combination, manifest)),
  ...firewallLines(combination),
];

function linesOf({ graph, objects }: Combination, manifest: Manifest): readonly string[] {
  const { kind, metadata } = manifest;
  if (kind === "Gateway") return listAt(manifest, "spec", "listeners").map(listenerLine);
  if (kind === "HTTPRoute") return listAt(manifest, "spec", "rules").flatMap((rule) => ruleLines(manifest, rule));
  if (kind === "KongClusterPlugin" && text(at(manifest, "plugin")) === "rate-limiting")
    return limitLines(
      manifest,
      objects.map((owned) => owned.manifest),
    );
  if (kind !== "KongPlugin" || metadata.name.startsWith("answer-")) return [];
  return [
    `${partOf(graph, manifest)} has ${text(at(manifest, "plugin"))} at the edge: ${JSON.stringify(at(manifest, "config"))}`,
  ];
}

const listenerLine = (listener: unknown): string =>
  `listens by ${text(at(listener, "protocol"))} on ${text(at(listener, "port"))} for ${text(at(listener, "hostname"))}`;

/** `https://api.example.com/orders leads to order 100` */
const ruleLines = (route: Manifest, rule: unknown): readonly string[] =>
  pathsOf(rule).flatMap((path) =>
    listAt(route, "spec", "hostnames").map((host) => {
      const backends = listAt(rule, "backendRefs").map(
        (backend) => `${text(at(backend, "name"))}:${text(at(backend, "port"))}`,
      );
      const redirects = listAt(rule, "filters").some((filter) => at(filter, "type") === "RequestRedirect");
      const meant = redirects ? "is redirected to TLS" : "is answered by the edge itself";
      return `${text(host)}${path} ${backends.length === 0 ? meant : `leads to ${backends.join(" and ")}`}`;
    }),
  );

const pathsOf = (rule: unknown): readonly string[] =>
  listAt(rule, "matches").map((match) => text(at(match, "path", "value")));

/** Kong counts in windows of its own, at every path of the routes that name the plugin. */
function limitLines(plugin: Manifest, all: readonly Manifest[]): readonly string[] {
  const unit = ["second", "minute", "hour"].find((each) => at(plugin, "config", each) !== undefined) ?? "";
  const rate = `${text(at(plugin, "config", unit))} per ${unit}` as Rate;
  const by = text(at(plugin, "config", "limit_by"));
  const routes = all.filter(({ metadata }) =>
    (metadata.annotations?.["konghq.com/plugins"] ?? "").split(",").includes(plugin.metadata.name),
  );
  return routes
    .flatMap((route) => listAt(route, "spec", "rules").flatMap(pathsOf))
    .map((path) => limitLine(path, by, perFiveMinutes(rate)));
}

/** The firewall's rules are the cloud's own resource; they are planned from the same route table. */
function firewallLines({ settings }: Combination): readonly string[] {
  if (settings.provider !== "aws" || settings.edge.kind !== "alb") return [];
  const { firewall } = edgeArgs(planStack(settings));
  if (firewall === undefined) return [];
  return planRules(firewall.limits).map((rule) =>
    "managed" in rule ? `known attacks are turned away by ${rule.managed}` : limitLine(rule.path, "ip", rule.requests),
  );
}

const limitLine = (path: string, by: string, requests: number): string =>
  `one ${by} may ask ${path} ${requests} times in five minutes`;
