/** The public edge as objects, by its kind: what belongs to no single service, and each service's share. */
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { gatewayObjects } from "./gateway-objects";
import { kongObjects } from "./kong-objects";
import { kongRouteObjects } from "./kong-routes";
import { routeObjects } from "./route-objects";

export const edgeObjects = (graph: Graph, facts: Facts): readonly Manifest[] =>
  facts.edge.kind === "kong" ? kongObjects(graph, facts, facts.edge) : gatewayObjects(graph, facts);

export const serviceRoutes = (graph: Graph, facts: Facts, service: string): readonly Manifest[] =>
  facts.edge.kind === "kong" ? kongRouteObjects(graph, facts, service) : routeObjects(graph, facts, service);
