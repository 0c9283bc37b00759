/** The document of `keelson plan --json`. Pure. */
import { type Impact, onExisting } from "../embedded/engine/impact";
import { type Plan } from "../embedded/engine/plan";
import { type ObjectVerdict } from "../embedded/engine/records";

/** In words, against which state a plan compares. */
export const against = (stack: string, size: number): string =>
  size === 0
    ? `nothing: stack ${stack} was never brought up on this machine, so every resource is new`
    : `the local embedded state of stack ${stack} (${size} resources), not a real cloud`;

/** What happens to a resource that exists: the kind of change and its root; what is lost and who must sign, where data is. */
const impactMember = ({ kind, root, loses, id }: Impact, open: boolean) => ({
  kind,
  ...(root && { root }),
  ...(loses !== undefined && { loses, id, signed: !open }),
});

/** @param delivered verdicts on what Argo CD applies; a member of the document only where there are any. */
export function planDocument(stack: string, plan: Plan, delivered: readonly ObjectVerdict[] = []) {
  const open = new Set(plan.unsigned.map(({ urn }) => urn));
  const impacts = new Map(onExisting(plan.impact).map((each) => [each.urn, impactMember(each, open.has(each.urn))]));
  return {
    stack,
    against: against(stack, plan.stateSize),
    resources: plan.resources.map(({ urn, type, name, parent, dependencies }) => ({
      ...{ urn, type, name, parent, dependencies },
      ...(impacts.has(urn) && { impact: impacts.get(urn) }),
    })),
    ...(plan.removed.length > 0 && { removed: plan.removed.map((urn) => ({ urn, impact: impacts.get(urn) })) }),
    verdicts: plan.verdicts,
    unexpanded: plan.unexpanded,
    dryRun: plan.dryRun,
    ...(delivered.length > 0 && { delivered }),
  };
}
