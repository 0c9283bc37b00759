/** Everything monitoring adds to a stack as objects; nothing where nothing is measured. */
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { alertRouting } from "./alert-routing";
import { dashboardObjects } from "./dashboard-objects";
import { monitorObjects } from "./monitor-objects";
import { ruleObjects } from "./rule-objects";

export const monitoringObjects = (graph: Graph, facts: Facts): readonly Manifest[] =>
  facts.monitoring === undefined
    ? []
    : [
        ...monitorObjects(graph, facts),
        ...ruleObjects(graph, facts),
        ...dashboardObjects(graph),
        alertRouting(facts.monitoring),
      ];
