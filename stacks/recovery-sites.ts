/** What each cloud does for a lost region. A further cloud is one more line here. */
import { once } from "../graph/once";
import { awsRecovery } from "./aws/recovery";
import { azureRecovery } from "./azure/recovery";
import { type RecoverySite } from "./recovery-site";
import { type Settings } from "./schema";

export const recoverySiteOf = once((settings: Settings): RecoverySite =>
  settings.provider === "aws" ? awsRecovery(settings) : azureRecovery(settings),
);
