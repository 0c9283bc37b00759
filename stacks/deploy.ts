/** Which function deploys which system. */
import { InvalidInput } from "../graph/problems";
import { refuseEdgeless } from "./edgeless";
import { type Outputs } from "./outputs";
import { type Settings } from "./schema";
import { deployShop } from "./shop";
import { unknownSystem } from "./compile";

const DEPLOYMENTS: Readonly<Record<string, (settings: Settings) => Outputs>> = { shop: deployShop };

/** @throws InvalidInput before anything is registered. */
export function deploy(settings: Settings): Outputs {
  const run = DEPLOYMENTS[settings.system];
  if (run === undefined) throw new InvalidInput([unknownSystem(settings)]);
  refuseEdgeless(settings);
  return run(settings);
}
