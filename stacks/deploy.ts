/** Which function deploys which system. */
import { InvalidInput } from "../graph/problems";
import { type Outputs } from "./outputs";
import { type Settings } from "./schema";
import { deployOnAws } from "./on-aws";
import { unknownSystem } from "./compile";

const DEPLOYMENTS: Readonly<Record<string, (settings: Settings) => Outputs>> = {
  shop: deployOnAws,
  payments: deployOnAws,
};

/** @throws InvalidInput before anything is registered. */
export function deploy(settings: Settings): Outputs {
  const run = DEPLOYMENTS[settings.system];
  if (run === undefined) throw new InvalidInput([unknownSystem(settings)]);
  return run(settings);
}
