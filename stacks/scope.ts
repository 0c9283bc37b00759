/** Where and for whom a stack builds, as names and tags need it. */
import { type Scope } from "../components/names";
import { type Settings } from "./schema";

export const scopeOf = (settings: Settings): Scope => ({
  organisation: settings.organisation,
  system: settings.system,
  stage: settings.stage,
  region: settings.cloud.region,
  regionRole: settings.role,
  account: accountOf(settings),
  owner: settings.owner,
  costCentre: settings.costCentre,
});

/** What owns a stack's resources is an account on AWS and a subscription on Azure. */
const accountOf = (settings: Settings): string =>
  settings.provider === "aws" ? settings.cloud.account : settings.cloud.subscription;
