/** Which function deploys which system. */
import { InvalidInput } from "../graph/problems";
import { unknownSystem } from "./compile";
import { type Outputs } from "./outputs";
import { deploySystem } from "./page";
import { type Settings } from "./schema";

/** Every system so far is laid out on the same page. */
const DEPLOYMENTS: Readonly<Record<string, (settings: Settings) => Outputs>> = {
  shop: deploySystem,
  payments: deploySystem,
};

/** @throws InvalidInput before anything is registered. */
export function deploy(settings: Settings): Outputs {
  const run = DEPLOYMENTS[settings.system];
  if (run === undefined) throw new InvalidInput([unknownSystem(settings)]);
  return run(settings);
}
