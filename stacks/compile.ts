/** From a stack's settings to its graph: the system is picked by name, the landscape worked out, everything checked. */
import { type Graph } from "../graph/model";
import { nearest } from "../graph/nearest";
import { InvalidInput, type Problem, refuse } from "../graph/problems";
import { landscapeOf } from "./landscape";
import { recoveryProblemsOf } from "./recovery";
import { type Settings } from "./schema";
import { siteOf } from "./sites";
import { SYSTEMS } from "./systems";

/**
 * @throws InvalidInput when there is no such system, it does not fit the settings, or a node that holds state could not be
 * restored in another region.
 */
export function compileStack(settings: Settings): Graph {
  const variants = SYSTEMS[settings.system];
  if (variants === undefined) throw new InvalidInput([unknownSystem(settings)]);
  const graph = variants[siteOf(settings).routes](landscapeOf(settings));
  refuse([...serviceProblems(settings, graph), ...recoveryProblemsOf(settings, graph)]);
  return graph;
}

/** Settings for a service that the system does not have would silently do nothing. */
function serviceProblems({ stack, system, services }: Settings, graph: Graph): readonly Problem[] {
  const known = graph.system.services.map(({ name }) => name).toSorted();
  return Object.keys(services)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      where: `Pulumi.${stack}.yaml: keelson:services.${name}`,
      got: `a service that ${system} does not have`,
      want: `one of ${known.join(", ")}`,
      mend: nearest(name, known) === undefined ? "remove it" : `write ${nearest(name, known)}`,
    }));
}

export function unknownSystem({ stack, system }: Settings) {
  const known = Object.keys(SYSTEMS).toSorted();
  const close = nearest(system, known);
  return {
    where: `Pulumi.${stack}.yaml: keelson:system`,
    got: `"${system}"`,
    want: `one of ${known.join(", ")}`,
    mend: close === undefined ? "name a known system" : `write ${close}`,
  };
}
