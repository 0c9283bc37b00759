/** The document of `keelson plan --json`. Pure. */
import { type Plan } from "../embedded/engine/plan";
import { type ObjectVerdict } from "../embedded/engine/records";

/** In words, against which state a plan compares. */
export const against = (stack: string, size: number): string =>
  size === 0
    ? `nothing: stack ${stack} was never brought up on this machine, so every resource is new`
    : `the local embedded state of stack ${stack} (${size} resources), not a real cloud`;

/** @param delivered verdicts on what Argo CD applies; a member of the document only where there are any. */
export const planDocument = (stack: string, plan: Plan, delivered: readonly ObjectVerdict[] = []) => ({
  stack,
  against: against(stack, plan.stateSize),
  resources: plan.resources.map(({ urn, type, name, parent, dependencies }) => ({
    urn,
    type,
    name,
    parent,
    dependencies,
  })),
  verdicts: plan.verdicts,
  unexpanded: plan.unexpanded,
  dryRun: plan.dryRun,
  ...(delivered.length === 0 ? {} : { delivered }),
});
