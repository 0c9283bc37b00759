/** The clouds a stack may be on. A further one is one more line here, and a folder beside `aws` and `azure`. */
import { once } from "../graph/once";
import { awsSite } from "./aws/site";
import { azureSite } from "./azure/site";
import { type Settings } from "./schema";
import { type Site } from "./site";

export const siteOf = once((settings: Settings): Site =>
  settings.provider === "aws" ? awsSite(settings) : azureSite(settings),
);
