/** What a session needs to know of a stack, from its settings. Pure. */
import { secretKeys } from "../../stacks/plan";
import { type Settings } from "../../stacks/schema";
import { siteOf } from "../../stacks/sites";

/** What the account holds before the stack, and the secrets the program reads. */
export const sessionFacts = ({ name, settings }: { readonly name: string; readonly settings: Settings }) => ({
  stack: name,
  account: siteOf(settings).account,
  secrets: secretKeys(settings),
});
