/** Makes the cloud that a stack's settings choose. The counterpart of `sites.ts`, which only describes it. */
import { createAws } from "./aws/platform";
import { createAzure } from "./azure/platform";
import { planStack } from "./plan";
import { type Platform } from "./platform";
import { type Settings } from "./schema";

export const createPlatform = (settings: Settings): Platform =>
  settings.provider === "aws" ? createAws(planStack(settings)) : createAzure(planStack(settings));
