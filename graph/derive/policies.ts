/** Every policy of a graph, of whatever kind its network needs. */
import { type Graph } from "../model";
import { once } from "../once";
import { type AnyPolicy } from "../reach/rules";
import { ciliumPolicies } from "./cilium";
import { networkPolicies } from "./network";

export const policiesOf = once((graph: Graph): readonly AnyPolicy[] => [
  ...networkPolicies(graph),
  ...ciliumPolicies(graph),
]);
