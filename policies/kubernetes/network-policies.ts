/** What a NetworkPolicy selects and in which directions it isolates, with the API server's defaults. */
import { all, any, type Maybe } from "../logic";
import type { PolicyObject } from "../object";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { type Pod, type SelectingKind, selectorsOf } from "./selector-index";
import { selects } from "./selectors";

export type Direction = "Ingress" | "Egress";

/** Without `policyTypes` a policy isolates ingress always and egress only when it has egress rules. */
export function isolates({ props }: PolicyObject, direction: Direction): boolean {
  const types = props.at("spec", "policyTypes");
  if (types.items.length > 0) return types.items.some((type) => type.is(direction));
  return direction === "Ingress" || props.at("spec", "egress").items.length > 0;
}

const POLICIES: SelectingKind = {
  group: "networking.k8s.io",
  kind: "NetworkPolicy",
  selector: ({ props }) => props.at("spec", "podSelector"),
};

/** The policies that select these pods, or may select them. */
export const policiesOf = ({ owner, labels }: Pod, stack: Stack): readonly PolicyObject[] =>
  selectorsOf(owner, labels, stack, POLICIES);

/** Whether some policy isolates these pods in this direction; `undefined` when unknown values decide. */
export const isCovered = (pod: Pod, direction: Direction, stack: Stack): Maybe =>
  any(policiesOf(pod, stack).map((policy) => () => covers(policy, pod, direction, stack)));

const covers = (policy: PolicyObject, { owner, labels }: Pod, direction: Direction, stack: Stack): Maybe =>
  all([
    () => stack.together(policy, owner),
    () => isolates(policy, direction),
    () => selects(policy.props.at("spec", "podSelector"), labels),
  ]);

/** Whether a policy selects every pod of its namespace. */
export const selectsAll = ({ props }: PolicyObject): boolean => isEmptySelector(props.at("spec", "podSelector"));

export const isEmptySelector = (selector: Field): boolean =>
  selector.at("matchLabels").entries.length === 0 && selector.at("matchExpressions").items.length === 0;
