/** What of a node a plain NetworkPolicy can say, and what only the network's own kind of policy can. */
import { type Dialect } from "../landscape";
import { type Node } from "../model";

/** The end of an edge that a policy's rule names. */
export type End = "from" | "to";

/**
 * `identity`: the API server and nodes, where the network knows them by identity and no range matches them. `name`: egress
 * to host names. `plain`: everything else, by labels and ranges.
 */
export type Means = "plain" | "identity" | "name";

export function meansFor({ entity, place, names }: Node, end: End, dialect: Dialect): Means {
  if (dialect.entities && (entity !== undefined || place.at === "nodes")) return "identity";
  return dialect.names && end === "to" && names !== undefined ? "name" : "plain";
}
